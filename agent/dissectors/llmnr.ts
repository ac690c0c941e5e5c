/** LLMNR: who asks the link for names, and which host answers to its own. RFC 4795. */
import { defineDissector, type Evidence, type Malformed, malformed } from "./dissector.ts";
import { HEADER, readHeader, readRecords } from "./dns-message.ts";
import { readOwn, type Said } from "./dns-own.ts";

const PORT = 5355;

interface LlmnrMessage {
  response: boolean;
  /** What the responder says of itself; a question's name is somebody else's. */
  said: Said;
}

export default defineDissector<LlmnrMessage>({
  protocol: "llmnr",
  over: ["udp"],
  // The header is that of DNS and has no marks of its own, so only the port calls for it.
  hints: { udp: [PORT] },
  dissect(payload, flow): LlmnrMessage | Malformed | undefined {
    if (payload.length < HEADER) return undefined;
    const header = readHeader(payload);
    // 2.1.1: one question, in responses too.
    if (header === undefined || header.questions !== 1) return undefined;
    const { response } = header;
    // An answer comes from the port that was asked.
    if (response && flow.sourcePort !== PORT) return undefined;
    const { records, sound } = readRecords(payload, header);
    const answers = records.filter(({ section }) => section === "answer");
    const message = { response, said: response ? readOwn(payload, answers, flow.sourceIp) : [] };
    return sound || flow.cut ? message : malformed("a name or record runs out of the message", message);
  },
  evidence({ response, said }) {
    const found: Evidence[] = said.map(([attribute, value]) => ({ about: "sender", attribute, value }));
    found.push({ about: "sender", attribute: "wardtap.llmnr", value: response ? "response" : "query" });
    return found;
  },
  server: ({ response }, { toMany }) => (response ? "sender" : toMany ? undefined : "receiver"),
});
