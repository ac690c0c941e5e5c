/** What a device does for others: carries their traffic, gives addresses, takes images or messages. */
import type { ClaimPart, IdentifyRule } from "../rule.ts";
import type { DeviceView } from "../view.ts";

/** Name servers that answer the whole world: who answers in their name here carries their traffic. As their operators publish them. */
const PUBLIC_RESOLVERS: ReadonlySet<string> = new Set([
  "1.0.0.1",
  "1.1.1.1",
  "8.8.4.4",
  "8.8.8.8",
  "9.9.9.9",
  "149.112.112.112",
  "208.67.220.220",
  "208.67.222.222",
]);

const claim = (value: string, weight: number, words: string): ClaimPart => ({ field: "class", value, weight, words });

export default {
  id: "role",
  claims(view: DeviceView): ClaimPart[] {
    const claims: ClaimPart[] = [];
    if (view.group.isRouter) claims.push(claim("router", 75, "carries the traffic of hosts behind it"));
    if (view.has("wardtap.role", "router")) claims.push(claim("router", 50, "is given to others as their router"));
    if (view.has("wardtap.role", "dhcp-server")) claims.push(claim("server", 45, "gives addresses by DHCP"));
    if (view.has("wardtap.role", "dns-server") && !view.group.ips.some((ip) => PUBLIC_RESOLVERS.has(ip)))
      claims.push(claim("server", 40, "answers name queries"));
    if (view.serves("hl7")) claims.push(claim("medical-gateway", 70, "receives HL7 messages"));
    if (view.serves("dicom")) claims.push(claim("imaging-archive", 70, "accepts DICOM associations"));
    else if (view.has("dicom.role", "storage-scu")) claims.push(claim("imaging", 55, "stores DICOM objects"));
    if (view.has("wardtap.reports")) claims.push(claim("medical-gateway", 80, "reports equipment of others"));
    return claims;
  },
} satisfies IdentifyRule;
