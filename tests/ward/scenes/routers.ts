/** Who offers to route IPv6: two routers that contradict each other, and a pair that announces the same (dnsmasq). */
import type { Ward } from "../ward.ts";
import { type CastMember, castMember, fileFor, ipOf, type Scene, serve, use } from "./scene.ts";

const router = (name: string, number: number, oui: string, because: string) =>
  castMember({ name, number, oui, hostname: `ward8-${name}` }, { class: ["router"] }, because);
const client = (name: string, number: number) =>
  castMember(
    { name, number, oui: "18:66:da", hostname: `ward8-${name}` },
    { maker: ["Dell", "Dell Inc."] },
    "OUI 18:66:DA; makes itself addresses of what it is told",
  );

const HOLDS = `for turn in $(seq 60); do
  ! ip -6 addr show dev eth0 -tentative | grep -q " $1:" || exit 0
  sleep 0.2
done
exit 1`;

/** Waits until a host may use an address that begins so. */
const holds = (ward: Ward, member: CastMember, prefix: string) =>
  use(ward, member, {}, "/bin/sh", ["-uc", HOLDS, "holds", prefix]);

/** Announces a prefix, with an address of its own in it. */
async function advertise(ward: Ward, member: CastMember, prefix: string, host: number): Promise<void> {
  await use(ward, member, {}, "/bin/sh", ["-euc", "echo 1 > /proc/sys/net/ipv6/conf/all/forwarding"]);
  await use(ward, member, {}, "ip", ["-6", "addr", "add", `${prefix}::${host}/64`, "dev", "eth0", "nodad"]);
  // Nobody believes an advertisement that comes from another kind of address.
  await holds(ward, member, "fe80");
  const config = fileFor(ward, member, "dnsmasq.conf", [
    "user=root",
    "pid-file=",
    "port=0",
    "interface=eth0",
    "enable-ra",
    "ra-param=eth0,4,60",
    `dhcp-range=${prefix}::,ra-only,64,1h`,
  ]);
  serve(ward, member, {}, "dnsmasq", ["--keep-in-foreground", `--conf-file=${config}`]);
}

/** Knocks at a router once there is an address of its prefix; nobody need open. */
async function knock(ward: Ward, member: CastMember, prefix: string, host: number): Promise<void> {
  await holds(ward, member, prefix);
  await use(ward, member, {}, "curl", ["-s", "-m", "2", "-o", "/dev/null", `http://[${prefix}::${host}]/`], true);
}

const ask = (ward: Ward, member: CastMember, other: CastMember) =>
  use(ward, member, {}, "arping", ["-c", "1", "-W", "0.3", "-i", "eth0", ipOf(other)], true);

const WARD_PREFIX = "fd00:20:30:1";
const STRANGE_PREFIX = "fd77:77:77:1";

const planned = router("ra-router", 3, "00:00:0c", "announces the ward's prefix");
const stranger = router("ra-rogue", 4, "00:1d:7e", "announces a prefix of its own");
const led = client("ra-pc", 5);

export const secondRouter: Scene = {
  file: "ra-rogue.pcap",
  holds: "two dnsmasq that advertise different IPv6 prefixes, and a Linux host that follows both",
  cast: [planned, stranger, led],
  speaksIpv6: true,
  secrets: [],
  findings: [
    {
      rule: "rogue-router-advertisement",
      at: stranger,
      because: "one host makes itself addresses of fd00:20:30:1::/64 and of fd77:77:77:1::/64",
    },
  ],
  nearMisses: ["rogue-dhcp", "address-conflict", "arp-spoofing", "gateway-changed", "high+"],
  proof: [
    ["the planned router advertises", `icmpv6.opt.prefix == ${WARD_PREFIX}::`],
    ["the other one advertises something else", `icmpv6.opt.prefix == ${STRANGE_PREFIX}::`],
  ],
  play: async (ward) => {
    await advertise(ward, planned, WARD_PREFIX, 1);
    await advertise(ward, stranger, STRANGE_PREFIX, 1);
    for (const one of [planned, stranger]) await ask(ward, one, led);
    for (const prefix of [WARD_PREFIX, STRANGE_PREFIX]) await knock(ward, led, prefix, 1);
  },
};

const first = router("ra-one", 6, "00:00:0c", "one of two routers that announce the same prefix");
const second = router("ra-two", 7, "00:00:0c", "the other one");
const served = client("ra-pc2", 8);
const PAIR_PREFIX = "fd00:20:31:1";

export const pairOfRouters: Scene = {
  file: "ra-pair-sound.pcap",
  holds: "two dnsmasq that advertise the same IPv6 prefix, and a Linux host that follows",
  cast: [first, second, served],
  speaksIpv6: true,
  secrets: [],
  findings: [],
  nearMisses: ["rogue-router-advertisement", "address-conflict", "arp-spoofing", "gateway-changed", "high+"],
  proof: [["both routers advertise", "icmpv6.type == 134 && eth.src == 00:00:0c:20:08:07"]],
  play: async (ward) => {
    await advertise(ward, first, PAIR_PREFIX, 1);
    await advertise(ward, second, PAIR_PREFIX, 2);
    for (const one of [first, second]) await ask(ward, one, served);
    for (const host of [1, 2]) await knock(ward, served, PAIR_PREFIX, host);
  },
};
