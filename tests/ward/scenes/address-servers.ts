/** Who gives addresses: a second DHCP server that leads astray, and a pair that stands in for each other (dnsmasq). */
import { listening } from "../hosts/wait.ts";
import type { Ward } from "../ward.ts";
import { type CastMember, castMember, fileFor, folderOf, ipOf, type Scene, serve, use } from "./scene.ts";

const server = (name: string, number: number, oui: string, because: string) =>
  castMember({ name, number, oui, hostname: `ward8-${name}` }, {}, because);
const client = (name: string, number: number) =>
  castMember(
    { name, number, oui: "18:66:da", hostname: `ward8-${name}` },
    { maker: ["Dell", "Dell Inc."] },
    "OUI 18:66:DA; asks for an address (udhcpc)",
  );

export interface Given {
  range: string;
  router: string;
  dns: string;
}

/** Answers this one client alone, so that scenes side by side keep apart. */
export async function giveAddresses(ward: Ward, member: CastMember, asker: CastMember, { range, router, dns }: Given) {
  const config = fileFor(ward, member, "dnsmasq.conf", [
    "user=root",
    "pid-file=",
    "port=0",
    "no-ping",
    `dhcp-leasefile=${folderOf(ward, member)}/leases`,
    `dhcp-host=${asker.host.mac},set:own`,
    "dhcp-ignore=tag:!own",
    `dhcp-range=${range},255.255.255.0,1h`,
    `dhcp-option=3,${router}`,
    `dhcp-option=6,${dns}`,
  ]);
  const dnsmasq = serve(ward, member, {}, "dnsmasq", ["--keep-in-foreground", `--conf-file=${config}`]);
  await listening(ward, member.host.name, dnsmasq, "udp", 67);
}

/** Asks several times, since either server may be the first to answer. */
export async function askForAddresses(ward: Ward, asker: CastMember): Promise<void> {
  for (let turn = 0; turn < 3; turn++)
    await use(ward, asker, {}, "udhcpc", ["-f", "-n", "-q", "-i", "eth0", "-t", "3", "-T", "2", "-s", "/bin/true"]);
}

const SOUND: Given = { range: "10.20.8.100,10.20.8.109", router: "10.20.8.1", dns: "10.20.8.2" };

const planned = server("dhcp-srv", 240, "00:50:56", "answers DHCP with the ward's router and name server");
const astray = server(
  "dhcp-rogue",
  241,
  "00:1d:7e",
  "answers DHCP with addresses of another network, itself as router",
);
/** A router brought from home: it knows nothing of the ward's network. */
const rogue = { ...astray, host: { ...astray.host, address: "192.168.77.1/24" } };
const led = client("dhcp-pc", 242);

export const secondAddressServer: Scene = {
  file: "dhcp-rogue.pcap",
  holds: "two dnsmasq that give one client (udhcpc) different networks, routers and name servers",
  cast: [planned, rogue, led],
  secrets: [],
  findings: [
    {
      rule: "rogue-dhcp",
      at: rogue,
      because: "the same client is offered 10.20.8.0/24 by one server and 192.168.77.0/24 by another",
    },
  ],
  nearMisses: ["rogue-router-advertisement", "address-conflict", "arp-spoofing", "gateway-changed"],
  proof: [
    ["the planned server offers", "dhcp.option.dhcp == 2 && dhcp.option.router == 10.20.8.1"],
    ["the other one offers something else", "dhcp.option.dhcp == 2 && dhcp.option.router == 192.168.77.1"],
  ],
  play: async (ward) => {
    await giveAddresses(ward, planned, led, SOUND);
    await giveAddresses(ward, rogue, led, {
      range: "192.168.77.100,192.168.77.109",
      router: ipOf(rogue),
      dns: ipOf(rogue),
    });
    await askForAddresses(ward, led);
  },
};

const first = server("dhcp-one", 243, "00:50:56", "one of two DHCP servers that give the same");
const second = server("dhcp-two", 244, "00:50:56", "the other one, from another part of the range");
const served = client("dhcp-pc2", 245);

export const pairOfAddressServers: Scene = {
  file: "dhcp-pair-sound.pcap",
  holds: "two dnsmasq that share a network: same router and name servers, each with its part of the range",
  cast: [first, second, served],
  secrets: [],
  findings: [],
  nearMisses: ["rogue-dhcp", "address-conflict", "arp-spoofing", "gateway-changed", "high+"],
  proof: [["both servers offer", "dhcp.option.dhcp == 2 && eth.src == 00:50:56:20:08:f4"]],
  play: async (ward) => {
    await giveAddresses(ward, first, served, { ...SOUND, range: "10.20.8.110,10.20.8.114" });
    await giveAddresses(ward, second, served, { ...SOUND, range: "10.20.8.115,10.20.8.119" });
    await askForAddresses(ward, served);
  },
};
