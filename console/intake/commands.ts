/** Commands a tap was sent and hasn't answered: every one gets an answer, from the tap or on its behalf. */
import type { FromConsole } from "../../agent/uplink/messages.ts";
import type { Bus, CommandRequest } from "../bus.ts";
import { plainText } from "../plain-text.ts";

/** Commands waiting for an answer; past it the next is answered with no. */
const MAX_COMMANDS = 32;
const MAX_ANSWER = 500;

export function createCommands(bus: Bus, send: (message: FromConsole) => void, commandMs: number) {
  const waiting = new Map<string, { tapId: string; timer: NodeJS.Timeout }>();

  function settle(commandId: string, ok: boolean, message: string, from: "tap" | "console" = "tap"): void {
    const asked = waiting.get(commandId);
    // Nobody asked, or it was answered for the tap already.
    if (!asked) return;
    clearTimeout(asked.timer);
    waiting.delete(commandId);
    bus.publish("answer", { tapId: asked.tapId, commandId, ok, message: plainText(message, MAX_ANSWER), from });
  }

  return {
    ask({ tapId, commandId, command, arguments: values }: CommandRequest): void {
      if (waiting.size >= MAX_COMMANDS || waiting.has(commandId)) {
        bus.publish("answer", { tapId, commandId, ok: false, message: "too many commands at once", from: "console" });
        return;
      }
      const timer = setTimeout(() => settle(commandId, false, "the tap didn't answer", "console"), commandMs);
      waiting.set(commandId, { tapId, timer });
      send({ type: "command", commandId, command, arguments: values });
    },
    settle,
    /** The tap is gone: nothing more will be answered. */
    end(): void {
      for (const commandId of [...waiting.keys()]) settle(commandId, false, "the tap went away", "console");
    },
  };
}
