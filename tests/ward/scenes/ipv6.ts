/** IPv6: router advertisements and DHCPv6 by dnsmasq, an address by dhclient, and a visit over it. */
import { programPath } from "../hosts/programs.ts";
import { listening, pause } from "../hosts/wait.ts";
import { castMember, fileFor, folderOf, type Scene, serve, use } from "./scene.ts";

const PREFIX = "fd00:20:8";
const LINUX = { os: ["Linux"] };
const router = castMember(
  { name: "v6-router", number: 131, oui: "00:00:0c", hostname: "ward8-v6" },
  { class: ["router"], maker: ["Cisco", "Cisco Systems", "Cisco Systems, Inc"] },
  "sends router advertisements and answers DHCPv6; OUI 00:00:0C",
);
const client = castMember(
  { name: "v6-pc", number: 132, oui: "18:66:da", hostname: "WARD8-PC-V6" },
  { ...LINUX, maker: ["Dell", "Dell Inc."] },
  "OUI 18:66:DA; DHCPv6 client; Linux TCP SYN",
);

export const newerAddresses: Scene = {
  file: "ipv6.pcap",
  holds: "dnsmasq (router advertisements, DHCPv6), dhclient -6, neighbour discovery, curl over IPv6",
  cast: [router, client],
  speaksIpv6: true,
  secrets: [],
  findings: [],
  nearMisses: ["rogue-router-advertisement", "rogue-dhcp", "address-conflict", "high+"],
  proof: [
    ["dnsmasq advertises a prefix", "icmpv6.type == 134"],
    ["dnsmasq gives dhclient an address", "dhcpv6.msgtype == 7"],
    ["curl visits over IPv6", "ipv6 && http.response.code == 200"],
  ],
  play: async (ward) => {
    const page = fileFor(ward, router, "index.html", ["<title>Ward 8 over IPv6</title>"]);
    await use(ward, router, {}, "ip", ["-6", "addr", "add", `${PREFIX}::1/64`, "dev", "eth0", "nodad"]);
    await use(ward, router, {}, "/bin/sh", ["-euc", "echo 1 > /proc/sys/net/ipv6/conf/all/forwarding"]);
    await pause(2_000);
    const config = fileFor(ward, router, "dnsmasq.conf", [
      "user=root",
      "pid-file=",
      "port=0",
      `dhcp-leasefile=${folderOf(ward, router)}/leases`,
      "interface=eth0",
      "bind-interfaces",
      "enable-ra",
      "ra-param=eth0,5,60",
      `dhcp-range=${PREFIX}::100,${PREFIX}::1ff,64,1h`,
      "dhcp-authoritative",
    ]);
    const dnsmasq = serve(ward, router, {}, "dnsmasq", ["--keep-in-foreground", `--conf-file=${config}`]);
    await listening(ward, "v6-router", dnsmasq, "udp", 547);
    const web = serve(ward, router, {}, process.execPath, [
      programPath("web-server.mjs"),
      "80",
      "lighttpd/1.4.69",
      page,
    ]);
    await listening(ward, "v6-router", web, "tcp", 80);

    const settings = fileFor(ward, client, "dhclient.conf", [
      'send fqdn.fqdn "WARD8-PC-V6";',
      "request dhcp6.name-servers;",
    ]);
    const script = fileFor(
      ward,
      client,
      "set-address.sh",
      [
        "#!/bin/sh",
        '[ -z "$new_ip6_address" ] || ip -6 addr replace "$new_ip6_address/128" dev "$interface"',
        "exit 0",
      ],
      0o755,
    );
    const state = folderOf(ward, client, "state");
    const args = [
      "-6",
      "-1",
      "-d",
      "-cf",
      settings,
      "-sf",
      script,
      "-lf",
      `${state}/leases`,
      "-pf",
      "/run/dhclient.pid",
      "eth0",
    ];
    serve(ward, client, {}, "dhclient", args);
    const visit = `for turn in 1 2 3 4 5 6 7 8 9 10; do ! curl -sS -m 2 -o /dev/null "http://[$1]/" 2>/dev/null || exit 0; sleep 0.5; done; exit 1`;
    await pause(1_500);
    await use(ward, client, {}, "/bin/sh", ["-uc", visit, "visit", `${PREFIX}::1`]);
  },
};
