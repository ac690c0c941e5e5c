/** Nortel's discovery (SONMP): its switches and routers tell their address and chassis. Nortel, S5-ETHERNET-MIB (s5EnMsTop, chassis types). */
import { ipv4At, isDeviceIpv4 } from "./addresses.ts";
import { defineDissector, type Evidence, type Malformed, malformed } from "./dissector.ts";

const LENGTH = 11;

interface SonmpMessage {
  ip: string | undefined;
  chassis: number;
}

export default defineDissector<SonmpMessage>({
  protocol: "ndp",
  over: ["link"],
  snap: [
    [0x000081, 0x01a1],
    [0x000081, 0x01a2],
  ],
  // Address, segment (three bytes), chassis, backplane, state, number of links.
  dissect(payload): SonmpMessage | Malformed {
    if (payload.length < LENGTH) return malformed("cut short");
    return { ip: isDeviceIpv4(payload, 0) ? ipv4At(payload, 0) : undefined, chassis: payload[7]! };
  },
  evidence({ ip, chassis }) {
    const found: Evidence[] = [{ about: "sender", attribute: "ndp.chassis", value: String(chassis) }];
    if (ip !== undefined) found.push({ about: "sender", attribute: "ndp.ipaddress", value: ip });
    return found;
  },
});
