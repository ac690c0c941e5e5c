/** VNC (remote framebuffer): versions of both ends and whether a password is asked for. RFC 6143, 7.1. */
import { defineDissector, type Evidence } from "./dissector.ts";

const VERSION_LENGTH = 12;
/** 3.3 has the server decide by a word of four bytes. */
const OLD_TYPE_LENGTH = 4;
const MAX_TYPES = 32;
/** RFC 6143, 7.2, and types registered with IANA. */
const TYPES: Record<number, string> = {
  1: "none",
  2: "vnc",
  5: "ra2",
  6: "ra2ne",
  16: "tight",
  17: "ultra",
  18: "tls",
  19: "vencrypt",
  20: "sasl",
  30: "apple",
};

interface VncMessage {
  from: "server" | "client";
  version: string | undefined;
  types: string[];
  done: boolean;
}

interface VncState {
  serverPort: number;
  isOld: boolean;
  answered: boolean;
}

export default defineDissector<VncMessage>({
  protocol: "vnc",
  over: ["tcp"],
  recognise: [{ at: 0, bytes: "52 46 42 20 30 30 ?? 2e" }],
  hints: { tcp: [5900] },
  messageLength(payload, flow) {
    if (versionOf(payload) !== undefined) return VERSION_LENGTH;
    const state = flow.state as VncState | undefined;
    if (state === undefined)
      return payload.length < VERSION_LENGTH && "RFB 00".startsWith(payload.toString("latin1", 0, 6)) ? 0 : -1;
    if (flow.sourcePort !== state.serverPort) return payload.length;
    if (state.isOld) return payload.length < OLD_TYPE_LENGTH ? 0 : OLD_TYPE_LENGTH;
    return 1 + payload[0]!;
  },
  dissect(payload, flow): VncMessage | undefined {
    const version = versionOf(payload);
    const state = flow.state as VncState | undefined;
    if (version !== undefined) {
      // The server speaks first.
      if (state === undefined)
        flow.state = { serverPort: flow.sourcePort, isOld: version === "003.003", answered: false };
      else {
        state.isOld ||= version === "003.003";
        state.answered = true;
      }
      return { from: state === undefined ? "server" : "client", version, types: [], done: false };
    }
    if (state === undefined) return undefined;
    if (flow.sourcePort !== state.serverPort) return { from: "client", version: undefined, types: [], done: true };
    return { from: "server", version: undefined, types: typesOf(payload, state.isOld), done: true };
  },
  evidence({ from, version, types }) {
    const found: Evidence[] = [];
    if (version !== undefined) found.push({ about: "sender", attribute: `vnc.${from}_proto_ver`, value: version });
    for (const type of types) found.push({ about: "sender", attribute: "vnc.security_type", value: type });
    return found;
  },
  server: ({ from }) => (from === "server" ? "sender" : "receiver"),
  done: ({ done }) => done,
});

const versionOf = (payload: Buffer): string | undefined =>
  payload.length < VERSION_LENGTH
    ? undefined
    : /^RFB (\d{3}\.\d{3})\n$/.exec(payload.toString("latin1", 0, VERSION_LENGTH))?.[1];

function typesOf(payload: Buffer, isOld: boolean): string[] {
  const numbers = isOld
    ? payload.length < OLD_TYPE_LENGTH
      ? []
      : [payload.readUInt32BE(0)]
    : [...payload.subarray(1, 1 + Math.min(payload[0] ?? 0, MAX_TYPES))];
  // 0: the server refuses, and says why in words.
  return [...new Set(numbers.filter((type) => type > 0 && type < 256).map((type) => TYPES[type] ?? String(type)))];
}
