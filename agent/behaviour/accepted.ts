/** An accepted MUD file held against what devices do: what it allows, by side, port and partner. RFC 8520. */
import { createNetworks } from "../identify/networks.ts";
import type { MudFile } from "./mud-schema.ts";
import { DYNAMIC_PORTS, type Place, type Use } from "./use.ts";

/** An allowed use with what only the contact knows. */
export type Met = Use & { address: string | null };

interface Allowed {
  /** null: either. */
  side: "client" | "server" | null;
  transport: "tcp" | "udp" | null;
  low: number;
  high: number;
  isPartner: (met: Met) => boolean;
}

export class Accepted {
  readonly maker: string;
  readonly model: string;
  readonly #allowed: Allowed[];

  /** Null when the file doesn't say whose it is: it can't be held against anybody. */
  static of(file: MudFile): Accepted | null {
    const { "mfg-name": maker, "model-name": model } = file["ietf-mud:mud"];
    return maker === undefined || model === undefined ? null : new Accepted(file, maker, model);
  }

  private constructor(file: MudFile, maker: string, model: string) {
    this.maker = maker;
    this.model = model;
    const { "from-device-policy": from, "to-device-policy": to } = file["ietf-mud:mud"];
    const named = (policy: typeof from) => new Set(policy?.["access-lists"]["access-list"].map(({ name }) => name));
    const [fromNames, toNames] = [named(from), named(to)];
    this.#allowed = file["ietf-access-control-list:acls"].acl.flatMap(({ name, aces }) => [
      ...(fromNames.has(name) ? aces.ace.map(({ matches }) => allowed(matches, "destination")) : []),
      ...(toNames.has(name) ? aces.ace.map(({ matches }) => allowed(matches, "source")) : []),
    ]);
  }

  allows(met: Met): boolean {
    return this.#allowed.some((one) => isService(one, met) && one.isPartner(met));
  }

  hasService(met: Met): boolean {
    return this.#allowed.some((one) => isService(one, met));
  }

  hasPeer(met: Met): boolean {
    return this.#allowed.some((one) => one.isPartner(met));
  }
}

type Matches = MudFile["ietf-access-control-list:acls"]["acl"][number]["aces"]["ace"][number]["matches"];

/** `theirs`: which end of a packet is the partner's. */
function allowed(matches: Matches, theirs: "source" | "destination"): Allowed {
  const { tcp, udp, ipv4, ipv6 } = matches;
  const layer4 = tcp ?? udp;
  const ours = theirs === "source" ? "destination" : "source";
  const [theirPort, ourPort] = [layer4?.[`${theirs}-port`], layer4?.[`${ours}-port`]];
  const begun = tcp?.["ietf-mud:direction-initiated"];
  const byPort =
    theirPort === undefined ? (ourPort === undefined ? null : "server") : ourPort === undefined ? "client" : null;
  const side = begun === undefined ? byPort : begun === "from-device" ? "client" : "server";
  const network = ipv4?.[`${theirs}-ipv4-network`] ?? ipv6?.[`${theirs}-ipv6-network`];
  return {
    side,
    transport: transportOf(matches),
    ...portsOf(side === "server" ? ourPort : side === "client" ? theirPort : undefined),
    isPartner: partnerTest(matches["ietf-mud:mud"] !== undefined, network),
  };
}

function transportOf({ tcp, udp, ipv4, ipv6 }: Matches): "tcp" | "udp" | null {
  if (tcp !== undefined || udp !== undefined) return tcp !== undefined ? "tcp" : "udp";
  const protocol = ipv4?.protocol ?? ipv6?.protocol;
  return protocol === 6 ? "tcp" : protocol === 17 ? "udp" : null;
}

type PortMatch = NonNullable<Matches["udp"]>["source-port"];

function portsOf(match: PortMatch): Pick<Allowed, "low" | "high"> {
  if (match === undefined) return { low: 0, high: 65_535 };
  if ("lower-port" in match) return { low: match["lower-port"], high: match["upper-port"] };
  const { operator = "eq", port } = match;
  if (operator === "eq") return { low: port, high: port };
  return { low: operator === "gte" ? port : 0, high: operator === "lte" ? port : 65_535 };
}

/** A name in DNS or a class of MUD stands for addresses that a tap can't know: it is believed as far as it can be. */
function partnerTest(isClass: boolean, network: string | undefined): (met: Met) => boolean {
  if (network !== undefined) {
    const { isInside } = createNetworks([network]);
    return ({ address }) => address !== null && isInside(address);
  }
  const places: readonly Place[] = isClass ? ["inside"] : ["inside", "outside"];
  return ({ place }) => places.includes(place);
}

function isService({ side, transport, low, high }: Allowed, met: Met): boolean {
  if (side !== null && met.side !== "unknown" && side !== met.side) return false;
  if (transport !== null && transport !== met.transport) return false;
  // Habits hold all ports given out at random for one.
  return met.port === DYNAMIC_PORTS ? high >= DYNAMIC_PORTS : met.port >= low && met.port <= high;
}
