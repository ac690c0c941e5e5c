/** HTTP/2 in clear: only that it is spoken, for its fields are packed. RFC 9113, 3.4. */
import { defineDissector, malformed } from "./dissector.ts";

const PREFACE = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

export default defineDissector({
  protocol: "http2",
  over: ["tcp"],
  recognise: [{ at: 0, bytes: "50 52 49 20 2a 20 48 54 54 50 2f 32 2e 30" }],
  messageLength: (payload) => {
    const length = Math.min(payload.length, PREFACE.length);
    if (payload.compare(PREFACE, 0, length, 0, length) !== 0) return -1;
    return length < PREFACE.length ? 0 : PREFACE.length;
  },
  dissect(payload) {
    const length = Math.min(payload.length, PREFACE.length);
    if (payload.compare(PREFACE, 0, length, 0, length) !== 0) return undefined;
    return length < PREFACE.length ? malformed("preface cut short") : {};
  },
  evidence: () => [{ about: "sender", attribute: "http2.magic", value: "h2c" }],
  server: () => "receiver",
  done: () => true,
});
