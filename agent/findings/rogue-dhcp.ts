/** Somebody gives addresses who should not: not on the hospital's list, or at odds with the other server of the link. */
import type { Device, DeviceEvidence } from "../identify/device.ts";
import { type DhcpServer, dhcpServers, differences } from "./dhcp-scopes.ts";
import { isEndDevice } from "./end-device.ts";
import { seen } from "./from-evidence.ts";
import { defineRule, settingsOf, type Verdict } from "./rule.ts";
import { isListed } from "./settings.ts";
import { firstSeen } from "./span.ts";

/** Offers to one host so close together answer the same question. */
const SAME_QUESTION_MICROS = 60 * 1_000_000;

/** Servers compared with each other, those first heard; a flood of invented ones must not cost more. */
const MAX_COMPARED = 32;

/** Two servers of one link whose answers differ. */
interface Quarrel {
  servers: readonly [DhcpServer, DhcpServer];
  /** Words for what they give otherwise. */
  differences: string[];
}

export default defineRule({
  id: "rogue-dhcp",
  title: "A DHCP server that should not be there",
  severity: "high",
  about: "device",
  advice:
    "Find this device by its MAC address and take it off the network: who believes it is cut off, or led astray. List the hospital's own servers in the configuration (dhcpServers), then any other is known for certain. Ask for DHCP snooping on the switch.",
  references: ["MITRE ATT&CK T1557.003", "RFC 2131"],
  judge(context) {
    const servers = dhcpServers(context.devices);
    const { dhcpServers: listed } = settingsOf(context);
    return listed.length > 0 ? notListed(servers, listed) : atOdds(servers, context.devices);
  },
});

const notListed = (servers: readonly DhcpServer[], listed: readonly string[]): Verdict[] =>
  servers
    .filter((server) => !isListed(listed, server.device) && !server.serverIds.some((id) => listed.includes(id)))
    .filter((server) => !isRelay(server))
    .map(({ device, evidence }) => ({
      deviceId: device.id,
      certainty: "confirmed",
      why: "It gives addresses by DHCP, and is none of the servers that the configuration lists.",
      ...seen(evidence),
    }));

/** Some relays put their own address in the server's place (RFC 5107), so that answers pass through them. */
const isRelay = ({ device, scopes, serverIds }: DhcpServer) =>
  scopes.every(({ relay }) => relay !== undefined && (device.ips.includes(relay) || serverIds.includes(relay)));

function atOdds(servers: readonly DhcpServer[], devices: readonly Device[]): Verdict[] {
  const quarrels = quarrelsOf(servers, devices);
  const told = new Map<string, Verdict>();
  for (const { servers: pair, differences: words } of quarrels) {
    const blamed = blame(pair, quarrels);
    const ids = pair.map(({ device }) => device.id).sort();
    const isSure = blamed !== undefined && isEndDevice(blamed.device);
    const key = blamed?.device.id ?? ids.join(" ");
    const before = told.get(key);
    told.set(key, {
      ...(blamed === undefined ? { key, about: "network" as const } : {}),
      deviceId: blamed?.device.id ?? null,
      relatedDeviceIds: [...new Set([...(before?.relatedDeviceIds ?? []), ...ids])]
        .filter((id) => id !== blamed?.device.id)
        .sort(),
      severity: isSure ? "high" : "medium",
      certainty: blamed === undefined ? "possible" : "likely",
      why: `Two DHCP servers answer on the same network; one gives ${words.join(" and ")} than the other.`,
      ...seen(pair.flatMap(({ evidence }) => evidence)),
    });
  }
  return [...told.values()];
}

function quarrelsOf(servers: readonly DhcpServer[], devices: readonly Device[]): Quarrel[] {
  const quarrels: Quarrel[] = [];
  const compared = firstSeen(servers, MAX_COMPARED);
  if (compared.length < 2) return quarrels;
  const together = offeredTogether(devices);
  compared.forEach((a, index) => {
    for (const b of compared.slice(index + 1)) {
      const words = quarrel(a, b, together);
      if (words !== undefined) quarrels.push({ servers: [a, b], differences: words });
    }
  });
  return quarrels;
}

/** undefined: they agree somewhere (a pair that stands in for each other), or nothing proves that they share a link. */
function quarrel(a: DhcpServer, b: DhcpServer, together: ReadonlySet<string>): string[] | undefined {
  const isShared = a.serverIds.some((one) => b.serverIds.some((other) => together.has(`${one} ${other}`)));
  const found = new Set<string>();
  for (const one of a.scopes) {
    for (const other of b.scopes) {
      // Relays ask whom they were told to ask.
      if (one.link === undefined || other.link === undefined || one.link !== other.link) continue;
      // A mirror that takes tags off shows several networks as one.
      const isSameLink = isShared || one.link !== 0 || (one.net !== undefined && one.net === other.net);
      if (!isSameLink) continue;
      const words = differences(one, other);
      if (words.length === 0) return undefined;
      for (const word of words) found.add(word);
    }
  }
  return found.size === 0 ? undefined : [...found].sort();
}

/** Pairs of servers, in either order, whose offers answered the same question of some host. */
function offeredTogether(devices: readonly Device[]): ReadonlySet<string> {
  const together = new Set<string>();
  for (const { evidence } of devices) {
    const offers = evidence.filter(({ attribute }) => attribute === "wardtap.dhcp.offered_by");
    for (const one of offers)
      for (const other of offers) if (areClose(one, other)) together.add(`${one.value} ${other.value}`);
  }
  return together;
}

const areClose = (one: DeviceEvidence, other: DeviceEvidence) =>
  other.firstSeenAt - one.lastSeenAt <= SAME_QUESTION_MICROS &&
  one.firstSeenAt - other.lastSeenAt <= SAME_QUESTION_MICROS;

/** Which of the two is out of place: what is no server, or who is at odds with more others. Else nobody can tell. */
function blame(pair: Quarrel["servers"], quarrels: readonly Quarrel[]): DhcpServer | undefined {
  const [a, b] = pair;
  if (isEndDevice(a.device) !== isEndDevice(b.device)) return isEndDevice(a.device) ? a : b;
  const [ofA, ofB] = pair.map((one) => quarrels.filter(({ servers }) => servers.includes(one)).length) as [
    number,
    number,
  ];
  return ofA === ofB ? undefined : ofA > ofB ? a : b;
}
