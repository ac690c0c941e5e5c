/** UPnP announces services that others on the network may use without a login. UPnP Device Architecture 2.0. */
import { fromEvidence } from "./from-evidence.ts";

export default fromEvidence({
  id: "upnp",
  title: "UPnP is offered",
  severity: "low",
  about: "device",
  advice: "Switch UPnP off where nobody needs it: it offers its services without a login.",
  references: ["UPnP Device Architecture 2.0", "CVE-2020-12695"],
  signs: [{ attribute: "ssdp.type" }, { attribute: "ssdp.location.host" }],
  sign: () => "upnp",
  why: () => "It announces itself as a UPnP device.",
});
