/** How a host's TCP opens and accepts connections, which differs by operating system. RFC 9293, 3.1 and 3.2; RFC 7323. */
import { defineDissector, type Malformed, malformed } from "./dissector.ts";

const HEADER = 20;
/** Systems begin with one of these; what arrives has lost one per router. */
const INITIAL_TTLS = [32, 64, 128, 255] as const;
/** Options told of one segment: 40 bytes of them fit in a header. */
const MAX_OPTIONS = 40;
const KIND = { end: 0, nop: 1, mss: 2, scale: 3, sackPermitted: 4, timestamps: 8 } as const;
const NAMES: Record<number, string> = { 1: "nop", 2: "mss", 3: "ws", 4: "sok", 5: "sack", 8: "ts" };

interface Opening {
  /** "64:mss*20,7:mss,sok,ts,nop,ws:1460:df": initial TTL, window and scale, options in order, MSS, flag. */
  signature: string;
  isAnswer: boolean;
}

export default defineDissector<Opening>({
  protocol: "tcp",
  over: ["syn"],
  dissect(payload, flow): Opening | Malformed {
    if (payload.length < HEADER) return malformed("header cut short");
    const end = Math.min((payload[12]! >>> 4) << 2, payload.length);
    const order: string[] = [];
    let mss = 0;
    let scale = "*";
    // Each turn steps at least one byte, so the loop ends.
    for (let at = HEADER; at < end && order.length < MAX_OPTIONS; ) {
      const kind = payload[at]!;
      if (kind === KIND.end) {
        order.push(`eol+${end - at - 1}`);
        break;
      }
      order.push(NAMES[kind] ?? `?${kind}`);
      if (kind === KIND.nop) {
        at++;
        continue;
      }
      const length = payload[at + 1] ?? 0;
      if (length < 2 || at + length > end) return malformed("option runs past the header");
      if (kind === KIND.mss && length === 4) mss = payload.readUInt16BE(at + 2);
      if (kind === KIND.scale && length === 3) scale = String(payload[at + 2]);
      at += length;
    }
    const window = payload.readUInt16BE(14);
    const inSegments = mss > 0 && window > 0 && window % mss === 0 ? `mss*${window / mss}` : String(window);
    const ttl = INITIAL_TTLS.find((initial) => flow.ttl <= initial) ?? 255;
    return {
      signature: `${ttl}:${inSegments},${scale}:${order.join(",")}:${mss}:${flow.ipDontFragment ? "df" : ""}`,
      isAnswer: flow.isSynAck,
    };
  },
  evidence: ({ signature, isAnswer }) => [
    {
      about: "sender",
      attribute: isAnswer ? "tcp.synack.signature" : "tcp.syn.signature",
      value: signature,
      atMost: MAX_SIGNATURES,
    },
  ],
});

/** Signatures kept per host; many mean that several systems stand behind one address. */
const MAX_SIGNATURES = 8;
