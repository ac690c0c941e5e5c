/** The small services of every network: CDP (lldpd), time (chrony), logs (logger and rsyslogd), CoAP (libcoap). */
import { listening, pause } from "../hosts/wait.ts";
import { castMember, fileFor, folderOf, ipOf, type Scene, serve, use } from "./scene.ts";

const LOG_TEXT = "CANARYLOGTEXT login of canaryloguser";
const CISCO = ["Cisco", "Cisco Systems", "Cisco Systems, Inc"];
const DESCRIPTION = "Cisco IOS Software, C2960X Software (C2960X-UNIVERSALK9-M), Version 15.2(7)E3";

const accessSwitch = castMember(
  { name: "cdp", number: 121, oui: "00:1b:54", hostname: "WARD8-SW-02" },
  { class: ["switch"], maker: CISCO, names: ["WARD8-SW-02"] },
  "announces itself by CDP with capability switch; OUI 00:1B:54",
);
const services = castMember(
  { name: "services", number: 122, oui: "00:50:56", hostname: "ward8-services" },
  {},
  "answers NTP and CoAP, receives syslog",
);
const client = castMember(
  { name: "svc-pc", number: 123, oui: "18:66:da", hostname: "ward8-pc-n" },
  { maker: ["Dell", "Dell Inc."] },
  "OUI 18:66:DA; asks for the time and sends its log",
);

export const smallServices: Scene = {
  file: "services.pcap",
  holds:
    "lldpd speaking CDP, chronyd as NTP server and client, logger to rsyslogd over UDP, coap-client and coap-server",
  cast: [accessSwitch, services, client],
  secrets: [LOG_TEXT, "canaryloguser"],
  findings: [],
  nearMisses: ["cleartext-login", "port-scan", "high+"],
  proof: [
    ["lldpd announces the switch by CDP", 'cdp.deviceid == "WARD8-SW-02"'],
    ["chronyd answers", "ntp.flags.mode == 4"],
    ["logger sends syslog", "syslog && udp.dstport == 514"],
    ["coap-server answers", "coap && udp.srcport == 5683"],
  ],
  play: async (ward) => {
    const lldp = fileFor(ward, accessSwitch, "lldpd.conf", [
      'configure system hostname "WARD8-SW-02"',
      "configure lldp tx-interval 2",
      "configure system capabilities enabled bridge",
    ]);
    const announce = [
      "-d",
      "-k",
      "-i",
      "-cc",
      "-ll",
      "-I",
      "eth0",
      "-u",
      "/run/lldpd.socket",
      "-O",
      lldp,
      "-S",
      DESCRIPTION,
    ];
    serve(ward, accessSwitch, {}, "lldpd", announce);

    const time = fileFor(ward, services, "chrony.conf", [
      "local stratum 5",
      "allow 10.20.8.0/24",
      "cmdport 0",
      "pidfile /run/chrony.pid",
    ]);
    // -x: it must never touch this machine's clock.
    const chronyd = serve(ward, services, {}, "chronyd", ["-d", "-x", "-u", "root", "-f", time]);
    const log = fileFor(ward, services, "rsyslog.conf", [
      'module(load="imudp")',
      'input(type="imudp" port="514")',
      `*.* ${folderOf(ward, services)}/received`,
    ]);
    const rsyslogd = serve(ward, services, {}, "rsyslogd", ["-n", "-f", log, "-i", "/run/rsyslogd.pid"]);
    const coap = serve(ward, services, {}, "coap-server-notls", ["-A", "0.0.0.0"]);
    await listening(ward, "services", chronyd, "udp", 123);
    await listening(ward, "services", rsyslogd, "udp", 514);
    await listening(ward, "services", coap, "udp", 5683);

    const ask = fileFor(ward, client, "chrony.conf", [
      `server ${ipOf(services)} iburst`,
      "cmdport 0",
      "pidfile /run/chrony.pid",
    ]);
    await use(ward, client, {}, "chronyd", ["-Q", "-t", "6", "-u", "root", "-f", ask], true);
    await use(ward, client, {}, "logger", ["-n", ipOf(services), "-P", "514", "-d", "-t", "wardapp", LOG_TEXT]);
    await use(
      ward,
      client,
      {},
      "coap-client-notls",
      ["-m", "get", "-B", "3", `coap://${ipOf(services)}/.well-known/core`],
      true,
    );
    await pause(2_500);
  },
};
