/** OPC UA connections: who serves, and under which host name. OPC 10000-6 7.1.2. */
import { isIP } from "node:net";
import { defineDissector, type Malformed, malformed } from "./dissector.ts";
import { keepName } from "./self-given.ts";

const HEAD = 8;
const FIXED_PART = 28;
const HELLO_PART = FIXED_PART + 4;
/** An endpoint is at most 4,096 bytes (7.1.2.3). */
const MAX_MESSAGE = HELLO_PART + 4096;

interface OpcUaMessage {
  answers: boolean;
  host: string | undefined;
}

export default defineDissector<OpcUaMessage>({
  protocol: "opcua",
  over: ["tcp"],
  recognise: [
    { at: 0, bytes: "48 45 4c 46" },
    { at: 0, bytes: "41 43 4b 46" },
  ],
  messageLength(payload) {
    if (payload.length < HEAD) return 0;
    const length = payload.readUInt32LE(4);
    return length < FIXED_PART || length > MAX_MESSAGE ? -1 : length;
  },
  dissect(payload, flow): OpcUaMessage | Malformed | undefined {
    const kind = payload.toString("latin1", 0, 4);
    if (kind !== "HELF" && kind !== "ACKF") return undefined;
    if (payload.length < FIXED_PART) return malformed("head cut short");
    const length = payload.readUInt32LE(4);
    // Buffers of less than 8,192 bytes are not allowed, versions above 0 not defined yet.
    if (payload.readUInt32LE(8) > 16 || payload.readUInt32LE(12) < 1024) return undefined;
    if (kind === "ACKF") return length === FIXED_PART ? { answers: true, host: undefined } : undefined;
    if (payload.length < HELLO_PART) return malformed("endpoint cut short");
    const to = HELLO_PART + payload.readUInt32LE(FIXED_PART);
    if (to > payload.length && !flow.cut) return malformed("endpoint runs past its message");
    // Of the address only the host is read, never the path.
    const match = /^opc\.tcp:\/\/([A-Za-z0-9._-]{1,253})(?=[:/]|$)/.exec(
      payload.toString("latin1", HELLO_PART, Math.min(to, payload.length)),
    );
    const host = match === null || isIP(match[1]!) !== 0 ? undefined : keepName(match[1]!);
    return { answers: false, host };
  },
  evidence: ({ answers, host }) => [
    ...(answers ? [{ about: "sender", attribute: "opcua.role", value: "server" } as const] : []),
    ...(host === undefined ? [] : [{ about: "receiver", attribute: "opcua.transport.endpoint", value: host } as const]),
  ],
  server: ({ answers }) => (answers ? "sender" : "receiver"),
  done: ({ answers }) => answers,
});
