/** A documented factory login was used and worked; which one is compared inside the dissector and forgotten. */
import { fromEvidence } from "./from-evidence.ts";

export default fromEvidence({
  id: "default-login",
  title: "A factory login works",
  severity: "high",
  about: "device",
  advice:
    "Change the login that the maker documents for everybody. Where it is fixed, let only the one machine that needs it reach this service.",
  references: ["CWE-798", "CWE-1392", "ETSI EN 303 645, 5.1"],
  signs: [{ attribute: "wardtap.snmp.community", value: /^default$/ }, { attribute: "wardtap.login.default" }],
  why: (values) => {
    const protocols = values.filter((value) => value !== "default");
    return [
      ...(values.includes("default") ? ["It answers SNMP to a community that every manual names."] : []),
      ...(protocols.length > 0 ? [`A login that the maker documents was accepted by ${protocols.join(", ")}.`] : []),
    ].join(" ");
  },
});
