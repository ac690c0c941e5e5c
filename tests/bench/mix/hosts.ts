/** The hosts of the mixed capture: a ward behind one switch uplink, and the servers and the world behind its router. */
import type { Random } from "./random.ts";

export interface Host {
  kind: Kind;
  name: string;
  mac: Buffer;
  /** IPv4 as a signed 32-bit number. */
  ip: number;
  ip6: Buffer;
  /** 0: untagged. Behind the router (servers, the world) it means nothing. */
  vlan: number;
  beyondRouter: boolean;
  ttl: number;
  /** TCP timestamps, as Linux sends and Windows doesn't. */
  timestamps: boolean;
  /** The next IPv4 identification; counts as small stacks do. */
  ipId: number;
}

export type Kind =
  | "pump"
  | "monitor"
  | "modality"
  | "pc"
  | "phone"
  | "printer"
  | "switch"
  | "server"
  | "remote"
  | "router";

interface KindFacts {
  /** Parts of a thousand of the hosts. */
  share: number;
  vlan: number;
  ttl: number;
  timestamps: boolean;
  /** The card's maker, from the public register. */
  oui: readonly [number, number, number];
}

/** A ward has one bed's pumps and monitors for each one or two PCs; voice has its own VLAN, office PCs are untagged. */
const WARD: Record<Exclude<Kind, "server" | "remote" | "router">, KindFacts> = {
  pump: { share: 220, vlan: 20, ttl: 64, timestamps: false, oui: [0x00, 0x03, 0xb1] },
  monitor: { share: 140, vlan: 20, ttl: 64, timestamps: true, oui: [0x00, 0x09, 0xfb] },
  modality: { share: 40, vlan: 20, ttl: 128, timestamps: false, oui: [0x08, 0x00, 0x6f] },
  pc: { share: 360, vlan: 0, ttl: 128, timestamps: false, oui: [0xb8, 0xca, 0x3a] },
  phone: { share: 120, vlan: 40, ttl: 64, timestamps: true, oui: [0x00, 0x04, 0xf2] },
  printer: { share: 50, vlan: 0, ttl: 64, timestamps: true, oui: [0x3c, 0xd9, 0x2b] },
  switch: { share: 20, vlan: 0, ttl: 255, timestamps: false, oui: [0x00, 0x1b, 0x54] },
};
const SERVER_SHARE = 50;
const REMOTES = 200;

export interface Ward {
  all: readonly Host[];
  of: Record<Kind, readonly Host[]>;
  router: Host;
}

/** `count` counts the ward and its servers; 200 addresses of the world come on top. */
export function createWard(random: Random, count: number): Ward {
  const of: Record<Kind, Host[]> = {
    pump: [],
    monitor: [],
    modality: [],
    pc: [],
    phone: [],
    printer: [],
    switch: [],
    server: [],
    remote: [],
    router: [],
  };
  let number = 0;
  const add = (kind: Kind, facts: Omit<KindFacts, "share">, ip: number, beyondRouter: boolean) => {
    number++;
    const ip6 = Buffer.from(`fd00000000${facts.vlan.toString(16).padStart(2, "0")}00000000000000000000`, "hex");
    ip6.writeInt32BE(ip, 12);
    const mac = Buffer.from([...facts.oui, number >> 16, (number >> 8) & 255, number & 255]);
    const name = `${kind.toUpperCase()}-${String(number).padStart(3, "0")}`;
    const { vlan, ttl, timestamps } = facts;
    of[kind].push({ kind, name, mac, ip, ip6, vlan, beyondRouter, ttl, timestamps, ipId: random.below(65_536) });
  };
  for (const [kind, facts] of Object.entries(WARD) as [keyof typeof WARD, KindFacts][]) {
    const wanted = Math.max(2, Math.round((count * facts.share) / 1000));
    for (let i = 0; i < wanted; i++) {
      const place =
        of[kind].length +
        10 +
        (kind === "monitor" ? 100 : kind === "modality" ? 180 : kind === "printer" ? 150 : kind === "switch" ? 200 : 0);
      add(kind, facts, address(10, 20, facts.vlan + (place >> 8), place & 255), false);
    }
  }
  const far = { vlan: 0, oui: [0x00, 0x50, 0x56] as const };
  const servers = Math.max(2, Math.round((count * SERVER_SHARE) / 1000));
  for (let i = 0; i < servers; i++)
    add("server", { ...far, ttl: i % 2 === 0 ? 127 : 63, timestamps: i % 2 === 1 }, address(10, 1, 0, 10 + i), true);
  // 198.18.0.0/15 is kept for measurements (RFC 2544): nobody's address.
  for (let i = 0; i < REMOTES; i++)
    add("remote", { ...far, ttl: 54, timestamps: true }, address(198, 18 + (i & 1), i, 1 + random.below(250)), true);
  add("router", { vlan: 0, ttl: 255, timestamps: false, oui: [0x00, 0x00, 0x0c] }, address(10, 20, 0, 1), false);
  const all = Object.values(of)
    .flat()
    .filter(({ beyondRouter, kind }) => !beyondRouter && kind !== "router");
  return { all, of, router: of.router[0]! };
}

export const address = (a: number, b: number, c: number, d: number): number => (a << 24) | (b << 16) | (c << 8) | d;
