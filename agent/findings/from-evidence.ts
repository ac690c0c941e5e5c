/** Rules that a single piece of evidence decides: which devices said it, and what that means. */
import type { Device, DeviceEvidence } from "../identify/device.ts";
import type { Certainty, Severity } from "./finding.ts";
import { folded } from "./folded.ts";
import { partners } from "./partners.ts";
import { type FindingRule, type RuleContext, type Verdict, valueSign } from "./rule.ts";
import { spanOf } from "./span.ts";

export interface Sign {
  attribute: string;
  /** Every value when left out. */
  value?: RegExp;
}

export interface EvidenceRule extends Omit<FindingRule, "judge"> {
  signs: readonly Sign[];
  certainty?: Certainty;
  /** For a medical device, where the harm is greater. */
  medicalSeverity?: Severity;
  /** Of what stays the same whatever a piece says, a word for it; the attribute and its value when left out. */
  sign?(piece: DeviceEvidence): string;
  /** One sentence: what was seen. `values` are distinct and sorted. */
  why(values: string[], device: Device | undefined): string;
}

export function fromEvidence({
  signs,
  certainty = "confirmed",
  medicalSeverity,
  why,
  sign = valueSign,
  ...rule
}: EvidenceRule): FindingRule {
  return {
    ...rule,
    judge(context) {
      const verdicts: Verdict[] = [];
      for (const device of context.devices) {
        const evidence = matching(device.evidence, signs);
        if (evidence.length === 0) continue;
        verdicts.push({
          deviceId: device.id,
          relatedDeviceIds: partnersIn(device, evidence),
          certainty,
          why: why(valuesOf(evidence), device),
          ...(device.medical && medicalSeverity !== undefined ? { severity: medicalSeverity } : {}),
          signs: signsIn(evidence, sign),
          ...seen(evidence),
        });
      }
      return [...verdicts, ...aboutStrangers(context, signs, (values) => why(values, undefined), { certainty, sign })];
    },
  };
}

/** Who it spoke with in the protocols that the evidence comes from. */
function partnersIn(device: Device, evidence: readonly DeviceEvidence[]): string[] {
  const protocols = new Set(evidence.map(({ protocol }) => protocol));
  return partners(
    device,
    device.services.filter(({ protocol }) => protocol !== null && protocols.has(protocol)),
  );
}

/** What hosts beyond this network said: the devices that talk to them are concerned, and named. One verdict for each of the first. */
export function aboutStrangers(
  { strangers, devices }: RuleContext,
  signs: readonly Sign[],
  why: (values: string[]) => string,
  { certainty = "confirmed", sign = valueSign }: Pick<EvidenceRule, "certainty" | "sign"> = {},
): Verdict[] {
  const callers = callersOf(devices);
  const verdicts = strangers.flatMap(({ ip, evidence }) => {
    const found = matching(evidence, signs);
    if (found.length === 0) return [];
    const related = [...(callers.get(ip) ?? [])];
    return [
      {
        key: ip,
        about: "network" as const,
        deviceId: null,
        relatedDeviceIds: related.sort(),
        certainty,
        why: `${why(valuesOf(found))} The other end is ${ip}, which is not known as a device of this network.`,
        signs: signsIn(found, sign),
        ...seen(found),
      },
    ];
  });
  return folded(verdicts);
}

/** Address of a stranger → ids of the devices that talk to it; built once for all rules of one judgement. */
const callersByDevices = new WeakMap<readonly Device[], ReadonlyMap<string, ReadonlySet<string>>>();

function callersOf(devices: readonly Device[]): ReadonlyMap<string, ReadonlySet<string>> {
  const known = callersByDevices.get(devices);
  if (known !== undefined) return known;
  const callers = new Map<string, Set<string>>();
  for (const { id, peers } of devices) {
    for (const { remote } of peers) {
      if (remote === null) continue;
      const ids = callers.get(remote);
      if (ids === undefined) callers.set(remote, new Set([id]));
      else ids.add(id);
    }
  }
  callersByDevices.set(devices, callers);
  return callers;
}

export function matching(evidence: readonly DeviceEvidence[], signs: readonly Sign[]): DeviceEvidence[] {
  const said = attributesIn(evidence);
  if (!signs.some(({ attribute }) => said.has(attribute))) return [];
  return evidence.filter((piece) =>
    signs.some(
      ({ attribute, value }) => piece.attribute === attribute && (value === undefined || value.test(piece.value)),
    ),
  );
}

/** Most rules look for what most devices never say; which attributes are there is asked once for all rules. */
const attributesByEvidence = new WeakMap<readonly DeviceEvidence[], ReadonlySet<string>>();

function attributesIn(evidence: readonly DeviceEvidence[]): ReadonlySet<string> {
  let attributes = attributesByEvidence.get(evidence);
  if (attributes === undefined) {
    attributes = new Set(evidence.map(({ attribute }) => attribute));
    attributesByEvidence.set(evidence, attributes);
  }
  return attributes;
}

const signsIn = (evidence: readonly DeviceEvidence[], sign: (piece: DeviceEvidence) => string) =>
  [...new Set(evidence.map(sign))].sort();

const valuesOf = (evidence: readonly DeviceEvidence[]) => [...new Set(evidence.map(({ value }) => value))].sort();

/** The part of a verdict that comes from its evidence. */
export const seen = (evidence: DeviceEvidence[]): Pick<Verdict, "evidence" | "firstSeenAt" | "lastSeenAt"> => ({
  evidence,
  ...spanOf(evidence),
});
