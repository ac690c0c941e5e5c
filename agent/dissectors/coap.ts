/** CoAP: only that it is spoken, and who answers. RFC 7252, 3. */
import { defineDissector } from "./dissector.ts";

const PORT = 5683;
const HEAD = 4;
const MAX_TOKEN = 8;
const PAYLOAD_MARK = 0xff;
const MAX_OPTIONS = 64;
/** Highest option number in use that a device would send. RFC 7252, 12.2. */
const MAX_OPTION = 2048;

interface CoapMessage {
  isRequest: boolean;
}

export default defineDissector<CoapMessage>({
  protocol: "coap",
  over: ["udp"],
  hints: { udp: [PORT] },
  dissect(payload): CoapMessage | undefined {
    if (payload.length < HEAD || payload[0]! >>> 6 !== 1) return undefined;
    const token = payload[0]! & 0x0f;
    const group = payload[1]! >>> 5;
    const detail = payload[1]! & 0x1f;
    if (token > MAX_TOKEN || HEAD + token > payload.length) return undefined;
    // Class 0 asks by one of seven methods (RFC 8132); 2, 4 and 5 answer. Empty messages say too little.
    const isRequest = group === 0 && detail >= 1 && detail <= 7;
    if (!isRequest && group !== 2 && group !== 4 && group !== 5) return undefined;
    return areOptions(payload, HEAD + token) ? { isRequest } : undefined;
  },
  evidence: ({ isRequest }) => (isRequest ? [] : [{ about: "sender", attribute: "coap.role", value: "server" }]),
  server: ({ isRequest }) => (isRequest ? "receiver" : "sender"),
  done: ({ isRequest }) => !isRequest,
});

/** 3.1: deltas and lengths in half bytes, up to the end or the payload's mark. */
function areOptions(payload: Buffer, from: number): boolean {
  let at = from;
  let number = 0;
  for (let count = 0; count < MAX_OPTIONS && at < payload.length; count++) {
    const head = payload[at]!;
    if (head === PAYLOAD_MARK) return at + 1 < payload.length;
    at++;
    const sizes = [head >>> 4, head & 0x0f].map((half) => {
      if (half < 13) return half;
      if (half === 15 || at + half - 12 > payload.length) return Number.NaN;
      const extended = half === 13 ? payload[at]! + 13 : payload.readUInt16BE(at) + 269;
      at += half - 12;
      return extended;
    });
    number += sizes[0]!;
    at += sizes[1]!;
    if (!(number <= MAX_OPTION && at <= payload.length)) return false;
  }
  return at >= payload.length;
}
