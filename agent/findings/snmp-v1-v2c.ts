/** SNMP version 1 or 2c: its password (the community) goes by in clear. RFC 3584, RFC 3411. */
import { fromEvidence } from "./from-evidence.ts";

export default fromEvidence({
  id: "snmp-v1-v2c",
  title: "SNMP version 1 or 2c is in use",
  severity: "low",
  about: "device",
  advice:
    "Use SNMP version 3 with authentication and privacy, or switch SNMP off. Where neither can be, let only the management station reach UDP 161.",
  references: ["RFC 3584", "CWE-319"],
  signs: [
    { attribute: "snmp.version", value: /^(?:1|v1|2c?|v2c?)$/i },
    { attribute: "wardtap.snmp.version.sent", value: /^(?:1|v1|2c?|v2c?)$/i },
  ],
  why: (versions) => `SNMP ${versions.join(" and ")} was spoken: its community, which is its password, can be read.`,
});
