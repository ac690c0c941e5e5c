/** Remote desktop without network level authentication: anybody reaches the login screen. MS-RDPBCGR 2.2.1.2. */
import { fromEvidence } from "./from-evidence.ts";

export default fromEvidence({
  id: "rdp-without-nla",
  title: "Remote desktop without network level authentication",
  severity: "medium",
  about: "device",
  advice:
    "Require network level authentication (NLA) on this machine. Where that can't be, allow TCP 3389 only from the support's jump host.",
  references: ["CVE-2019-0708", "MS-RDPBCGR 5.4"],
  signs: [{ attribute: "rdp.negReq.selectedProtocol", value: /^(?:rdp|tls)$/ }],
  why: (values) =>
    `It accepted a remote desktop connection protected by ${values.includes("rdp") ? "RDP's own security" : "TLS"} alone.`,
});
