/** One host looks who is there: by ARP, or by the same port at many addresses. */
import type { Device } from "../identify/device.ts";
import { scans, triedWords } from "./fan-outs.ts";
import { folded } from "./folded.ts";
import { defineRule, settingsOf } from "./rule.ts";

/** The port that stands for ARP. */
const ARP = 0;
/** These look for whoever they must deliver to, and on a partial mirror the answers aren't heard. */
const CARRIES_FOR_OTHERS: ReadonlySet<string> = new Set(["router", "switch", "access-point", "wireless-controller"]);

export default defineRule({
  id: "address-scan",
  title: "Host sweep",
  severity: "medium",
  about: "device",
  advice:
    "Find out who sweeps the network and why. A planned sweep must leave medical devices out; name who does it in the configuration (knownScanners).",
  references: ["MITRE ATT&CK T1018"],
  lasts: "event",
  judge: (context) =>
    folded(
      scans(
        context,
        ({ kind, port, tried }, device) =>
          kind === "hosts" && tried >= settingsOf(context).scanHosts && !(port === ARP && carriesForOthers(device)),
        (fan) => ({
          key: String(fan.port),
          why: (widest) =>
            `It looked for ${triedWords(widest, `addresses ${fan.port === ARP ? "by ARP" : `on port ${fan.port}`}`)}.`,
        }),
      ),
    ),
});

const carriesForOthers = (device: Device | undefined) =>
  device !== undefined && (device.roles.includes("gateway") || CARRIES_FOR_OTHERS.has(device.class));
