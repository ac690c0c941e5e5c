/** A device appears on a ward that has been known for longer than the learning time. */
import type { Device } from "../identify/device.ts";
import { defineRule, type Verdict } from "./rule.ts";

/** Devices told of at a time; beyond it the medical and the oldest come first: invented senders must not fill the list. */
const MAX_TOLD = 50;
/** They come and go with the people who carry them. */
const PERSONAL = new Set(["phone", "tablet", "laptop"]);

export default defineRule({
  id: "new-device",
  title: "A device that was never here before",
  severity: "info",
  about: "device",
  advice:
    "Find out who brought it and whether it belongs here. A medical device must be in the register of clinical engineering before it is used.",
  references: [
    "NHS DSPT, asset register of connected medical devices",
    "CIS Controls 1, Inventory of enterprise assets",
  ],
  // The tap tells of it for as long as a device takes to learn; by then it is no longer new.
  lasts: "condition",
  judge({ devices, behaviour }) {
    if (behaviour === undefined) return [];
    return devices
      .filter(
        (device) =>
          device.firstSeenAt > behaviour.wardLearntAt &&
          device.firstSeenAt > behaviour.newsSince &&
          isOfTheWard(device),
      )
      .sort((a, b) => Number(b.medical) - Number(a.medical) || a.firstSeenAt - b.firstSeenAt || (a.id < b.id ? -1 : 1))
      .slice(0, MAX_TOLD)
      .map((device) => verdict(device));
  },
});

/** Hosts beyond a router are no devices of this ward, and addresses that phones make up are nobody's. */
const isOfTheWard = ({ macs, reportedBy, randomisedMac, class: deviceClass }: Device): boolean =>
  (macs.length > 0 || reportedBy !== null) && !randomisedMac && !PERSONAL.has(deviceClass);

function verdict({ id, class: deviceClass, medical, firstSeenAt }: Device): Verdict {
  const isUnknown = deviceClass === "unknown";
  const what = isUnknown ? "It is not known what it is" : `It is taken for: ${deviceClass.replaceAll("-", " ")}`;
  return {
    deviceId: id,
    severity: medical || isUnknown ? "low" : "info",
    certainty: "confirmed",
    why: `${what}. It was first heard after the ward's devices had been learnt.`,
    evidence: [],
    signs: ["first heard"],
    firstSeenAt,
    lastSeenAt: firstSeenAt,
  };
}
