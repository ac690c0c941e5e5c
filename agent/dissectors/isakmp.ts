/** IKE: that an IPsec tunnel is opened, and who opens it. RFC 7296, 3.1; RFC 2408, 3.1; behind NAT RFC 3948, 2.2. */
import { defineDissector } from "./dissector.ts";
import { tunnel } from "./tunnel.ts";

const PORTS = [500, 4500];
const HEADER = 28;
/** On port 4500 four zero bytes tell IKE from ESP. */
const NON_ESP_MARKER = 4;
const FLAGS = 19;
const FLAG_RESPONSE = 0x20;
/** Identity protection and aggressive mode; IKE_SA_INIT. The exchanges that open a tunnel. */
const OPENINGS: Readonly<Record<number, readonly number[]>> = { 1: [2, 4], 2: [34] };

interface IkeMessage {
  isRequest: boolean;
}

export default defineDissector<IkeMessage>({
  protocol: "isakmp",
  over: ["udp"],
  hints: { udp: PORTS },
  dissect(payload, flow): IkeMessage | undefined {
    const isWrapped = payload.length > NON_ESP_MARKER && payload.readUInt32BE(0) === 0;
    const message = isWrapped ? payload.subarray(NON_ESP_MARKER) : payload;
    if (message.length < HEADER || !(PORTS.includes(flow.sourcePort) || PORTS.includes(flow.destinationPort)))
      return undefined;
    const version = message[17]! >>> 4;
    if (!OPENINGS[version]?.includes(message[18]!)) return undefined;
    if (message.readUInt32BE(24) !== message.length || message.readBigUInt64BE(0) === 0n) return undefined;
    const hasResponder = message.readBigUInt64BE(8) !== 0n;
    // Version 1 has no flag for answers; there only the very first message has no responder yet.
    const isRequest = version === 2 ? (message[FLAGS]! & FLAG_RESPONSE) === 0 : !hasResponder;
    return isRequest || hasResponder ? { isRequest } : undefined;
  },
  evidence: ({ isRequest }) => tunnel("ipsec", isRequest),
  server: ({ isRequest }) => (isRequest ? "receiver" : "sender"),
  done: () => true,
});
