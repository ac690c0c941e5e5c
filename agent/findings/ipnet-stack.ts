/** Signs of VxWorks with the IPnet network stack, whose vulnerabilities of 2019 (CVE-2019-12255 and others) let anyone in the network take a device over. */
import { fromStack } from "./stack-rule.ts";

export default fromStack({
  id: "ipnet-stack",
  stack: "ipnet",
  title: "The device seems to run VxWorks, whose network stack has known vulnerabilities",
  advice:
    "Ask the maker whether this device has the IPnet stack and a version that mends it. Until then keep it in a network segment of its own and drop packets with the TCP urgent flag or IP options on the way to it.",
  references: ["CISA ICSMA-19-274-01", "CISA ICSA-19-211-01"],
  why: ({ version, evidence, certainty }) => {
    const system = version === null ? "VxWorks" : `VxWorks ${version}`;
    const signs = evidence.length === 0 ? `Its system is ${system}` : `It shows signs of ${system}`;
    return certainty === "likely"
      ? `${signs} with the IPnet stack. Whether the maker has mended it can't be heard.`
      : `${signs}. Versions from 6.5 on have the IPnet stack; whether this one has it, and whether it is mended, can't be heard.`;
  },
});
