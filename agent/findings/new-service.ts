/** A medical device offers or uses a service that it, or its model, never had while it was learnt. */
import { fromDeviations } from "./deviations.ts";
import { defineRule } from "./rule.ts";

export default defineRule({
  id: "new-service",
  title: "A medical device has a new service",
  severity: "low",
  about: "device",
  advice:
    "Ask the clinical engineers whether the device was updated or serviced. A service that nobody switched on may be somebody else's: look at the device when no patient depends on it, and close the port at the firewall meanwhile.",
  references: ["RFC 8520, Manufacturer Usage Description", "NIST SP 1800-8, Securing Wireless Infusion Pumps"],
  judge: (context) =>
    fromDeviations(
      context,
      ({ isNewService }) => isNewService,
      "wardtap.new_service",
      // What it offers, others can use; what it asks for is its own doing.
      ({ side, place }) => side === "server" || place === "outside",
    ),
});
