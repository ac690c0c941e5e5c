/** A learnt profile as a MUD file (RFC 8520), so that the network lets a device do what it does, and nothing else. */
import { createHash } from "node:crypto";
import { type Ace, type MudFile, mudSchema } from "./mud-schema.ts";
import type { HabitPeer, ServiceHabit } from "./profile.ts";
import { ANY_PEER, ANY_PORT, DYNAMIC_PORTS } from "./use.ts";

/** Hours until a network asks for the file again. The default of RFC 8520, 3.5. */
const CACHE_HOURS = 48;
const MAX_SYSTEMINFO = 60;
/** Controller classes of RFC 8520, 17.7, for servers that every network has its own of. */
const WELL_KNOWN: Record<number, string> = { 53: "urn:ietf:params:mud:dns", 123: "urn:ietf:params:mud:ntp" };
const PROTOCOLS = { tcp: 6, udp: 17 } as const;
/** The whole range of groups, for a service that uses too many to name. */
const ALL_GROUPS = { 4: "224.0.0.0/4", 6: "ff00::/8" } as const;
const FAMILIES = [4, 6] as const;
type Family = (typeof FAMILIES)[number];
type Way = "from-device" | "to-device";

export interface MudInput {
  /** The profile's key: it names the access lists, so that the same profile always has the same. */
  key: string;
  maker: string | null;
  model: string | null;
  class: string;
  services: readonly ServiceHabit[];
  /** Addresses of a device by its id; none when they aren't known. */
  addressesOf: (deviceId: string) => readonly string[];
  /** The devices of this profile use IPv6 too. */
  usesIpv6: boolean;
  url: string;
  /** ISO 8601 UTC. */
  at: string;
  isSupported: boolean;
  /** addresses: name partners inside by address; classes: by MUD's own words, for a file used at other sites too. */
  partners: "addresses" | "classes";
}

/** Throws Error with a sentence when what comes out would be no MUD file. */
export function mudFile(input: MudInput): MudFile {
  const lists = FAMILIES.flatMap((family) =>
    (["from-device", "to-device"] as const).map((way) => ({
      way,
      name: `mud-${digest(input.key)}-v${family}${way === "from-device" ? "fr" : "to"}`,
      type: `ipv${family}-acl-type` as const,
      aces: numbered(
        input.services.flatMap((service) => matchesOf(service, way, family, input)),
        way,
      ),
    })),
  ).filter(({ aces }) => aces.length > 0);
  const policy = (way: Way) => {
    const named = lists.filter((list) => list.way === way).map(({ name }) => ({ name }));
    return named.length === 0 ? undefined : { "access-lists": { "access-list": named } };
  };
  const [from, to] = [policy("from-device"), policy("to-device")];
  const file = {
    "ietf-mud:mud": {
      "mud-version": 1,
      "mud-url": input.url,
      "last-update": input.at,
      "cache-validity": CACHE_HOURS,
      "is-supported": input.isSupported,
      systeminfo: cut(plain(`${[input.maker, input.model].filter(Boolean).join(" ") || "Device"}: ${input.class}`)),
      ...(input.maker === null ? {} : { "mfg-name": plain(input.maker) }),
      ...(input.model === null ? {} : { "model-name": plain(input.model) }),
      ...(from === undefined ? {} : { "from-device-policy": from }),
      ...(to === undefined ? {} : { "to-device-policy": to }),
    },
    "ietf-access-control-list:acls": {
      acl: lists.map(({ name, type, aces }) => ({ name, type, aces: { ace: aces } })),
    },
  };
  const checked = mudSchema.safeParse(file);
  if (checked.success) return checked.data;
  const [issue] = checked.error.issues;
  throw new Error(`The MUD file would not be valid: ${issue?.path.join(".")}: ${issue?.message}.`);
}

type Matches = Ace["matches"];

