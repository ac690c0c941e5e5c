/** SSL 2 and 3, TLS 1.0 and 1.1 selected by a server. RFC 8996, RFC 7568, RFC 6176. */
import { fromEvidence } from "./from-evidence.ts";

export default fromEvidence({
  id: "tls-obsolete",
  title: "An obsolete version of TLS or SSL is in use",
  severity: "medium",
  about: "device",
  advice:
    "Ask the maker for a setting or update that allows TLS 1.2 or later; the older versions no longer protect what is sent.",
  references: ["RFC 8996", "RFC 7568", "RFC 6176", "NCSC: using TLS to protect data"],
  signs: [{ attribute: "tls.version", value: /^(?:SSL ?v?[23](?:\.0)?|[23]\.0 ?\(SSL\)|(?:TLS ?v?)?1\.[01])$/i }],
  why: (versions) => `It agreed to ${versions.join(" and ")} when a client connected.`,
});
