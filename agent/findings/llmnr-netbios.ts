/** Names asked for by broadcast, which anybody may answer: LLMNR (RFC 4795) and NetBIOS (RFC 1002). */
import { fromService } from "./from-service.ts";

export default fromService({
  id: "llmnr-netbios",
  title: "Names are resolved in a way that can be poisoned",
  severity: "low",
  about: "device",
  advice:
    "Switch LLMNR and NetBIOS over TCP/IP off by group policy; on a device that can't be changed, keep it in a segment without office machines.",
  references: ["RFC 4795", "RFC 1002", "MITRE ATT&CK T1557.001"],
  protocols: ["llmnr", "nbns"],
  side: "any",
  why: (protocols) =>
    `It asks for names, or answers for them, by ${protocols.map((name) => (name === "nbns" ? "NetBIOS" : "LLMNR")).join(" and ")}: whoever is near can answer in another's name.`,
});
