/** One host tries many ports of another. */
import { scans, triedWords } from "./fan-outs.ts";
import { folded } from "./folded.ts";
import { defineRule, settingsOf } from "./rule.ts";

export default defineRule({
  id: "port-scan",
  title: "Port scan",
  severity: "medium",
  about: "device",
  advice:
    "Find out who scans and why. Scans have stopped medical devices: a planned one must leave them out; name who does it in the configuration (knownScanners).",
  references: ["MITRE ATT&CK T1046"],
  lasts: "event",
  judge: (context) =>
    folded(
      scans(
        context,
        ({ kind, tried }) => kind === "ports" && tried >= settingsOf(context).scanPorts,
        () => ({ key: "", why: (widest) => `It tried ${triedWords(widest, "ports of one host")}.` }),
      ),
    ),
});
