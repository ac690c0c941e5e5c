/** SNMP: a UPS and a printer asked with SNMPv1 and v2c and the community everybody knows; and an agent asked with v3 only. */
import { castMember, ipOf, type Scene, use } from "./scene.ts";
import { askSystem, SYSTEM, SYSTEM_SCALARS, snmpView, startAgent } from "./snmp-agent.ts";

const V3_USER = "canarysnmpuser";
const V3_SECRET = "CanarySnmpSecret1";
const CONTACT = "CANARYCONTACT Anne Nurse";
const COMMUNITY = "CanaryCommunity7";
const HP = ["HP", "Hewlett Packard", "Hewlett-Packard"];
const APC = ["APC", "American Power Conversion", "American Power Conversion Corp", "Schneider Electric"];

const ups = castMember(
  { name: "ups", number: 21, oui: "00:c0:b7", hostname: "ward8-ups" },
  { class: ["ups"], maker: APC, names: ["WARD8-UPS-01"] },
  "sysDescr of an APC Web/SNMP Management Card, sysObjectID 1.3.6.1.4.1.318.1.3.27; OUI 00:C0:B7",
);
const printer = castMember(
  { name: "snmp-print", number: 22, oui: "3c:4a:92", hostname: "ward8-printer" },
  { class: ["printer"], maker: HP, names: ["WARD8-PRN-02"] },
  "sysDescr of a JetDirect card, sysObjectID 1.3.6.1.4.1.11.2.3.9.1; OUI 3C:4A:92",
);
const manager = castMember(
  { name: "nms", number: 23, oui: "00:50:56", hostname: "ward8-nms" },
  {},
  "asks SNMP agents; OUI 00:50:56 says only that it is a virtual machine",
);
const soundAgent = castMember(
  { name: "snmp-v3", number: 24, oui: "00:50:56", hostname: "ward8-v3" },
  {},
  "answers SNMPv3 with authentication and encryption",
);
const soundManager = castMember(
  { name: "nms-v3", number: 25, oui: "00:50:56", hostname: "ward8-nms-v3" },
  {},
  "asks an SNMPv3 agent",
);

const system = (description: string, objectId: string, name: string) => [
  `sysDescr ${description}`,
  `sysObjectID .${objectId}`,
  `sysName ${name}`,
  `sysContact ${CONTACT}`,
  "sysLocation Ward 8",
];

export const plainManagement: Scene = {
  file: "snmp.pcap",
  holds: "snmpd as a UPS (SNMPv1) and as a printer (SNMPv2c, community public and another), snmpget and snmpwalk",
  cast: [ups, printer, manager],
  secrets: [CONTACT, COMMUNITY],
  findings: [
    { rule: "snmp-v1-v2c", at: ups, because: "answers SNMPv1" },
    { rule: "snmp-v1-v2c", at: printer, because: "answers SNMPv2c" },
    { rule: "default-login", at: ups, because: "accepts the community public" },
  ],
  nearMisses: ["cleartext-login", "address-scan", "port-scan"],
  proof: [
    ["snmpd answers SNMPv1", "snmp.version == 0 && snmp.data == 2"],
    ["snmpd answers SNMPv2c", "snmp.version == 1 && snmp.data == 2"],
  ],
  play: async (ward) => {
    const card =
      "APC Web/SNMP Management Card (MB:v4.1.0 PF:v6.9.6 PN:apc_hw05_aos_696.bin AF1:v6.9.6 MN:AP9630 HR:08)";
    const jet = "HP ETHERNET MULTI-ENVIRONMENT,ROM none,JETDIRECT,JD153,EEPROM JSI24090012";
    await startAgent(ward, ups, ["rocommunity public", ...system(card, "1.3.6.1.4.1.318.1.3.27", "WARD8-UPS-01")]);
    await startAgent(ward, printer, [
      `rocommunity ${COMMUNITY}`,
      ...system(jet, "1.3.6.1.4.1.11.2.3.9.1", "WARD8-PRN-02"),
    ]);
    await use(ward, manager, snmpView, "snmpget", ["-v1", "-c", "public", ipOf(ups), ...SYSTEM_SCALARS]);
    await askSystem(ward, manager, printer, COMMUNITY);
    await use(ward, manager, snmpView, "snmpwalk", ["-v2c", "-c", COMMUNITY, ipOf(printer), `${SYSTEM}.4`]);
  },
};

export const soundManagement: Scene = {
  file: "snmp-sound.pcap",
  holds: "snmpd and snmpget with SNMPv3, authenticated and encrypted",
  cast: [soundAgent, soundManager],
  secrets: [V3_USER, V3_SECRET, CONTACT],
  findings: [],
  nearMisses: ["snmp-v1-v2c", "default-login", "cleartext-login", "high+"],
  proof: [["snmpd answers encrypted SNMPv3", "snmp.msgVersion == 3 && udp.srcport == 161 && snmp.encryptedPDU"]],
  play: async (ward) => {
    await startAgent(ward, soundAgent, [
      `createUser ${V3_USER} SHA ${V3_SECRET} AES ${V3_SECRET}`,
      `rouser ${V3_USER} priv`,
      ...system("Ward 8 appliance", "1.3.6.1.4.1.8072.3.2.10", "WARD8-V3"),
    ]);
    const login = ["-v3", "-l", "authPriv", "-u", V3_USER, "-a", "SHA", "-A", V3_SECRET, "-x", "AES", "-X", V3_SECRET];
    await use(ward, soundManager, snmpView, "snmpget", [...login, ipOf(soundAgent), `${SYSTEM}.1.0`]);
  },
};
