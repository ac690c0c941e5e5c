/** Signs of the Treck network stack, whose vulnerabilities of 2020 (Ripple20) many makers inherited. */
import { fromStack } from "./stack-rule.ts";

export default fromStack({
  id: "treck-stack",
  stack: "treck",
  title: "The device may use the Treck network stack, which has known vulnerabilities",
  advice:
    "Ask the maker whether this device uses Treck's TCP/IP and in which version. Until then keep it in a network segment of its own, drop IP fragments and IP-in-IP on the way to it, and give it names and addresses only from servers of your own.",
  references: ["CISA ICSA-20-168-01"],
  why: () =>
    "It opens TCP connections as devices with the Treck stack do. Other small stacks do the same, so this is a hint, no proof.",
});
