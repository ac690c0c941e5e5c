/** The one bus that the live feed and commands pass through; another engine (several console processes) is one more file. */
import { EventEmitter } from "node:events";
import type { FeedMessage } from "./api/shapes.ts";

export interface CommandRequest {
  tapId: string;
  commandId: string;
  command: string;
  arguments: Record<string, unknown>;
}
interface CommandAnswer {
  tapId: string;
  commandId: string;
  ok: boolean;
  message: string;
  /** console: the tap didn't say it; it may or may not have done what was asked. */
  from: "tap" | "console";
}
interface BusTopics {
  /** What pages are told, in the order it was committed. */
  feed: FeedMessage;
  /** What a person asks of a tap. */
  command: CommandRequest;
  /** What the tap said to it, or the console on its behalf when the tap isn't there. */
  answer: CommandAnswer;
}

export interface Bus {
  publish<Topic extends keyof BusTopics>(topic: Topic, message: BusTopics[Topic]): void;
  /** Returns what ends the subscription. */
  subscribe<Topic extends keyof BusTopics>(topic: Topic, handler: (message: BusTopics[Topic]) => void): () => void;
}

/** A bus inside one process: delivery is synchronous and in order. */
export function createLocalBus(): Bus {
  const emitter = new EventEmitter();
  // One listener per page and tap session; both have limits of their own.
  emitter.setMaxListeners(0);
  return {
    publish: (topic, message) => void emitter.emit(topic, message),
    subscribe: (topic, handler) => {
      emitter.on(topic, handler);
      return () => void emitter.off(topic, handler);
    },
  };
}
