/** Logins that protect little: anonymous, NTLM version 1, VNC without a password. */
import { fromEvidence } from "./from-evidence.ts";

const WORDS: Record<string, string> = {
  ftp: "anonymous FTP",
  ldap: "anonymous LDAP",
  "ldap-entry": "a directory that shows its entries to anybody",
  smb: "anonymous SMB",
  "smb-guest": "SMB that lets anybody in as a guest",
  ntlm: "anonymous NTLM",
  none: "VNC without a password",
  plaintext: "SMB with a password that can be read",
  lm: "LM, the oldest Windows login",
  v1: "NTLM version 1",
  "v1-ess": "NTLM version 1 with extended session security",
  ntlmv1: "NTLM version 1",
};

export default fromEvidence({
  id: "weak-authentication",
  title: "A login without real protection",
  severity: "medium",
  about: "device",
  advice:
    "Switch anonymous access off where nobody needs it, and let servers refuse NTLM version 1 and LM. Where the device can't be changed, let only the machines that need it reach it.",
  references: ["CWE-287", "Microsoft: Network security: LAN Manager authentication level"],
  signs: [
    // Anonymous questions to a directory and null sessions are a client's everyday start: no finding of their own.
    { attribute: "wardtap.login.anonymous", value: /^(?:ftp|ldap-entry|smb-guest)$/ },
    { attribute: "ntlmssp.auth.response", value: /^(?:v1|lm|ntlmv1|NTLMv1)/i },
    { attribute: "smb.setup.response", value: /^(?:v1|lm)$/ },
    { attribute: "vnc.security_type", value: /^(?:none|1)$/i },
    { attribute: "smb.sm.password", value: /^plaintext$/ },
  ],
  why: (values) => `Seen on the wire: ${values.map((value) => WORDS[value.toLowerCase()] ?? value).join(", ")}.`,
});
