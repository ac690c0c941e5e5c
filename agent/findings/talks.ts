/** When a device last did what a finding tells: by its conversations, where these are known. */
import type { Contact } from "../identify/contacts.ts";
import type { Device } from "../identify/device.ts";
import type { RuleContext } from "./rule.ts";
import { type Seen, spanOf } from "./span.ts";

/** Conversations of these devices, by device id; empty where nobody knows them. */
export function talksOf(
  { contactsOf }: Pick<RuleContext, "contactsOf">,
  devices: readonly Device[],
): ReadonlyMap<string, readonly Contact[]> {
  const talks = new Map<string, Contact[]>();
  if (contactsOf === undefined || devices.length === 0) return talks;
  for (const contact of contactsOf(new Set(devices.map(({ id }) => id)))) {
    const held = talks.get(contact.deviceId);
    if (held === undefined) talks.set(contact.deviceId, [contact]);
    else held.push(contact);
  }
  return talks;
}

/**
 * From when to when: by the conversations, which are most exact; else by the evidence. What was only remembered from
 * before the start counts from when its device was first seen: any other traffic of that device is no sign of it.
 */
export function spanOfTalks(device: Device, contacts: readonly Contact[], evidence: readonly Seen[]): Seen {
  const talks = contacts.map(({ firstAt, lastAt }) => ({ firstSeenAt: firstAt, lastSeenAt: lastAt }));
  const { lastSeenAt } = spanOf(talks.length > 0 ? talks : evidence);
  const { firstSeenAt } = spanOf([...talks, ...evidence]);
  if (Number.isFinite(lastSeenAt)) return { firstSeenAt, lastSeenAt };
  return { firstSeenAt: device.firstSeenAt, lastSeenAt: device.firstSeenAt };
}
