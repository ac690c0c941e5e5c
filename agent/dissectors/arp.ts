/** ARP: which IPv4 address a hardware address claims. RFC 826, RFC 5227. */
import { ipv4At, isDeviceIpv4, isDeviceMac, macAt } from "./addresses.ts";
import { defineDissector, malformed } from "./dissector.ts";

const FIXED_PART = 8;
const WHOLE = 28;
const HARDWARE_ETHERNET = 1;
/** IEEE 802 networks other than DIX Ethernet say 6 (RFC 1042); the addresses are the same. */
const HARDWARE_IEEE_802 = 6;
const PROTOCOL_IPV4 = 0x0800;

/** The target is left out on purpose: being asked for is no sign that a device is there. */
interface ArpMessage {
  operation: number;
  senderMac: string;
  /** undefined in a probe (sender 0.0.0.0) and for addresses no device may own. */
  senderIp: string | undefined;
}

export default defineDissector<ArpMessage>({
  protocol: "arp",
  over: ["link"],
  etherTypes: [0x0806],
  dissect(payload) {
    if (payload.length < FIXED_PART) return malformed("header cut short");
    const hardware = payload.readUInt16BE(0);
    if (hardware !== HARDWARE_ETHERNET && hardware !== HARDWARE_IEEE_802) return undefined;
    if (payload.readUInt16BE(2) !== PROTOCOL_IPV4) return undefined;
    if (payload[4] !== 6 || payload[5] !== 4) return malformed("wrong address lengths");
    if (payload.length < WHOLE) return malformed("addresses cut short");
    if (!isDeviceMac(payload, 8)) return malformed("sender is a group address");
    return {
      operation: payload.readUInt16BE(6),
      senderMac: macAt(payload, 8),
      senderIp: isDeviceIpv4(payload, 14) ? ipv4At(payload, 14) : undefined,
    };
  },
  evidence: ({ senderMac, senderIp }) =>
    senderIp === undefined ? [] : [{ about: { mac: senderMac }, attribute: "arp.src.proto_ipv4", value: senderIp }],
  /** Header and sender; whom it asks for changes with every request. */
  sameWhen: { at: 0, length: 18 },
});
