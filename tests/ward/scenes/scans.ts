/** Who looks for others: nmap over ports and addresses, a bounded harmless fan-out in a worm's shape, and small look-alikes. */
import { programPath } from "../hosts/programs.ts";
import type { Ward } from "../ward.ts";
import { type CastMember, castMember, ipOf, type Scene, use } from "./scene.ts";

const pc = (name: string, number: number, because: string) =>
  castMember(
    { name, number, oui: "18:66:da", hostname: `ward8-${name}` },
    { maker: ["Dell", "Dell Inc."] },
    `OUI 18:66:DA; ${because}`,
  );
const router = (name: string, number: number) =>
  castMember(
    { name, number, oui: "00:00:0c", hostname: `ward8-${name}` },
    { maker: ["Cisco", "Cisco Systems", "Cisco Systems, Inc"] },
    "OUI 00:00:0C; the way to a network where nobody answers",
  );

const nmap = (ward: Ward, member: CastMember, args: readonly string[]) =>
  use(ward, member, {}, "nmap", ["-n", "-T4", "--max-retries", "0", "-e", "eth0", ...args]);

/** Begins a connection to one port of many addresses that nobody has, and leaves it at that. */
async function fanOut(ward: Ward, member: CastMember, by: CastMember, network: string, port: number, count: number) {
  await use(ward, member, {}, "ip", ["route", "add", `${network}.0/24`, "via", ipOf(by)]);
  await use(ward, member, {}, process.execPath, [programPath("fan-out.mjs"), network, String(port), String(count)]);
}

const scanner = pc("scanner", 246, "scans with nmap");
const target = pc("scanned", 247, "is scanned");

export const portsAndAddresses: Scene = {
  file: "scan.pcap",
  holds: "nmap over the ports of one host, and over the addresses of a network where nobody answers ARP",
  cast: [scanner, target],
  secrets: [],
  findings: [
    { rule: "port-scan", at: scanner, because: "nmap -sS tries 60 ports of 10.20.8.247" },
    { rule: "address-scan", at: scanner, because: "nmap -sn asks by ARP for 60 addresses of 10.20.40.0/24" },
  ],
  nearMisses: ["worm-spread", "arp-spoofing", "address-conflict", "high+"],
  proof: [
    ["nmap tries ports", "tcp.flags.syn == 1 && tcp.flags.ack == 0 && ip.dst == 10.20.8.247"],
    ["nmap asks by ARP", "arp.dst.proto_ipv4 == 10.20.40.50"],
  ],
  play: async (ward) => {
    await use(ward, scanner, {}, "ip", ["addr", "add", "10.20.40.1/24", "dev", "eth0"]);
    await nmap(ward, scanner, ["-sS", "-Pn", "-p", "5001-5060", ipOf(target)]);
    await nmap(ward, scanner, ["-sn", "10.20.40.2-61"]);
  },
};

const infected = pc("fan-out", 248, "begins connections to TCP 445 of 40 addresses");
const way = router("fan-way", 249);

export const spreading: Scene = {
  file: "fan-out.pcap",
  holds: "a bounded, harmless fan-out: one connection attempt to TCP 445 of each of 40 addresses that nobody has",
  cast: [infected, way],
  secrets: [],
  findings: [{ rule: "worm-spread", at: infected, because: "TCP 445 of 40 addresses in a few seconds, none answers" }],
  nearMisses: ["port-scan", "arp-spoofing"],
  proof: [["connections begin", "tcp.flags.syn == 1 && tcp.dstport == 445 && ip.dst == 10.20.41.30"]],
  play: (ward) => fanOut(ward, infected, way, "10.20.41", 445, 40),
};

const curious = pc("curious", 250, "tries a few ports and addresses");
const asked = pc("asked", 251, "is tried");
const out = router("out-way", 252);

export const fewPortsAndAddresses: Scene = {
  file: "scan-small-sound.pcap",
  holds: "nmap over 12 ports and 15 addresses, and connections to TCP 443 of 20 addresses: less than a scan",
  cast: [curious, asked, out],
  secrets: [],
  findings: [],
  nearMisses: ["port-scan", "address-scan", "worm-spread", "high+"],
  proof: [["connections begin", "tcp.flags.syn == 1 && tcp.dstport == 443 && ip.dst == 10.20.43.19"]],
  play: async (ward) => {
    await use(ward, curious, {}, "ip", ["addr", "add", "10.20.42.1/24", "dev", "eth0"]);
    await nmap(ward, curious, ["-sS", "-Pn", "-p", "5001-5012", ipOf(asked)]);
    await nmap(ward, curious, ["-sn", "10.20.42.2-16"]);
    await fanOut(ward, curious, out, "10.20.43", 443, 20);
  },
};
