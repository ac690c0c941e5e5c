/** SSH version 1, broken since 2001, and version 2 protected by what is no longer safe. RFC 4253, section 5; RFC 9142; RFC 8758. */
import type { DeviceEvidence } from "../identify/device.ts";
import { fromEvidence, matching, type Sign } from "./from-evidence.ts";
import { defineRule } from "./rule.ts";

/** Built on SHA-1 or MD5 in ways that nobody has broken within a session: poor, and no open door. */
const POOR = ["ssh-rsa", "diffie-hellman-group-exchange-sha1", "hmac-md5", "hmac-md5-96", "hmac-sha1-96"];
const WEAK = "wardtap.ssh.weak";

const SIGNS: readonly Sign[] = [
  // 1.99 means "2, and 1 for old clients": only with the session itself in version 1 is it one.
  { attribute: "ssh.version", value: /^1\.(?!99)/ },
  { attribute: WEAK },
];

const rule = fromEvidence({
  id: "ssh-obsolete",
  title: "SSH with obsolete protection is in use",
  severity: "medium",
  about: "device",
  advice:
    "Switch SSH version 1 and old algorithms off, or ask the maker for an update; let only the machine that maintains the device reach it.",
  references: ["RFC 4253, section 5", "CVE-2001-0361", "RFC 9142", "RFC 8758"],
  signs: SIGNS,
  why: (values) => {
    const versions = values.filter((value) => /^\d/.test(value));
    const weak = values.filter((value) => !/^\d/.test(value));
    return [
      ...(versions.length > 0 ? [`It speaks SSH ${versions.join(", ")}.`] : []),
      ...(weak.length > 0 ? [`SSH there comes to be protected by ${weak.join(", ")}.`] : []),
    ].join(" ");
  },
});

export default defineRule({
  ...rule,
  judge: (context) =>
    rule
      // How well others keep their servers is told only where it is bad.
      .judge({
        ...context,
        strangers: context.strangers.filter(({ evidence }) => !isAllPoor(matching(evidence, SIGNS))),
      })
      .map((verdict) => (isAllPoor(verdict.evidence) ? { ...verdict, severity: "low" as const } : verdict)),
});

const isAllPoor = (evidence: readonly DeviceEvidence[]) =>
  evidence.every(({ attribute, value }) => attribute === WEAK && POOR.includes(value));
