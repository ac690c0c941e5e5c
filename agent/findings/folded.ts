/** Hosts beyond this network are without end: the first few of a rule have findings of their own, the rest share one. */
import { signsOf, type Verdict } from "./rule.ts";
import { firstSeen, spanOf } from "./span.ts";

/** Hosts with a finding of their own: those seen first, so that newcomers push nobody out. */
const MAX_OWN = 20;
/** Of the shared one: pieces shown and devices concerned; past these the earliest seen, and the first ids, stand for all. */
const MAX_EVIDENCE = 30;
const MAX_RELATED = 100;

/** `sharedKey` tells apart what one rule folds in several goes; each of these has one severity. Verdicts on devices stay. */
export function folded(all: readonly Verdict[], sharedKey = "others"): Verdict[] {
  const onDevices = all.filter(({ deviceId }) => deviceId !== null);
  const verdicts = all.filter(({ deviceId }) => deviceId === null);
  const own = firstSeen(verdicts, MAX_OWN);
  if (own.length === verdicts.length) return [...all];
  const isOwn = new Set(own);
  const rest = verdicts.filter((verdict) => !isOwn.has(verdict));
  const evidence = rest.flatMap((verdict) => verdict.evidence);
  const related = new Set(rest.flatMap(({ relatedDeviceIds }) => relatedDeviceIds ?? []));
  const { severity, certainty } = rest[0]!;
  return [
    ...onDevices,
    ...own,
    {
      key: sharedKey,
      about: "network",
      deviceId: null,
      relatedDeviceIds: [...related].sort().slice(0, MAX_RELATED),
      ...(severity === undefined ? {} : { severity }),
      certainty,
      why: `The same was heard of ${rest.length} more ${rest.length === 1 ? "host that is" : "hosts that are"} not known as ${rest.length === 1 ? "a device" : "devices"} of this network.`,
      evidence: [...firstSeen(evidence, MAX_EVIDENCE)],
      signs: [...new Set(rest.flatMap(signsOf))].sort(),
      ...spanOf(rest),
    },
  ];
}
