/** An SMB server that signs nothing: whoever is in between can change what is sent. MS-SMB2 2.2.4, MS-CIFS 2.2.4.52.2. */
import { fromEvidence } from "./from-evidence.ts";

export default fromEvidence({
  id: "smb-signing-off",
  title: "File sharing without signatures",
  severity: "low",
  about: "device",
  advice:
    "Require SMB signing by group policy, or ask the maker how. Until then let only the machines that need its shares reach TCP 445 and 139.",
  references: ["Microsoft: SMB signing", "MITRE ATT&CK T1557"],
  signs: [
    { attribute: "smb.sm.signatures", value: /^0$/ },
    { attribute: "smb2.sec_mode.sign_enabled", value: /^0$/ },
  ],
  why: () => "It offers file sharing and can't sign what it sends.",
});
