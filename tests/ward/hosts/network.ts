/** The ward's network itself: a router with networks behind it, the server for addresses and names, an access switch. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { NAME_SERVER, ROUTER, type WardDevice } from "./device.ts";
import { announceByLldp } from "./lldp.ts";
import { listening } from "./wait.ts";
import { serveWeb } from "./web.ts";

const CISCO = ["Cisco", "Cisco Systems", "Cisco Systems, Inc"];

export const router: WardDevice = {
  host: { name: "router", mac: "00:00:0c:20:07:01", hostname: "WARD7-GW", address: `${ROUTER}/24`, forwards: true },
  ip: ROUTER,
  facts: { oui: { maker: CISCO }, web: { class: ["router"] } },
  because: "OUI 00:00:0C; its MAC carries 10.20.50.10 and 203.0.113.80 as well as its own address",
  arrive: (ward) => ward.plug("router"),
};

/** Hands out the addresses of all the others: `reservations` are MAC and address. */
export function addressServer(reservations: () => readonly { mac: string; ip: string }[]): WardDevice {
  return {
    host: {
      name: "dhcp",
      mac: "00:50:56:20:07:02",
      hostname: "ward7-infra",
      address: `${NAME_SERVER}/24`,
      gateway: ROUTER,
    },
    ip: NAME_SERVER,
    facts: { dhcp: { class: ["server"] } },
    because: "answers DHCP, DNS and TFTP; OUI 00:50:56 says only that it is a virtual machine",
    arrive: async (ward) => {
      await ward.plug("dhcp");
      const files = join(ward.folder, "tftp");
      mkdirSync(files, { recursive: true });
      writeFileSync(join(files, "SEP00000C200799.cnf.xml"), "<device><versionStamp>1</versionStamp></device>\n");
      const config = join(ward.folder, "dnsmasq.conf");
      writeFileSync(config, dnsmasqConfig(ward.folder, files, reservations()));
      const server = ward.spawn("dhcp", "dnsmasq", ["--keep-in-foreground", `--conf-file=${config}`]);
      await listening(ward, "dhcp", server, "udp", 67);
    },
  };
}

const dnsmasqConfig = (folder: string, files: string, reservations: readonly { mac: string; ip: string }[]) =>
  [
    "user=root",
    "pid-file=",
    "no-resolv",
    "no-hosts",
    "no-ping",
    `dhcp-leasefile=${join(folder, "leases")}`,
    "interface=eth0",
    "bind-interfaces",
    "domain=ward7.example",
    "local=/ward7.example/",
    "host-record=records.ward7.example,10.20.50.10",
    "host-record=pacs.ward7.example,10.20.7.20",
    "host-record=engine.ward7.example,10.20.7.30",
    "host-record=updates.example.com,203.0.113.80",
    "dhcp-authoritative",
    "dhcp-range=10.20.7.200,10.20.7.220,1h",
    ...reservations.map(({ mac, ip }) => `dhcp-host=${mac},${ip}`),
    `dhcp-option=option:router,${ROUTER}`,
    `dhcp-option=66,"${NAME_SERVER}"`,
    "enable-tftp",
    `tftp-root=${files}`,
    "",
  ].join("\n");

export const accessSwitch: WardDevice = {
  host: { name: "switch", mac: "00:1b:54:20:07:03", hostname: "WARD7-SW-01", address: "10.20.7.3/24", gateway: ROUTER },
  ip: "10.20.7.3",
  facts: {
    oui: { maker: CISCO },
    lldp: { class: ["switch"], maker: CISCO, names: ["WARD7-SW-01"] },
  },
  because: "LLDP system capability bridge, system name WARD7-SW-01; OUI 00:1B:54",
  arrive: (ward) =>
    announceByLldp(ward, "switch", {
      description: "Cisco IOS Software, C2960X Software (C2960X-UNIVERSALK9-M), Version 15.2(7)E3",
      capabilities: "bridge",
    }),
};

/** Behind the router but inside: the hospital's records system. */
export const records: WardDevice = {
  host: {
    name: "records",
    mac: "00:50:56:20:50:10",
    address: "10.20.50.10/24",
    gateway: "10.20.50.1",
    behind: { router: "router", routerAddress: "10.20.50.1/24" },
  },
  ip: "10.20.50.10",
  facts: { web: { class: ["server"] } },
  because: "answers HTTP to several hosts; only ever seen behind the router's MAC",
  arrive: (ward) => serveWeb(ward, "records", "Apache/2.4.57 (Debian)", "<h1>Ward records</h1>"),
};

/** Behind the router and outside: never a device, only a remote peer. */
export const updates: WardDevice = {
  host: {
    name: "updates",
    mac: "00:50:56:00:71:80",
    address: "203.0.113.80/24",
    gateway: "203.0.113.1",
    behind: { router: "router", routerAddress: "203.0.113.1/24" },
  },
  ip: "203.0.113.80",
  facts: {},
  because: "an outside address",
  arrive: (ward) => serveWeb(ward, "updates", "nginx", "no update today"),
};
