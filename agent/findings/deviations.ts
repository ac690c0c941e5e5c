/** What rules about learnt behaviour share: each deviation as evidence, a sentence, the other end and a sign. */
import type { Behaviour } from "../behaviour/behaviour.ts";
import type { Deviation, DeviceHabit } from "../behaviour/habit.ts";
import { DYNAMIC_PORTS } from "../behaviour/use.ts";
import { criticalityOf, type Device, type DeviceEvidence } from "../identify/device.ts";
import type { OtherEnd } from "./finding.ts";
import { type RuleContext, settingsOf, type Verdict } from "./rule.ts";
import { isListed } from "./settings.ts";

const DAY_MICROS = 24 * 3600 * 1_000_000;
/** Deviations that a finding's sentence names; all of them are in its evidence. */
const MAX_NAMED = 5;

/** One verdict per device that has such deviations: medium when one of them is serious, else low. */
export function fromDeviations(
  context: RuleContext,
  wanted: (deviation: Deviation) => boolean,
  attribute: string,
  isSerious: (deviation: Deviation, device: Device) => boolean,
): Verdict[] {
  const { devices, behaviour } = context;
  if (behaviour === undefined) return [];
  const { knownScanners } = settingsOf(context);
  let byId: Map<string, Device> | undefined;
  const peerOf = ({ peer }: Deviation) => {
    byId ??= new Map(devices.map((one) => [one.id, one]));
    return byId.get(peer);
  };
  // Who scans on purpose asks for everything, and finds services that nobody uses.
  const isScanned = (one: Deviation) => one.side === "server" && isScanner(knownScanners, one.address, peerOf(one));
  return devices.flatMap((device) => {
    const habit = device.medical ? behaviour.habitOf(device.id) : undefined;
    const found = habit?.deviations.filter((one) => wanted(one) && !isScanned(one)) ?? [];
    if (habit === undefined || found.length === 0) return [];
    const told = found.map((one) => sentence(one, peerOf(one)));
    return [
      {
        deviceId: device.id,
        relatedDeviceIds: [...new Set(found.map((one) => peerOf(one)?.id).filter((id) => id !== undefined))].sort(),
        severity: found.some((one) => isSerious(one, device)) ? ("medium" as const) : ("low" as const),
        certainty: "confirmed" as const,
        why: why(told, habit, behaviour),
        evidence: found.map((one, at) => evidence(one, attribute, told[at] ?? "")),
        between: found.map((one) => otherEnd(one, peerOf(one))),
        signs: found.map(signOf).sort(),
        firstSeenAt: Math.min(...found.map(({ firstSeenAt }) => firstSeenAt)),
        lastSeenAt: Math.max(...found.map(({ lastSeenAt }) => lastSeenAt)),
      },
    ];
  });
}

const isScanner = (list: readonly string[], address: string | null, peer: Device | undefined): boolean =>
  list.length > 0 && ((address !== null && list.includes(address)) || (peer !== undefined && isListed(list, peer)));

/** Treatment depends on it. */
export const isVital = ({ class: deviceClass }: Device): boolean =>
  ["life-sustaining", "treatment"].includes(criticalityOf(deviceClass) ?? "");

function why(told: string[], { deviceId, moreDeviations }: DeviceHabit, behaviour: Behaviour): string {
  const named = told.slice(0, MAX_NAMED).join("; ");
  const more = told.length > MAX_NAMED ? `; and ${told.length - MAX_NAMED}${moreDeviations ? " or" : ""} more` : "";
  if (behaviour.isFenced(deviceId)) return `Its accepted MUD file doesn't allow this: it ${named}${more}.`;
  const days = Math.round(behaviour.learnMicros / DAY_MICROS);
  return `In ${days} ${days === 1 ? "day" : "days"} of learning it never did this: it ${named}${more}.`;
}

/** Names that people gave stay out of it: a phone's may be a person's. */
function sentence(one: Deviation, peer: Device | undefined): string {
  const service = serviceWords(one);
  const who = peer === undefined ? (one.address ?? one.peer) : deviceWords(peer, one.address);
  const outside = one.place === "outside" ? " outside the hospital" : "";
  return one.side === "server" ? `answers ${who}${outside} on ${service}` : `asks ${who}${outside} on ${service}`;
}

function deviceWords({ class: deviceClass, ips, id }: Device, address: string | null): string {
  const kind =
    deviceClass === "unknown"
      ? "an unknown device"
      : `${/^[aeiou]/.test(deviceClass) ? "an" : "a"} ${deviceClass.replaceAll("-", " ")}`;
  return `${kind} (${address ?? ips[0] ?? id})`;
}

function serviceWords({ transport, port, protocol }: Deviation): string {
  const name = port === DYNAMIC_PORTS ? `a ${transport} port given out at random` : `${transport}/${port}`;
  return protocol === null ? name : `${name} (${protocol})`;
}

const evidence = (one: Deviation, attribute: string, value: string): DeviceEvidence => ({
  attribute,
  value,
  protocol: one.protocol ?? one.transport,
  count: 1,
  firstSeenAt: one.firstSeenAt,
  lastSeenAt: one.lastSeenAt,
  firstFrame: null,
});

const otherEnd = ({ address, peer, transport, port }: Deviation, device: Device | undefined): OtherEnd => ({
  deviceId: device?.id ?? null,
  remote: device === undefined ? (address ?? peer) : null,
  service: `${transport}/${port}`,
});

const signOf = ({ side, transport, port, peer }: Deviation) => `${side} ${transport}/${port} ${peer}`;
