/** Systems by what they say of themselves over SNMP, one long past its support and one that isn't; and a file by TFTP, or not. */
import { join } from "node:path";
import { programPath } from "../hosts/programs.ts";
import { listening } from "../hosts/wait.ts";
import { castMember, fileFor, folderOf, ipOf, type Scene, serve, use } from "./scene.ts";
import { askSystem, startAgent } from "./snmp-agent.ts";

const LINUX = { os: ["Linux"] };
const COMMUNITY = "CanaryCommunity9";
const SECRET = "CanaryOldSystem1";
/** The form of Windows' own SNMP service. */
const windows = (version: string, build: number) =>
  `Hardware: Intel64 Family 6 Model 15 Stepping 11 AT/AT COMPATIBLE - Software: Windows Version ${version} (Build ${build} Uniprocessor Free)`;
const WINDOWS_OBJECT = "1.3.6.1.4.1.311.1.1.3.1.1";

const vxWorks = (version: string) => [
  `rocommunity ${COMMUNITY}`,
  `sysDescr VxWorks SNMPv1/v2c Agent (VxWorks ${version})`,
  "sysObjectID .1.3.6.1.4.1.731.2.1",
];

const xp = castMember(
  { name: "old-xp", number: 221, oui: "18:66:da", hostname: "ward8-lab-xp" },
  { os: ["Windows XP"], maker: ["Dell", "Dell Inc."], names: ["WARD8-LAB-XP"] },
  "sysDescr of Windows 5.1, build 2600; OUI 18:66:DA",
);
const depot = castMember(
  { name: "old-tftp", number: 222, oui: "00:50:56", hostname: "ward8-depot" },
  {},
  "hands out a file by TFTP",
);
const asker = castMember(
  { name: "old-nms", number: 223, oui: "18:66:da", hostname: "ward8-pc-p" },
  { maker: ["Dell", "Dell Inc."] },
  "OUI 18:66:DA",
);
const controller = castMember(
  { name: "old-vx", number: 227, oui: "00:50:56", hostname: "ward8-vx" },
  { os: ["VxWorks"] },
  "sysDescr of VxWorks 6.9",
);
const older = castMember(
  { name: "older-vx", number: 228, oui: "00:50:56", hostname: "ward8-vx5" },
  { os: ["VxWorks"] },
  "sysDescr of VxWorks 5.5.1",
);
const current = castMember(
  { name: "new-win", number: 224, oui: "18:66:da", hostname: "ward8-lab-11" },
  { maker: ["Dell", "Dell Inc."], names: ["WARD8-LAB-11"] },
  "sysDescr of Windows 6.3, build 26100; OUI 18:66:DA",
);
const shelf = castMember(
  { name: "new-web", number: 225, oui: "00:50:56", hostname: "ward8-shelf" },
  {},
  "hands out a file by HTTP",
);
const soundAsker = castMember(
  { name: "new-nms", number: 226, oui: "18:66:da", hostname: "ward8-pc-q" },
  { ...LINUX, maker: ["Dell", "Dell Inc."] },
  "OUI 18:66:DA; Linux TCP SYN",
);

export const oldSystem: Scene = {
  file: "old-system.pcap",
  holds: "snmpd speaking as Windows XP and as VxWorks 6.9, and a file that curl fetches from dnsmasq by TFTP",
  cast: [xp, depot, asker, controller],
  secrets: [COMMUNITY, SECRET],
  findings: [
    { rule: "unsupported-os", at: xp, because: "Windows XP: no updates since 2014-04-08" },
    { rule: "snmp-v1-v2c", at: xp, because: "answers SNMPv2c" },
    { rule: "snmp-v1-v2c", at: controller, because: "answers SNMPv2c" },
    { rule: "tftp", at: depot, because: "a file is read by TFTP" },
    { rule: "ipnet-stack", at: controller, because: "VxWorks 6.9 has IPnet" },
  ],
  nearMisses: ["default-login", "cleartext-login", "port-scan", "address-scan", "smb1"],
  proof: [
    ["snmpd answers as Windows XP", 'udp.srcport == 161 && udp contains "Windows Version 5.1"'],
    ["a file is asked for by TFTP", "tftp.opcode == 1"],
    ["and its data comes", "tftp.opcode == 3"],
  ],
  play: async (ward) => {
    await startAgent(ward, xp, [
      `rocommunity ${COMMUNITY}`,
      `sysDescr ${windows("5.1", 2600)}`,
      `sysObjectID .${WINDOWS_OBJECT}`,
      "sysName WARD8-LAB-XP",
    ]);
    await askSystem(ward, asker, xp, COMMUNITY);
    await startAgent(ward, controller, vxWorks("6.9"));
    await askSystem(ward, asker, controller, COMMUNITY);
    const folder = folderOf(ward, depot, "files");
    fileFor(ward, depot, join("files", "plan.txt"), [SECRET]);
    const server = serve(ward, depot, {}, "dnsmasq", [
      ...["--no-daemon", "--conf-file=/dev/null", "--port=0", "--user=root", "--pid-file="],
      ...["--enable-tftp", `--tftp-root=${folder}`],
    ]);
    await listening(ward, depot.host.name, server, "udp", 69);
    await use(ward, asker, {}, "curl", ["-s", "-o", "/dev/null", `tftp://${ipOf(depot)}/plan.txt`]);
  },
};

export const currentSystem: Scene = {
  file: "old-system-sound.pcap",
  holds: "snmpd speaking as a Windows of today and as VxWorks 5.5.1, and a file that curl fetches by HTTP",
  cast: [current, shelf, soundAsker, older],
  secrets: [COMMUNITY],
  findings: [{ rule: "snmp-v1-v2c", at: current, because: "answers SNMPv2c" }],
  nearMisses: ["unsupported-os", "tftp", "ipnet-stack", "treck-stack", "default-login", "high+"],
  proof: [
    ["snmpd answers as Windows 11 or Server 2025", 'udp.srcport == 161 && udp contains "Build 26100"'],
    ["a file comes by HTTP", "http.response.code == 200"],
  ],
  play: async (ward) => {
    await startAgent(ward, current, [
      `rocommunity ${COMMUNITY}`,
      `sysDescr ${windows("6.3", 26_100)}`,
      `sysObjectID .${WINDOWS_OBJECT}`,
      "sysName WARD8-LAB-11",
    ]);
    await askSystem(ward, soundAsker, current, COMMUNITY);
    await startAgent(ward, older, vxWorks("5.5.1"));
    await askSystem(ward, soundAsker, older, COMMUNITY);
    const page = fileFor(ward, shelf, "plan.txt", ["plan"]);
    const web = serve(ward, shelf, {}, process.execPath, [programPath("web-server.mjs"), "80", "nginx", page]);
    await listening(ward, shelf.host.name, web, "tcp", 80);
    await use(ward, soundAsker, {}, "curl", ["-s", "-o", "/dev/null", `http://${ipOf(shelf)}/`]);
  },
};
