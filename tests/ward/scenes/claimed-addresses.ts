/** Whose address is it: two hosts with the same one, one that moved, and a host that takes the gateway's place (arpspoof). */
import { pause } from "../hosts/wait.ts";
import type { Ward } from "../ward.ts";
import { askForAddresses, giveAddresses } from "./address-servers.ts";
import { type CastMember, castMember, ipOf, type Scene, serve, use } from "./scene.ts";

const DELL = { maker: ["Dell", "Dell Inc."] };
const pc = (name: string, number: number, because: string) =>
  castMember({ name, number, oui: "18:66:da", hostname: `ward8-${name}` }, DELL, `OUI 18:66:DA; ${because}`);

/** Asks the whole link whose address it is, and waits for answers; nobody need answer. */
const ask = (ward: Ward, asker: CastMember, address: string) =>
  use(ward, asker, {}, "arping", ["-c", "2", "-W", "0.3", "-i", "eth0", address], true);

const take = (ward: Ward, member: CastMember, address: string) =>
  use(ward, member, {}, "ip", ["addr", "add", `${address}/24`, "dev", "eth0"]);

const owner = pc("own-addr", 230, "has 10.20.8.230");
const doubler = pc("dup-addr", 231, "was given 10.20.8.230 by hand too");
const asker = pc("ask-addr", 232, "asks for it");

export const sameAddress: Scene = {
  file: "address-conflict.pcap",
  holds: "two Linux hosts with the same address set by hand, and a third that asks for it (arping)",
  cast: [owner, doubler, asker],
  secrets: [],
  findings: [
    { rule: "address-conflict", at: owner, because: "two MAC addresses answer each question for 10.20.8.230" },
  ],
  nearMisses: ["arp-spoofing", "gateway-changed", "address-scan", "high+"],
  proof: [["two cards answer for one address", "arp.duplicate-address-detected"]],
  play: async (ward) => {
    await take(ward, doubler, ipOf(owner));
    for (let turn = 0; turn < 4; turn++) {
      await ask(ward, asker, ipOf(owner));
      await pause(500);
    }
  },
};

/** Gives an address to one host, tells the link, and lets somebody ask for it. */
async function announce(ward: Ward, owner: CastMember, user: CastMember, address: string): Promise<void> {
  await take(ward, owner, address);
  await use(ward, owner, {}, "arping", ["-U", "-c", "3", "-W", "0.2", "-i", "eth0", "-S", address, address], true);
  await ask(ward, user, address);
}

const giveUp = (ward: Ward, member: CastMember, address: string) =>
  use(ward, member, {}, "ip", ["addr", "del", `${address}/24`, "dev", "eth0"]);

const active = pc("old-node", 233, "gives 10.20.8.239 up");
const standby = pc("new-node", 234, "takes 10.20.8.239 over and announces it");
const user = pc("svc-user", 235, "asks for the service's address all the time");
const SERVICE = "10.20.8.239";

export const movedAddress: Scene = {
  file: "address-moved-sound.pcap",
  holds:
    "a service's address that moves from one Linux host to another, which announces it (arping -U), as clusters do",
  cast: [active, standby, user],
  secrets: [],
  findings: [],
  nearMisses: ["address-conflict", "arp-spoofing", "gateway-changed", "address-scan", "high+"],
  proof: [["the new owner announces the address", "arp.isgratuitous == 1 && arp.src.proto_ipv4 == 10.20.8.239"]],
  play: async (ward) => {
    await take(ward, active, SERVICE);
    await ask(ward, user, SERVICE);
    await giveUp(ward, active, SERVICE);
    await announce(ward, standby, user, SERVICE);
  },
};

const gateway = castMember(
  { name: "spoof-gw", number: 236, oui: "00:00:0c", hostname: "ward8-gw" },
  { maker: ["Cisco", "Cisco Systems", "Cisco Systems, Inc"] },
  "OUI 00:00:0C; the victim's gateway",
);
const victim = pc("spoof-pc", 237, "its gateway's place is taken");
const spoofer = pc("spoofer", 238, "tells the victim and the gateway that each other's address is its own");

export const takenPlace: Scene = {
  file: "arp-spoofing.pcap",
  holds: "arpspoof (dsniff) between a PC and its gateway, both ways, for some seconds",
  cast: [gateway, victim, spoofer],
  secrets: [],
  findings: [
    {
      rule: "arp-spoofing",
      at: spoofer,
      because: "answers nobody asked for, again and again, for the addresses of two hosts",
    },
  ],
  nearMisses: ["address-scan", "rogue-dhcp", "gateway-changed"],
  proof: [["arpspoof answers unasked", "arp.opcode == 2 && eth.src == 18:66:da:20:08:ee"]],
  play: async (ward) => {
    await ask(ward, victim, ipOf(gateway));
    await ask(ward, gateway, ipOf(victim));
    const spoof = serve(ward, spoofer, {}, "arpspoof", ["-i", "eth0", "-t", ipOf(victim), "-r", ipOf(gateway)]);
    await pause(13_000);
    await spoof.stop();
  },
};

const GATEWAY = "10.20.8.189";
const lessor = castMember(
  { name: "gw-dhcp", number: 190, oui: "00:50:56", hostname: "ward8-gw-dhcp" },
  {},
  "answers DHCP with 10.20.8.189 as router",
);
const told = pc("gw-pc", 191, "is told its router by DHCP");
const planned = pc("gw-old", 192, "has the router's address first");
const replacement = pc("gw-new", 193, "has the router's address afterwards");

export const replacedGateway: Scene = {
  file: "gateway-changed.pcap",
  holds: "dnsmasq that names a router by DHCP (udhcpc), whose address then moves to another card (arping -U)",
  cast: [lessor, told, planned, replacement],
  secrets: [],
  findings: [
    { rule: "gateway-changed", at: replacement, because: "the router's address 10.20.8.189 moves to its card" },
  ],
  nearMisses: ["rogue-dhcp", "address-conflict", "arp-spoofing", "address-scan", "high+"],
  proof: [
    ["the client is told its router", "dhcp.option.dhcp == 5 && dhcp.option.router == 10.20.8.189"],
    ["another card announces the address", "arp.isgratuitous == 1 && eth.src == 18:66:da:20:08:c1"],
  ],
  play: async (ward) => {
    await giveAddresses(ward, lessor, told, { range: "10.20.8.185,10.20.8.188", router: GATEWAY, dns: ipOf(lessor) });
    await askForAddresses(ward, told);
    for (const member of [planned, replacement]) await ask(ward, member, ipOf(told));
    await announce(ward, planned, told, GATEWAY);
    await giveUp(ward, planned, GATEWAY);
    // Longer than two that claim an address at the same time are told apart by.
    await pause(3000);
    await announce(ward, replacement, told, GATEWAY);
  },
};
