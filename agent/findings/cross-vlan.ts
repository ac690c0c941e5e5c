/** A medical device answers hosts of the guest or the office network. Runs only where the configuration says what networks are for. */
import type { Contact } from "../identify/contacts.ts";
import type { Device } from "../identify/device.ts";
import { createPurposes, type Purpose, type Purposes } from "../identify/purposes.ts";
import type { OtherEnd } from "./finding.ts";
import { defineRule, settingsOf, type Verdict } from "./rule.ts";
import { spanOf } from "./span.ts";

/** Other ends named in one finding; the earliest are kept. */
const MAX_ENDS = 20;
/** Services told one by one; whom a port scan reaches would have a sentence without end. */
const MAX_SERVICES = 10;
const MAX_SIGNS = 100;
const FOREIGN: ReadonlySet<Purpose> = new Set(["guest", "office"]);
/** Servers that people at their desks are meant to reach. */
const MEANT_TO_BE_REACHED: ReadonlySet<string> = new Set(["imaging-archive", "medical-gateway"]);

interface Crossing {
  contact: Contact;
  purpose: Purpose;
}

export default defineRule({
  id: "cross-vlan",
  title: "A medical device can be reached from a network it should be parted from",
  severity: "medium",
  about: "device",
  advice:
    "Ask the network team to close the way between these networks, or to allow just the one connection that is needed. Where it is needed, accept the finding with a review date.",
  references: ["NHS guidance on protecting connected medical devices, step 3", "NHS DSPT, network segregation"],
  judge(context) {
    const { purposes: entries } = settingsOf(context);
    if (entries.length === 0 || context.contactsOf === undefined) return [];
    const purposes = createPurposes(entries);
    const byId = new Map(context.devices.map((device) => [device.id, device]));
    const medical = new Set(context.devices.filter((device) => device.medical).map(({ id }) => id));
    const crossings = new Map<string, Crossing[]>();
    for (const contact of context.contactsOf(medical)) {
      if (contact.side !== "server" || !contact.answered) continue;
      const purpose = purposeOf(contact, byId, purposes);
      if (purpose === undefined || !FOREIGN.has(purpose)) continue;
      const held = crossings.get(contact.deviceId);
      if (held === undefined) crossings.set(contact.deviceId, [{ contact, purpose }]);
      else held.push({ contact, purpose });
    }
    return [...crossings].map(([id, found]) => verdict(byId.get(id)!, found));
  },
});

/** An address tells wherever it is heard; a VLAN only tells of who has a card in it, for routers carry others through. */
function purposeOf({ address, peerId }: Contact, devices: ReadonlyMap<string, Device>, purposes: Purposes) {
  const byAddress = address === null ? undefined : purposes.ofIp(address);
  const peer = peerId === null ? undefined : devices.get(peerId);
  if (byAddress !== undefined || peer === undefined || peer.macs.length === 0) return byAddress;
  return peer.vlans.map((vlan) => purposes.ofVlan(vlan)).find((purpose) => purpose !== undefined);
}

function verdict(device: Device, crossings: readonly Crossing[]): Verdict {
  const from = [...new Set(crossings.map(({ purpose }) => purpose))].sort();
  const services = [...new Set(crossings.map(({ contact }) => service(contact)))].sort();
  const told = `${services.slice(0, MAX_SERVICES).join(", ")}${services.length > MAX_SERVICES ? " and more" : ""}`;
  const isMeant = !from.includes("guest") && MEANT_TO_BE_REACHED.has(device.class);
  return {
    deviceId: device.id,
    relatedDeviceIds: [...new Set(crossings.flatMap(({ contact }) => contact.peerId ?? []))].sort(),
    severity: from.includes("guest") ? "high" : isMeant ? "low" : "medium",
    certainty: "confirmed",
    why: `It answers hosts of the ${from.join(" and the ")} network on ${told}.`,
    evidence: [],
    between: endsOf(crossings),
    signs: signsOf(crossings),
    ...spanOf(crossings.map(({ contact }) => ({ firstSeenAt: contact.firstAt, lastSeenAt: contact.lastAt }))),
  };
}

/** Past the bound no service is told apart: one more is no news. */
function signsOf(crossings: readonly Crossing[]): string[] {
  const all = [...new Set(crossings.map(({ contact, purpose }) => `${purpose} ${service(contact)}`))].sort();
  if (all.length <= MAX_SIGNS) return all;
  return [...new Set(crossings.map(({ purpose }) => `${purpose} many services`))].sort();
}

const service = ({ transport, port }: Contact) => `${transport}/${port}`;

function endsOf(crossings: readonly Crossing[]): OtherEnd[] {
  const ends = new Map<string, OtherEnd>();
  for (const { contact } of [...crossings].sort((a, b) => a.contact.firstAt - b.contact.firstAt)) {
    const { peerId, address } = contact;
    const end = { deviceId: peerId, remote: peerId === null ? address : null, service: service(contact) };
    if (ends.size < MAX_ENDS) ends.set(`${end.deviceId} ${end.remote} ${end.service}`, end);
  }
  return [...ends].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, end]) => end);
}
