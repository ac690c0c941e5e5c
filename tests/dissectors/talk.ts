/** Talks between a client and a server, line by line, as the observe room would hear them. */
import { type Dissector, type Evidence, type Flow, flowOf, isMalformed } from "../../agent/dissectors/dissector.ts";
import { ascii } from "./bytes.ts";

/** Lines marked "C: " or "S: ", without their ends. Returns what was learnt up to the dissector's `done`. */
export function talk(
  dissector: Dissector,
  port: number,
  lines: readonly (string | { from: "C" | "S"; bytes: Buffer })[],
) {
  const { definition } = dissector;
  const client = flowOf({ transport: "tcp", sourcePort: 40_000, destinationPort: port });
  const server = flowOf({ transport: "tcp", sourcePort: port, destinationPort: 40_000 });
  const evidence: (Omit<Evidence, "about"> & { whose: "client" | "server"; about: Evidence["about"] })[] = [];
  const messages: object[] = [];
  let state: unknown;
  let done: boolean | "next" = false;
  let heard = 0;
  for (const line of lines) {
    if (done !== false) break;
    heard++;
    const isClient = typeof line === "string" ? line.startsWith("C: ") : line.from === "C";
    const payload = typeof line === "string" ? ascii(`${line.slice(3)}\r\n`) : line.bytes;
    const flow: Flow = isClient ? client : server;
    flow.state = state;
    const length = definition.messageLength?.(payload, flow) ?? payload.length;
    const message = length < 0 ? undefined : definition.dissect(payload, flow);
    state = flow.state;
    if (message === undefined || isMalformed(message)) continue;
    messages.push(message);
    for (const piece of definition.evidence(message, flow))
      evidence.push({ ...piece, whose: (piece.about === "sender") === isClient ? "client" : "server" });
    done = definition.done?.(message, flow) ?? false;
  }
  return {
    done,
    /** Lines listened to before it was done. */
    heard,
    said: evidence.map(({ whose, attribute, value }) => `${whose} ${attribute} ${value}`),
    /** All that would leave the dissector. */
    text: JSON.stringify([messages, evidence]),
  };
}
