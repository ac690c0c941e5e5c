/** IPMI and ASF management controllers: who answers for a server's hardware. IPMI v2.0 13.1; DMTF DSP0136 3.2. */
import { defineDissector } from "./dissector.ts";

const PORT = 623;
const CLASS = { asf: 6, ipmi: 7 } as const;
/** The Alerting Specifications Forum's enterprise number. */
const ASF_NUMBER = 4542;
const PONG = 0x40;
const PING = 0x80;

interface RmcpMessage {
  kind: "ipmi" | "asf";
  answers: boolean;
}

export default defineDissector<RmcpMessage>({
  protocol: "rmcp",
  over: ["udp"],
  recognise: [{ at: 0, bytes: "06 00 ?? 06 00 00 11 be" }],
  hints: { udp: [PORT] },
  dissect(payload, flow): RmcpMessage | undefined {
    if (payload.length < 12 || payload[0] !== 6 || payload[1] !== 0) return undefined;
    const kind = payload[3]! & 0x1f;
    if (kind === CLASS.asf) {
      if (payload.readUInt32BE(4) !== ASF_NUMBER) return undefined;
      if (payload[8] !== PING && payload[8] !== PONG) return undefined;
      return { kind: "asf", answers: payload[8] === PONG };
    }
    // None, MD2, MD5, password, OEM, and 6 for version 2.
    if (kind !== CLASS.ipmi || payload[4]! > 6 || payload[4] === 3) return undefined;
    return { kind: "ipmi", answers: flow.sourcePort === PORT };
  },
  evidence: ({ kind, answers }) => (answers ? [{ about: "sender", attribute: "rmcp.role", value: kind }] : []),
  server: ({ answers }) => (answers ? "sender" : "receiver"),
});
