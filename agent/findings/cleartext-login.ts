/** A password or token crossed the network readable: FTP, Telnet, HTTP, mail, LDAP, MQTT. Which one is never kept. */
import { fromEvidence } from "./from-evidence.ts";

export default fromEvidence({
  id: "cleartext-login",
  title: "A login can be read on the network",
  severity: "medium",
  medicalSeverity: "high",
  about: "device",
  advice:
    "Change this password, and change it again once the login is protected. Ask the maker for the encrypted form of the service (FTPS or SFTP, SSH, HTTPS, LDAPS). Until then let only the one machine that needs it reach this service.",
  references: ["CWE-319", "ETSI EN 303 645, 5.5", "NHS guidance on protecting connected medical devices, step 4"],
  signs: [{ attribute: "wardtap.login" }, { attribute: "wardtap.login.token" }],
  why: (protocols) =>
    `Somebody logged in by ${protocols.join(", ")} without encryption: the password or token could be read by anybody who listens.`,
});
