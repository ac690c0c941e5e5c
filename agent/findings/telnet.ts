/** Telnet: everything typed and shown goes by in clear. RFC 854. */
import { fromService } from "./from-service.ts";

export default fromService({
  id: "telnet",
  title: "Telnet is in use",
  severity: "medium",
  medicalSeverity: "high",
  about: "device",
  advice:
    "Use SSH where the device has it and switch Telnet off; else let only the machine that maintains it reach TCP 23.",
  references: ["RFC 854", "CWE-319"],
  protocols: ["telnet"],
  side: "server",
  why: (_, __, isServer) =>
    isServer ? "It offers Telnet, and a session was seen." : "It opens Telnet sessions to a host outside this network.",
});
