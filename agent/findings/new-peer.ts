/** A medical device talks to somebody it, or its model, never talked to while it was learnt. */
import { fromDeviations, isVital } from "./deviations.ts";
import { defineRule } from "./rule.ts";

export default defineRule({
  id: "new-peer",
  title: "A medical device talks to somebody new",
  severity: "low",
  about: "device",
  advice:
    "Ask the clinical engineers whether something was installed, moved or serviced. If nobody knows, look at both ends. A learnt MUD file (wardtap mud) lets the network team allow the usual connections and no others.",
  references: ["RFC 8520, Manufacturer Usage Description", "NIST SP 1800-8, Securing Wireless Infusion Pumps"],
  judge: (context) =>
    fromDeviations(
      context,
      ({ isNewPeer }) => isNewPeer,
      "wardtap.new_peer",
      (deviation, device) => deviation.place === "outside" || (deviation.side === "client" && isVital(device)),
    ),
});
