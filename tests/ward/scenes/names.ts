/** Names asked for: data carried inside them, and what busy PCs ask for (Node's resolver, dnsmasq). */
import { programPath } from "../hosts/programs.ts";
import { listening } from "../hosts/wait.ts";
import type { Ward } from "../ward.ts";
import { type CastMember, castMember, fileFor, ipOf, type Scene, serve, use } from "./scene.ts";

const resolver = (name: string, number: number) =>
  castMember({ name, number, oui: "00:50:56", hostname: `ward8-${name}` }, {}, "answers DNS");
const pc = (name: string, number: number, because: string) =>
  castMember(
    { name, number, oui: "18:66:da", hostname: `ward8-${name}` },
    { maker: ["Dell", "Dell Inc."] },
    `OUI 18:66:DA; ${because}`,
  );

async function askNames(ward: Ward, server: CastMember, asker: CastMember, what: "tunnel" | "ordinary"): Promise<void> {
  const config = fileFor(ward, server, "dnsmasq.conf", [
    "user=root",
    "pid-file=",
    "no-resolv",
    "no-hosts",
    "local=/#/",
    "address=/images.example/10.20.8.1",
  ]);
  const dnsmasq = serve(ward, server, {}, "dnsmasq", ["--keep-in-foreground", `--conf-file=${config}`]);
  await listening(ward, server.host.name, dnsmasq, "udp", 53);
  await use(ward, asker, {}, process.execPath, [programPath("ask-names.mjs"), ipOf(server), what]);
}

const tunnelServer = resolver("dns-srv", 216);
const tunneller = pc("dns-tunnel", 217, "carries data inside the names it asks for");

export const nameTunnel: Scene = {
  file: "dns-tunnel.pcap",
  holds: "60 TXT questions for names of random letters below one domain (Node), refused by dnsmasq",
  cast: [tunnelServer, tunneller],
  secrets: [],
  findings: [
    {
      rule: "dns-tunnel-suspected",
      at: tunneller,
      because: "60 names of 120 random letters below tunnel.example, no two alike",
    },
  ],
  nearMisses: ["port-scan", "address-scan", "high+"],
  proof: [["long names are asked for", 'dns.qry.type == 16 && dns.qry.name contains "tunnel.example"']],
  play: (ward) => askNames(ward, tunnelServer, tunneller, "tunnel"),
};

const busyServer = resolver("dns-srv2", 218);
const busy = pc("dns-busy", 219, "asks for names as virus scanners, mail filters and browsers do");

export const ordinaryNames: Scene = {
  file: "dns-busy-sound.pcap",
  holds: "questions as a virus scanner's reputation lookups, block lists, addresses' names and browsing make (Node)",
  cast: [busyServer, busy],
  secrets: [],
  findings: [],
  nearMisses: ["dns-tunnel-suspected", "llmnr-netbios", "port-scan", "address-scan", "high+"],
  proof: [["hashes are asked for", 'dns.qry.type == 16 && dns.qry.name contains "avqs.mcafee.com"']],
  play: (ward) => askNames(ward, busyServer, busy, "ordinary"),
};
