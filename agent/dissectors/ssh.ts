/** SSH: which software answers and asks, and how well they protect what follows, told before it is encrypted. RFC 4253, 4.2, 5.1 and 7.1. */
import { defineDissector, type Evidence, type Flow, type Malformed, malformed } from "./dissector.ts";
import { keepText } from "./self-given.ts";
import { hassh, kexLength, type Offer, readOffer, saysServer, weakAgreed, weakOnly } from "./ssh-kex.ts";
import { isWholeLine, lineLength, lineText } from "./text-lines.ts";

const START = "SSH-";
const PORT = 22;
/** 4.2: with its end a line is at most 255 characters. */
const MAX_LINE = 255;
/** Packets waited through for the other side's line and offer. */
const MAX_OTHERS = 8;
/** Lines and digests kept of one host: many mean a scanner that calls itself differently each time. */
const MAX_VALUES = 8;

interface SshMessage {
  said: [about: "sender" | "receiver", attribute: string, value: string][];
  done: boolean;
}

interface SshState {
  /** Ports of the sides whose lines were heard. */
  lines: number[];
  /** Packets since. */
  others: number;
  /** The bytes of the first side's offer, until the second's comes, and its port: taken apart it would be many times larger. */
  offer: Buffer | undefined;
  offerPort: number;
  isVersion1: boolean;
}

export default defineDissector<SshMessage>({
  protocol: "ssh",
  over: ["tcp"],
  recognise: [
    { at: 0, bytes: "53 53 48 2d 31 2e" },
    { at: 0, bytes: "53 53 48 2d 32 2e" },
  ],
  hints: { tcp: [PORT] },
  messageLength(payload, flow) {
    if (startsLine(payload)) return payload.length > MAX_LINE ? lineEnd(payload) : lineLength(payload);
    if (flow.state === undefined) return -1;
    const length = kexLength(payload);
    return length < 0 ? payload.length : length;
  },
  dissect(payload, flow): SshMessage | Malformed | undefined {
    const known = flow.state as SshState | undefined;
    if (startsLine(payload)) return readLine(payload, flow, known);
    if (known === undefined) return undefined;
    const message: SshMessage = { said: [], done: ++known.others >= MAX_OTHERS };
    const offer = readOffer(payload);
    if (offer !== undefined) readKex(offer, payload, flow, known, message);
    return message;
  },
  evidence: ({ said }): Evidence[] =>
    said.map(([about, attribute, value]) => ({ about, attribute, value, atMost: MAX_VALUES })),
  done: ({ done }) => done,
});

function readLine(payload: Buffer, flow: Flow, known: SshState | undefined): SshMessage | Malformed {
  if (!isWholeLine(payload)) return malformed("line without an end");
  const line = lineText(payload);
  const version = /^SSH-(\d\.\d{1,2})-[\x21-\x7e]/.exec(line)?.[1];
  if (version === undefined || line.length > MAX_LINE) return malformed("no version");
  const state = known ?? { lines: [], others: 0, offer: undefined, offerPort: -1, isVersion1: false };
  flow.state = state;
  if (!state.lines.includes(flow.sourcePort)) state.lines.push(flow.sourcePort);
  // "1.99" speaks both; a session of version 1 offers nothing in the form of version 2.
  state.isVersion1 ||= version.startsWith("1.") && version !== "1.99";
  const message: SshMessage = { said: [], done: state.isVersion1 && state.lines.length > 1 };
  const kept = keepText(line);
  if (kept !== undefined) message.said.push(["sender", "ssh.protocol", kept], ["sender", "ssh.version", version]);
  return message;
}

/** One side's offer says how its software is set up; both together say what comes of it. */
function readKex(offer: Offer, bytes: Buffer, flow: Flow, state: SshState, message: SshMessage): void {
  const isServer = sideOf(offer, flow);
  if (isServer !== undefined) {
    message.said.push(["sender", isServer ? "ssh.kex.hasshserver" : "ssh.kex.hassh", hassh(offer, isServer)]);
    if (isServer) for (const name of weakOnly(offer)) message.said.push(["sender", "wardtap.ssh.weak", name]);
  }
  const other = state.offerPort === flow.sourcePort ? undefined : state.offer && readOffer(state.offer);
  if (other === undefined) {
    state.offer = Buffer.from(bytes.subarray(0, kexLength(bytes)));
    state.offerPort = flow.sourcePort;
    return;
  }
  message.done = true;
  if (isServer === undefined) return;
  const weak = isServer ? weakAgreed(other, offer) : weakAgreed(offer, other);
  for (const name of weak) {
    const about = isServer ? "sender" : "receiver";
    if (!message.said.some(([, , told]) => told === name)) message.said.push([about, "wardtap.ssh.weak", name]);
  }
  state.offer = undefined;
}

/** True for the server's side; undefined: nobody can say. */
function sideOf(offer: Offer, { server, sourcePort, destinationPort }: Flow): boolean | undefined {
  const said = saysServer(offer);
  if (said !== undefined) return said;
  if (server !== "unknown") return server === "sender";
  return (sourcePort === PORT) === (destinationPort === PORT) ? undefined : sourcePort === PORT;
}

function startsLine(payload: Buffer): boolean {
  for (let at = 0; at < START.length && at < payload.length; at++)
    if (payload[at] !== START.charCodeAt(at)) return false;
  return payload.length > 0;
}

const lineEnd = (payload: Buffer) => {
  const end = payload.indexOf(0x0a);
  return end < 0 || end >= MAX_LINE ? -1 : end + 1;
};
