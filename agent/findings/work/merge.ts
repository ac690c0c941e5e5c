/** Findings of a device that turned out to be another: carried to the device that remains, with their work. */
import { findingId } from "../judge.ts";
import { BY_ITSELF, bounded, MAX_FORMER_IDS, type WorkedFinding } from "./worked.ts";

/** What was decided on, with the ids that devices have now. */
export function renamed(finding: WorkedFinding, remaining: ReadonlyMap<string, string>): WorkedFinding {
  const { work } = finding;
  if (!work?.basis?.relatedDeviceIds.some((id) => remaining.has(id))) return finding;
  const relatedDeviceIds = [...new Set(work.basis.relatedDeviceIds.map((id) => remaining.get(id) ?? id))].sort();
  return { ...finding, work: { ...work, basis: { ...work.basis, relatedDeviceIds } } };
}

/** The finding under the id it has for the device that remains. */
export function carried(finding: WorkedFinding, deviceId: string): WorkedFinding {
  const id = findingId(finding.rule, deviceId, finding.key);
  return { ...finding, id, deviceId, formerIds: [...finding.formerIds, finding.id].slice(-MAX_FORMER_IDS) };
}

/** Two findings that are one now. What somebody decided last stands, and widens if there is more to it. */
export function joined(one: WorkedFinding, other: WorkedFinding, at: number): WorkedFinding {
  const isFirst = decidedAt(one) === decidedAt(other) ? one.state === "open" : decidedAt(one) > decidedAt(other);
  const [stands, gives] = isFirst ? [one, other] : [other, one];
  const joinedWork = stands.work ?? gives.work;
  const history = [...(one.work?.history ?? []), ...(other.work?.history ?? [])].sort((a, b) => a.at - b.at);
  const entry = { at, by: BY_ITSELF, what: "merged", why: "Two devices turned out to be one." } as const;
  const kept = bounded([...history, entry]);
  const leftOut = (one.work?.historyLeftOut ?? 0) + (other.work?.historyLeftOut ?? 0);
  return {
    ...stands,
    id: one.id,
    deviceId: one.deviceId,
    firstSeenAt: Math.min(one.firstSeenAt, other.firstSeenAt),
    lastSeenAt: Math.max(one.lastSeenAt, other.lastSeenAt),
    times: Math.max(one.times, other.times),
    formerIds: [...new Set([...other.formerIds, ...one.formerIds])]
      .filter((id) => id !== one.id)
      .slice(-MAX_FORMER_IDS),
    work:
      joinedWork === null
        ? null
        : { ...joinedWork, history: kept, historyLeftOut: leftOut + history.length + 1 - kept.length },
  };
}

/** When a person decided on it last; never is before everything. */
const decidedAt = ({ work }: WorkedFinding) =>
  (work?.history ?? []).reduce((last, { at, by }) => (by === BY_ITSELF ? last : Math.max(last, at)), -1);
