/** SSH protocol version 1, broken since 2001. RFC 4253, section 5. */
import { fromEvidence } from "./from-evidence.ts";

export default fromEvidence({
  id: "ssh-obsolete",
  title: "SSH version 1 is in use",
  severity: "medium",
  about: "device",
  advice:
    "Switch SSH version 1 off, or ask the maker for an update; let only the machine that maintains the device reach it.",
  references: ["RFC 4253, section 5", "CVE-2001-0361"],
  // 1.99 means "2, and 1 for old clients": only with the session itself in version 1 is it one.
  signs: [{ attribute: "ssh.version", value: /^1\.(?!99)/ }],
  why: (versions) => `It speaks SSH ${versions.join(", ")}.`,
});
