/** DNS and multicast DNS: who answers names, and what hosts announce of themselves. RFC 1035, RFC 6762, RFC 6763. */
import { ipv4At, ipv6At, isDeviceIpv4 } from "./addresses.ts";
import { defineDissector, type Evidence, type Flow, type Malformed, malformed } from "./dissector.ts";
import {
  type DnsRecord,
  HEADER,
  plainKind,
  readHeader,
  readName,
  readRecords,
  reverseAddress,
  TYPE,
} from "./dns-message.ts";
import { hostName, readOwn, type Said } from "./dns-own.ts";

const UNICAST_PORT = 53;
const MULTICAST_PORT = 5353;
/** Reverse answers kept of one message. */
const MAX_REVERSE = 8;

interface DnsMessage {
  multicast: boolean;
  response: boolean;
  /** What the sender says of itself (multicast only). */
  said: Said;
  /** Addresses whose names a server told. */
  reverse: { ip: string; name: string }[];
}

export default defineDissector<DnsMessage>({
  protocol: "dns",
  over: ["udp", "tcp"],
  // The header has no marks of its own, so only the ports call for it.
  hints: { udp: [UNICAST_PORT, MULTICAST_PORT], tcp: [UNICAST_PORT] },
  messageLength(payload) {
    if (payload.length < 2) return 0;
    const length = payload.readUInt16BE(0);
    if (length < HEADER) return -1;
    if (payload.length >= 2 + HEADER && readHeader(payload.subarray(2)) === undefined) return -1;
    return 2 + length;
  },
  dissect(payload, flow): DnsMessage | Malformed | undefined {
    const message = flow.transport === "tcp" ? payload.subarray(2) : payload;
    if (message.length < HEADER) return undefined;
    const header = readHeader(message);
    if (header === undefined) return undefined;
    const { records, sound } = readRecords(message, header);
    const multicast = flow.sourcePort === MULTICAST_PORT || flow.destinationPort === MULTICAST_PORT;
    const { response } = header;
    const found: DnsMessage = {
      multicast,
      response,
      said: multicast ? readOwn(message, ownRecords(records, response, flow), flow.sourceIp) : [],
      reverse: multicast || !response ? [] : readReverse(message, records),
    };
    return sound || flow.cut ? found : malformed("a name or record runs out of the message", found);
  },
  evidence({ multicast, response, said, reverse }, flow) {
    const found: Evidence[] = said.map(([attribute, value]) => ({ about: "sender", attribute, value }));
    if (!multicast && response && (flow.sourcePort === UNICAST_PORT || flow.server === "sender")) {
      found.push({ about: "sender", attribute: "wardtap.role", value: "dns-server" });
    }
    for (const { ip, name } of reverse) found.push({ about: { ip }, attribute: "dns.ptr.domain_name", value: name });
    return found;
  },
  server: ({ multicast, response }) => (multicast ? undefined : response ? "sender" : "receiver"),
  sameDatagram: (bytes, at, length, { sourcePort, destinationPort }) =>
    sourcePort === MULTICAST_PORT || destinationPort === MULTICAST_PORT ? 0 : plainKind(bytes, at, length),
});

/**
 * A response is about its sender when it comes from the mDNS port (RFC 6762 6). In a query the answer
 * section repeats what others said; only the authority section of a probe is the sender's own (8.2).
 */
function ownRecords(records: readonly DnsRecord[], response: boolean, flow: Flow): readonly DnsRecord[] {
  if (response) return flow.sourcePort === MULTICAST_PORT ? records : [];
  return records.filter(({ section }) => section === "authority");
}

/** Names of addresses. Forward answers are left out: they would tell what somebody looked for. */
function readReverse(message: Buffer, records: readonly DnsRecord[]): DnsMessage["reverse"] {
  const found: DnsMessage["reverse"] = [];
  for (const { type, section, nameAt, dataAt } of records) {
    if (type !== TYPE.ptr || section !== "answer" || found.length >= MAX_REVERSE) continue;
    const address = reverseAddress(readName(message, nameAt) ?? []);
    if (address === undefined || (address.length === 4 && !isDeviceIpv4(address, 0))) continue;
    const name = hostName(readName(message, dataAt));
    if (name !== undefined) found.push({ ip: address.length === 4 ? ipv4At(address, 0) : ipv6At(address, 0), name });
  }
  return found;
}
