/** LLDP: how switches, phones and hosts describe themselves to their link. IEEE 802.1AB-2016 clause 8; LLDP-MED: ANSI/TIA-1057. */
import { ipv4At, ipv6At, isDeviceIpv4, isDeviceMac, macAt } from "./addresses.ts";
import { defineDissector, type Evidence, type Malformed, malformed } from "./dissector.ts";
import { keepName, keepText } from "./self-given.ts";

const TLV = {
  end: 0,
  chassis: 1,
  port: 2,
  ttl: 3,
  name: 5,
  description: 6,
  capabilities: 7,
  management: 8,
  organisation: 127,
} as const;
/** Management addresses kept of one frame. */
const MAX_MANAGEMENT = 4;
/** A short frame is filled up to 46 bytes, and some switches add a trailer; more after the end is no padding. */
const MAX_PADDING = 64;
const OUI_MED = 0x0012bb;
/** IANA's own code carries the MUD address as subtype 1. RFC 8520 section 11. */
const OUI_IANA = 0x00005e;

/** Bits of the enabled capabilities, lowest first. Table 8-4. */
const CAPABILITIES = [
  "other",
  "repeater",
  "bridge",
  "wlan-access-point",
  "router",
  "telephone",
  "docsis",
  "station",
  "c-vlan",
  "s-vlan",
  "two-port-relay",
];
/** LLDP-MED inventory by subtype; serial and asset number are names a device was given. */
const INVENTORY: Record<number, readonly [attribute: string, keep: typeof keepText]> = {
  5: ["lldp.media.hardware", keepText],
  6: ["lldp.media.firmware", keepText],
  7: ["lldp.media.software", keepText],
  8: ["lldp.media.sn", keepName],
  9: ["lldp.media.manufacturer", keepText],
  10: ["lldp.media.model", keepText],
  11: ["lldp.media.asset", keepName],
};

interface LldpMessage {
  chassisMac: string | undefined;
  said: [attribute: string, value: string][];
}

export default defineDissector<LldpMessage>({
  protocol: "lldp",
  over: ["link"],
  etherTypes: [0x88cc],
  dissect(payload, flow): LldpMessage | Malformed {
    const message: LldpMessage = { chassisMac: undefined, said: [] };
    const add: Add = (attribute, value) => {
      if (value !== undefined && value !== "") message.said.push([attribute, value]);
    };
    let at = 0;
    let management = 0;
    const once = new Set<string>();
    // Every turn takes at least the two bytes of a TLV's head, so the loop ends with the frame.
    for (let index = 0; at < payload.length; index++) {
      if (at + 2 > payload.length) return flow.cut ? message : malformed("TLV head cut short", message);
      const head = payload.readUInt16BE(at);
      const type = head >>> 9;
      const from = at + 2;
      const end = from + (head & 0x1ff);
      // 8.2: the first three are chassis, port and time to live, in this order.
      if (index < 3 && type !== index + 1) return malformed("mandatory TLVs missing or out of order", message);
      if (index >= 3 && type >= TLV.chassis && type <= TLV.ttl) return malformed("mandatory TLV repeated", message);
      if (end > payload.length) return flow.cut ? message : malformed("TLV longer than the frame", message);
      if (type === TLV.end) {
        return payload.length - end > MAX_PADDING ? malformed("bytes after the end", message) : message;
      }
      const key = type === TLV.organisation && end - from >= 4 ? `127 ${payload.readUInt32BE(from)}` : `${type}`;
      const repeated = once.has(key);
      once.add(key);
      if (type === TLV.chassis) {
        if (end - from < 2) return malformed("chassis id empty", message);
        message.chassisMac = chassis(payload, from, end, add);
      } else if (type === TLV.port) {
        if (end - from < 2) return malformed("port id empty", message);
        if (payload[from] === 5 || payload[from] === 7) add("lldp.port.id", keepName(payload.subarray(from + 1, end)));
      } else if (type === TLV.ttl) {
        if (end - from < 2) return malformed("time to live empty", message);
      } else if (type === TLV.management) {
        if (management++ < MAX_MANAGEMENT) managementAddress(payload, from, end, add);
      } else if (!repeated) describe(payload, type, from, end, add);
      at = end;
    }
    return at === 0 || once.size < 3 ? malformed("mandatory TLVs missing", message) : message;
  },
  evidence({ chassisMac, said }, flow) {
    const found: Evidence[] = said.map(([attribute, value]) => ({ about: "sender", attribute, value }));
    // The chassis' own address, where it isn't the port's: so that both become one device.
    if (chassisMac !== undefined && chassisMac !== flow.sourceMac) {
      found.push({ about: { mac: chassisMac }, attribute: "lldp.chassis.id.mac", value: chassisMac });
    }
    return found;
  },
});

type Add = (attribute: string, value: string | undefined) => void;

/** Subtypes 4 MAC, 5 network address, 7 locally assigned. Table 8-2. */
function chassis(payload: Buffer, from: number, end: number, add: Add): string | undefined {
  const subtype = payload[from];
  const length = end - from - 1;
  if (subtype === 4 && length === 6 && isDeviceMac(payload, from + 1)) {
    const mac = macAt(payload, from + 1);
    add("lldp.chassis.id.mac", mac);
    return mac;
  }
  if (subtype === 5 && length === 5 && payload[from + 1] === 1 && isDeviceIpv4(payload, from + 2))
    add("lldp.chassis.id.ip4", ipv4At(payload, from + 2));
  if (subtype === 7) add("lldp.chassis.id", keepName(payload.subarray(from + 1, end)));
  return undefined;
}

/** 8.5.9: length of what follows, address family (1 IPv4, 2 IPv6), address. */
function managementAddress(payload: Buffer, from: number, end: number, add: Add): void {
  if (end - from < 2) return;
  const length = payload[from]!;
  const family = payload[from + 1];
  if (from + 1 + length > end) return;
  if (family === 1 && length === 5 && isDeviceIpv4(payload, from + 2))
    add("lldp.mgn.addr.ip4", ipv4At(payload, from + 2));
  if (family === 2 && length === 17) add("lldp.mgn.addr.ip6", ipv6At(payload, from + 2));
}

function describe(payload: Buffer, type: number, from: number, end: number, add: Add): void {
  if (type === TLV.name) add("lldp.tlv.system.name", keepName(payload.subarray(from, end)));
  else if (type === TLV.description) add("lldp.tlv.system.desc", keepText(payload.subarray(from, end)));
  else if (type === TLV.capabilities && end - from === 4) {
    const enabled = payload.readUInt16BE(from + 2);
    add("lldp.tlv.enable_system_cap", CAPABILITIES.filter((_, bit) => (enabled & (1 << bit)) !== 0).join(","));
  } else if (type === TLV.organisation && end - from >= 4) {
    const oui = payload.readUIntBE(from, 3);
    const subtype = payload[from + 3]!;
    const value = payload.subarray(from + 4, end);
    if (oui === OUI_IANA && subtype === 1) add("lldp.mudurl", keepText(value));
    if (oui !== OUI_MED) return;
    if (subtype === 1 && value.length === 3) add("lldp.media.subtype.class", String(value[2]));
    const inventory = INVENTORY[subtype];
    if (inventory !== undefined) add(inventory[0], inventory[1](value));
  }
}
