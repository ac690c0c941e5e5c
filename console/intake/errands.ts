/** Takes what people asked of a tap to it, oldest first, one at a time, again until it answers: kept in the store, so nothing is lost. */
import type { WorkView } from "../api/shapes-detail.ts";
import type { Bus } from "../bus.ts";
import type { ConsoleLog } from "../log.ts";
import { plainText } from "../plain-text.ts";
import { type Store, StoreError } from "../store/store.ts";

/** Looked at once, to learn which taps have something waiting. */
const MAX_WAITING_READ = 1_000_000;
const MAX_MESSAGE = 500;

export interface ErrandsOptions {
  store: Store;
  bus: Bus;
  log: ConsoleLog;
  /** ISO 8601 UTC. */
  now: () => string;
  isConnected: (tapId: string) => boolean;
}

/** The tap does each once: doing the same again changes nothing there, so a lost answer is asked for by asking again. */
export async function createErrands({ store, bus, log, now, isConnected }: ErrandsOptions) {
  /** Taps with something to do. */
  const waiting = new Set((await store.whichWorkWaits(MAX_WAITING_READ)).map(({ tapId }) => tapId));
  /** Tap → the work it was sent and hasn't answered. */
  const under = new Map<string, string>();
  let ended = false;

  async function send(tapId: string): Promise<void> {
    if (ended || !waiting.has(tapId) || under.has(tapId) || !isConnected(tapId)) return;
    under.set(tapId, "");
    const work = await store.whatShallTapDo(tapId, now()).catch(trouble);
    under.delete(tapId);
    if (work === null) waiting.delete(tapId);
    if (!work || ended) return;
    under.set(tapId, work.id);
    bus.publish("command", { tapId, commandId: work.id, command: "finding", arguments: asked(work) });
  }

  function trouble(error: unknown): undefined {
    if (!(error instanceof StoreError && error.code === "closed"))
      log.error({ error: String(error) }, "the console can't read or keep what taps shall do");
    return undefined;
  }

  async function answered(tapId: string, id: string, ok: boolean, message: string): Promise<void> {
    const said = plainText(message, MAX_MESSAGE);
    const work = await store.keepAnswer(id, ok ? "done" : "refused", said, now()).catch(trouble);
    under.delete(tapId);
    if (work) bus.publish("feed", { type: "work", work });
    await send(tapId);
  }

  const subscriptions = [
    bus.subscribe("answer", ({ tapId, commandId, ok, message, from }) => {
      if (under.get(tapId) !== commandId) return;
      if (from === "tap") void answered(tapId, commandId, ok, message);
      // It may have done it or not: asked again at its next sign of life.
      else under.delete(tapId);
    }),
    bus.subscribe("feed", (message) => {
      if (message.type === "work" && message.work.state === "waiting") {
        waiting.add(message.work.tapId);
        void send(message.work.tapId);
      }
      // Said when a tap calls in and with each of its summaries.
      if (message.type === "tap" && message.tap.connected) void send(message.tap.tapId);
    }),
  ];

  return {
    close(): void {
      ended = true;
      for (const unsubscribe of subscriptions) unsubscribe();
    },
  };
}

/** The arguments of the command; what wasn't given isn't there. */
function asked({ findingId, action, by, reason, control, owner, reviewAt }: WorkView): Record<string, unknown> {
  const given = Object.entries({ reason, control, owner, reviewAt }).filter(([, value]) => value !== null);
  return { findingId, action, by, ...Object.fromEntries(given) };
}
