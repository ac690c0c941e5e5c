/** FTP: logins and files go by in clear. RFC 959, RFC 4217. */
import { fromService } from "./from-service.ts";

export default fromService({
  id: "ftp",
  title: "FTP is in use",
  severity: "low",
  medicalSeverity: "medium",
  about: "device",
  advice: "Use SFTP or FTPS where the device has it; else let only the one server that needs it reach TCP 21.",
  references: ["RFC 959", "RFC 4217", "CWE-319"],
  protocols: ["ftp"],
  side: "server",
  why: (_, __, isServer) =>
    isServer ? "It offers FTP, and a session was seen." : "It uses FTP with a server outside this network.",
});
