/** VRRP: routers that share one virtual address. RFC 9568 5, RFC 3768 5.3. */
import { ipv4At, isDeviceIpv4 } from "./addresses.ts";
import { defineDissector, type Evidence, type Malformed, malformed } from "./dissector.ts";

const HEADER = 8;
/** Version and type in one byte; 2 carries eight bytes of authentication behind the addresses, never read. */
const VERSION_2 = 0x21;
const VERSION_3 = 0x31;
const AUTHENTICATION = 8;
const MAX_ADDRESSES = 4;

interface VrrpMessage {
  version: number;
  group: number;
  priority: number;
  addresses: string[];
}

export default defineDissector<VrrpMessage>({
  protocol: "vrrp",
  over: ["ip"],
  ipProtocols: [112],
  dissect(payload, flow): VrrpMessage | Malformed | undefined {
    if (payload.length < HEADER) return malformed("header cut short");
    if (payload[0] !== VERSION_2 && payload[0] !== VERSION_3) return undefined;
    const isOld = payload[0] === VERSION_2;
    const count = payload[3]!;
    const width = !isOld && flow.sourceIp.includes(":") ? 16 : 4;
    const length = HEADER + count * width + (isOld ? AUTHENTICATION : 0);
    // CARP borrows the protocol number and the first byte, but not the length.
    if (count === 0 || (payload.length < length && !flow.cut)) return undefined;
    if (isOld && payload.length !== length && !flow.cut) return undefined;
    const addresses: string[] = [];
    for (let at = HEADER; width === 4 && addresses.length < Math.min(count, MAX_ADDRESSES); at += 4) {
      if (at + 4 > payload.length) break;
      if (!isDeviceIpv4(payload, at)) return undefined;
      addresses.push(ipv4At(payload, at));
    }
    return { version: isOld ? 2 : 3, group: payload[1]!, priority: payload[2]!, addresses };
  },
  // The frame's MAC is the group's, not the router's: only the address is its own.
  evidence: ({ version, group, priority, addresses }, { sourceIp }) => {
    const about = { ip: sourceIp };
    const found: Evidence[] = [
      { about, attribute: "wardtap.role", value: "router" },
      { about, attribute: "vrrp.virt_rtr_id", value: String(group) },
      { about, attribute: "vrrp.version", value: String(version) },
      { about, attribute: "wardtap.virtual-router", value: priority === 0 ? "leaving" : "active" },
    ];
    for (const value of addresses) found.push({ about, attribute: "vrrp.ip_addr", value });
    return found;
  },
});
