/** SMB version 1, the protocol that WannaCry and NotPetya spread by, is answered. */
import { fromEvidence } from "./from-evidence.ts";

export default fromEvidence({
  id: "smb1",
  title: "SMB version 1 is in use",
  severity: "medium",
  medicalSeverity: "high",
  about: "device",
  advice:
    "Ask the maker whether SMB 2 or later can be switched on. Until then close TCP 445 and 139 to everybody but the one server that needs it.",
  references: ["CVE-2017-0143", "CVE-2017-0144", "CVE-2017-0145", "CISA KEV", "Microsoft MS17-010"],
  signs: [{ attribute: "wardtap.smb1", value: /^server$/ }],
  why: (_, device) => `${device === undefined ? "A server" : "It"} answered a session in SMB version 1.`,
});
