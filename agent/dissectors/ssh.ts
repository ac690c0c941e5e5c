/** SSH: which software answers and asks, told before anything is encrypted. RFC 4253, 4.2 and 5.1. */
import { defineDissector, type Malformed, malformed } from "./dissector.ts";
import { keepText } from "./self-given.ts";
import { isWholeLine, lineLength, lineText } from "./text-lines.ts";

const START = "SSH-";
/** 4.2: with its end a line is at most 255 characters. */
const MAX_LINE = 255;
/** Packets waited through for the other side's line. */
const MAX_OTHERS = 8;

interface SshMessage {
  /** "SSH-2.0-OpenSSH_9.2p1 Debian-2" */
  line: string | undefined;
  version: string | undefined;
  done: boolean;
}

/** Port of the side whose line was heard, and packets since. */
interface SshState {
  heardPort: number;
  others: number;
}

export default defineDissector<SshMessage>({
  protocol: "ssh",
  over: ["tcp"],
  recognise: [
    { at: 0, bytes: "53 53 48 2d 31 2e" },
    { at: 0, bytes: "53 53 48 2d 32 2e" },
  ],
  hints: { tcp: [22] },
  messageLength(payload, flow) {
    if (startsLine(payload)) return payload.length > MAX_LINE ? lineEnd(payload) : lineLength(payload);
    return flow.state === undefined ? -1 : payload.length;
  },
  dissect(payload, flow): SshMessage | Malformed | undefined {
    const state = flow.state as SshState | undefined;
    if (!startsLine(payload)) {
      if (state === undefined) return undefined;
      state.others++;
      return { line: undefined, version: undefined, done: state.others >= MAX_OTHERS };
    }
    if (!isWholeLine(payload)) return malformed("line without an end");
    const line = lineText(payload);
    const version = /^SSH-(\d\.\d{1,2})-[\x21-\x7e]/.exec(line)?.[1];
    if (version === undefined || line.length > MAX_LINE) return malformed("no version");
    const done = state !== undefined && state.heardPort !== flow.sourcePort;
    flow.state = { heardPort: flow.sourcePort, others: state?.others ?? 0 } satisfies SshState;
    return { line: keepText(line), version, done };
  },
  evidence: ({ line, version }) =>
    line === undefined || version === undefined
      ? []
      : [
          { about: "sender", attribute: "ssh.protocol", value: line, atMost: MAX_VALUES },
          { about: "sender", attribute: "ssh.version", value: version },
        ],
  done: ({ done }) => done,
});

/** Lines kept of one host: many mean a scanner that calls itself differently each time. */
const MAX_VALUES = 8;

function startsLine(payload: Buffer): boolean {
  for (let at = 0; at < START.length && at < payload.length; at++)
    if (payload[at] !== START.charCodeAt(at)) return false;
  return payload.length > 0;
}

const lineEnd = (payload: Buffer) => {
  const end = payload.indexOf(0x0a);
  return end < 0 || end >= MAX_LINE ? -1 : end + 1;
};
