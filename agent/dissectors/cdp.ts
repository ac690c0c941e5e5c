/** CDP: how Cisco's and others' switches, phones and access points describe themselves. Cisco, "Cisco Discovery Protocol packet format" (CDP configuration guide). */
import { ipv4At, ipv6At, isDeviceIpv4 } from "./addresses.ts";
import { defineDissector, type Evidence, type Malformed, malformed } from "./dissector.ts";
import { keepName, keepText } from "./self-given.ts";

const HEADER = 4;
const TLV = {
  device: 1,
  addresses: 2,
  port: 3,
  capabilities: 4,
  version: 5,
  platform: 6,
  nativeVlan: 10,
  systemName: 20,
  management: 22,
} as const;
/** Addresses told of one frame. */
const MAX_ADDRESSES = 4;
const PROTOCOL_IPV4 = 0xcc;

/** Bits of the capabilities, lowest first. */
const CAPABILITIES = [
  "router",
  "transparent-bridge",
  "source-route-bridge",
  "switch",
  "host",
  "igmp",
  "repeater",
  "phone",
  "remotely-managed",
];

interface CdpMessage {
  said: [attribute: string, value: string][];
}

export default defineDissector<CdpMessage>({
  protocol: "cdp",
  over: ["link"],
  snap: [[0x00000c, 0x2000]],
  dissect(payload, flow): CdpMessage | Malformed | undefined {
    if (payload.length < HEADER) return malformed("header cut short");
    if (payload[0] !== 1 && payload[0] !== 2) return undefined;
    const message: CdpMessage = { said: [] };
    let at = HEADER;
    // Every turn takes at least the four bytes of a TLV's head.
    while (at + 4 <= payload.length) {
      const type = payload.readUInt16BE(at);
      const length = payload.readUInt16BE(at + 2);
      // Padding of short frames.
      if (type === 0 && length === 0) break;
      if (length < 4) return malformed("TLV shorter than its head", message);
      if (at + length > payload.length) return flow.cut ? message : malformed("TLV longer than the frame", message);
      describe(payload, type, at + 4, at + length, message.said);
      at += length;
    }
    return message;
  },
  evidence: ({ said }) => said.map(([attribute, value]): Evidence => ({ about: "sender", attribute, value })),
});

function describe(payload: Buffer, type: number, from: number, end: number, said: CdpMessage["said"]): void {
  const add = (attribute: string, value: string | undefined) => {
    if (value !== undefined && value !== "" && !said.some(([known, kept]) => known === attribute && kept === value))
      said.push([attribute, value]);
  };
  const value = payload.subarray(from, end);
  if (type === TLV.device || type === TLV.systemName) add("cdp.deviceid", keepName(value));
  else if (type === TLV.port) add("cdp.portid", keepName(value));
  else if (type === TLV.version) add("cdp.software_version", keepText(value));
  else if (type === TLV.platform) add("cdp.platform", keepText(value));
  else if (type === TLV.nativeVlan && value.length === 2) add("cdp.native_vlan", String(value.readUInt16BE(0)));
  else if (type === TLV.capabilities && value.length === 4) {
    const bits = value.readUInt32BE(0);
    add("cdp.capabilities", CAPABILITIES.filter((_, bit) => (bits & (1 << bit)) !== 0).join(","));
  } else if (type === TLV.addresses || type === TLV.management) readAddresses(value, add);
}

/** Count, then per address: protocol type and length, protocol, address length, address. */
function readAddresses(value: Buffer, add: (attribute: string, value: string) => void): void {
  if (value.length < 4) return;
  let at = 4;
  for (let index = 0; index < Math.min(value.readUInt32BE(0), MAX_ADDRESSES); index++) {
    if (at + 2 > value.length) return;
    const protocolEnd = at + 2 + value[at + 1]!;
    if (protocolEnd + 2 > value.length) return;
    const length = value.readUInt16BE(protocolEnd);
    const from = protocolEnd + 2;
    if (from + length > value.length) return;
    if (length === 4 && value[protocolEnd - 1] === PROTOCOL_IPV4 && isDeviceIpv4(value, from))
      add("cdp.address", ipv4At(value, from));
    else if (length === 16) add("cdp.address", ipv6At(value, from));
    at = from + length;
  }
}