function matchesOf(service: ServiceHabit, way: Way, family: Family, input: MudInput): Matches[] {
  const { side, transport } = service;
  // Where nobody knew who serves, the port may be either end's.
  const sides = side === "unknown" ? (["client", "server"] as const) : [side];
  return service.peers.flatMap((peer) =>
    partners(peer, service.port, family, input).flatMap(({ network, mud }) =>
      // A group is only ever spoken to, on the service's port.
      (peer.place === "group" ? (["group"] as const) : sides).map((as): Matches => {
        const portOf = as === "client" ? "theirs" : as === "server" ? "ours" : "destination";
        const towards = as === "group" || way === "from-device" ? "destination" : "source";
        const layer3 = {
          protocol: PROTOCOLS[transport],
          ...(network === null ? {} : { [`${towards}-ipv${family}-network`]: network }),
        };
        const isDestination = portOf === "destination" || (portOf === "theirs") === (way === "from-device");
        const layer4 = {
          ...(transport === "tcp" && side !== "unknown" ? { "ietf-mud:direction-initiated": initiated(side) } : {}),
          ...(service.port === ANY_PORT
            ? {}
            : { [`${isDestination ? "destination" : "source"}-port`]: portMatch(service.port) }),
        };
        return {
          ...(mud === null ? {} : { "ietf-mud:mud": mud }),
          [`ipv${family}`]: layer3,
          [transport]: layer4,
        };
      }),
    ),
  );
}

const initiated = (side: "client" | "server"): Way => (side === "client" ? "from-device" : "to-device");

const portMatch = (port: number) =>
  port === DYNAMIC_PORTS ? { "lower-port": port, "upper-port": 65_535 } : { operator: "eq" as const, port };

interface Partner {
  /** null: any address. */
  network: string | null;
  mud: Matches["ietf-mud:mud"] | null;
}

/** How a partner is written down for one kind of address; empty when it has none of that kind. */
function partners({ place, peer, address }: HabitPeer, port: number, family: Family, input: MudInput): Partner[] {
  const isUsed = family === 4 || input.usesIpv6;
  if (place === "outside")
    return peer === ANY_PEER.outside ? (isUsed ? [{ network: null, mud: null }] : []) : networks([peer], family);
  if (place === "group")
    return peer === ANY_PEER.group ? networks([ALL_GROUPS[family]], family) : networks([peer], family);
  const isNamed = input.partners === "addresses" && peer !== ANY_PEER.inside;
  const addresses = isNamed ? addressesOf(peer, address, input) : [];
  if (addresses.length > 0) return networks(addresses, family);
  if (!isUsed) return [];
  const controller = input.partners === "classes" ? WELL_KNOWN[port] : undefined;
  return [{ network: null, mud: controller === undefined ? { "local-networks": [null] } : { controller } }];
}

/** IPv4 addresses in IPv6 clothes belong on no wire (RFC 4291, 2.5.5.2): whoever sends from one gets no entry by it. */
const networks = (addresses: readonly string[], family: Family): Partner[] =>
  addresses
    .filter((address) => address.includes(":") === (family === 6) && !(address.includes(":") && address.includes(".")))
    .map((address) => ({
      network: address.includes("/") ? address : `${address}/${family === 4 ? 32 : 128}`,
      mud: null,
    }));

/** Where a partner is now, else where it was met. */
function addressesOf(peer: string, met: string | null, input: MudInput): readonly string[] {
  if (isAddress(peer)) return [peer];
  const known = input.addressesOf(peer);
  return known.length > 0 || met === null ? known : [met];
}

const isAddress = (peer: string) => /^[\d.]+$|:/.test(peer);

/** The same entry twice says nothing more. */
function numbered(matches: readonly Matches[], way: Way): Ace[] {
  const distinct = [...new Map(matches.map((one) => [JSON.stringify(one), one])).values()];
  const ending = way === "from-device" ? "frdev" : "todev";
  return distinct.map((one, index) => ({
    name: `cl${index}-${ending}`,
    matches: one,
    actions: { forwarding: "accept" as const },
  }));
}

const digest = (key: string) => createHash("sha256").update(key).digest("hex").slice(0, 8);

/** Half a character is none that YANG knows. RFC 7950, 9.4. */
const cut = (text: string) => text.slice(0, MAX_SYSTEMINFO).replace(/[\uD800-\uDBFF]$/, "");

/** What devices say of themselves, without control characters. */
const plain = (text: string) => text.replace(/\p{Cc}/gu, " ").trim();
