/** TFTP: files without any login. RFC 1350, section 4. */
import { fromEvidence } from "./from-evidence.ts";

export default fromEvidence({
  id: "tftp",
  title: "TFTP is in use",
  severity: "low",
  about: "device",
  advice: "TFTP asks for no login: allow it only between the devices that load their files this way and their server.",
  references: ["RFC 1350"],
  signs: [{ attribute: "wardtap.tftp" }],
  why: () => "Files were moved by TFTP, which has no login at all.",
});
