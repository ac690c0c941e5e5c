/** Passwords in clear elsewhere: MQTT (mosquitto), LDAP simple bind (slapd); and SIP registration, which hides it (sipp). */
import { listening } from "../hosts/wait.ts";
import type { Ward } from "../ward.ts";
import { castMember, fileFor, folderOf, ipOf, type Scene, serve, use } from "./scene.ts";

const MQTT_USER = "canarymqttuser";
const MQTT_PASSWORD = "CanaryMqttSecret1";
const TOPIC = "ward8/canarytopic";
const READING = "CANARYREADING 37.5";
const LDAP_USER = "canaryldapuser";
const LDAP_PASSWORD = "CanaryLdapSecret1";
const SIP_USER = "canarysipuser";
const SUFFIX = "dc=ward8,dc=example";
const LINUX = { os: ["Linux"] };

const broker = castMember(
  { name: "mqtt", number: 101, oui: "00:50:56", hostname: "ward8-mqtt" },
  {},
  "MQTT broker on TCP 1883 and 1884",
);
const directory = castMember(
  { name: "ldap", number: 102, oui: "00:50:56", hostname: "ward8-ldap" },
  { class: ["server"] },
  "LDAP directory on TCP 389",
);
const registrar = castMember(
  { name: "sip", number: 103, oui: "00:50:56", hostname: "ward8-sip" },
  {},
  "SIP registrar on UDP 5060",
);
const phone = castMember(
  { name: "sip-phone", number: 104, oui: "80:5e:c0", hostname: "ward8-phone" },
  { class: ["voip"], maker: ["Yealink", "YEALINK", "Yealink(Xiamen) Network Technology Co.,Ltd."] },
  "SIP User-Agent Yealink SIP-T46U; OUI 80:5E:C0",
);
const visitor = castMember(
  { name: "mq-pc", number: 105, oui: "18:66:da", hostname: "ward8-pc-l" },
  { ...LINUX, maker: ["Dell", "Dell Inc."] },
  "OUI 18:66:DA; Linux TCP SYN",
);

async function talkMqtt(ward: Ward): Promise<void> {
  const people = `${folderOf(ward, broker)}/people`;
  await use(ward, broker, {}, "mosquitto_passwd", ["-b", "-c", people, MQTT_USER, MQTT_PASSWORD]);
  const config = fileFor(ward, broker, "mosquitto.conf", [
    "user root",
    "per_listener_settings true",
    "listener 1883",
    "allow_anonymous false",
    `password_file ${people}`,
    "listener 1884",
    "allow_anonymous true",
  ]);
  await listening(ward, "mqtt", serve(ward, broker, {}, "mosquitto", ["-c", config]), "tcp", 1884);
  const message = ["-h", ipOf(broker), "-t", TOPIC, "-m", READING, "-i"];
  const login = ["-u", MQTT_USER, "-P", MQTT_PASSWORD];
  await use(ward, visitor, {}, "mosquitto_pub", [...message, "ward8-thermometer-01", ...login]);
  await use(ward, visitor, {}, "mosquitto_pub", [...message, "ward8-thermometer-02", "-V", "5", "-p", "1884"]);
}

async function talkLdap(ward: Ward): Promise<void> {
  const database = folderOf(ward, directory, "database");
  const config = fileFor(ward, directory, "slapd.conf", [
    "include /etc/ldap/schema/core.schema",
    "modulepath /usr/lib/ldap",
    "moduleload back_mdb",
    "pidfile /run/slapd.pid",
    "argsfile /run/slapd.args",
    "database mdb",
    "maxsize 1048576",
    `suffix "${SUFFIX}"`,
    `rootdn "cn=${LDAP_USER},${SUFFIX}"`,
    `rootpw ${LDAP_PASSWORD}`,
    `directory ${database}`,
  ]);
  const entry = fileFor(ward, directory, "ward.ldif", [
    `dn: ${SUFFIX}`,
    "objectClass: dcObject",
    "objectClass: organization",
    "dc: ward8",
    "o: Example Hospital",
  ]);
  await use(ward, directory, {}, "slapadd", ["-f", config, "-l", entry]);
  const slapd = serve(ward, directory, {}, "slapd", ["-d", "0", "-f", config, "-h", "ldap://0.0.0.0:389"]);
  await listening(ward, "ldap", slapd, "tcp", 389);
  const where = ["-x", "-H", `ldap://${ipOf(directory)}`, "-b", SUFFIX];
  await use(ward, visitor, {}, "ldapsearch", [...where, "-D", `cn=${LDAP_USER},${SUFFIX}`, "-w", LDAP_PASSWORD]);
  await use(ward, visitor, {}, "ldapsearch", where);
}

/** RFC 3261, 10.2 and 22.2: a phone registers, is asked for Digest, and does so. */
const REGISTER = (authorised: boolean, number: number) => `<send><![CDATA[
REGISTER sip:[remote_ip] SIP/2.0
Via: SIP/2.0/UDP [local_ip]:[local_port];branch=[branch]
From: <sip:${SIP_USER}@[remote_ip]>;tag=[call_number]
To: <sip:${SIP_USER}@[remote_ip]>
Call-ID: [call_id]
CSeq: ${number} REGISTER
Contact: <sip:${SIP_USER}@[local_ip]:[local_port]>
${authorised ? "[authentication username=" : ""}${authorised ? `${SIP_USER} password=CanarySipSecret1]\n` : ""}Max-Forwards: 70
User-Agent: Yealink SIP-T46U 108.86.0.20
Expires: 60
Content-Length: 0

]]></send>`;
const PHONE = `<?xml version="1.0"?><scenario name="register">${REGISTER(false, 1)}<recv response="401" auth="true"/>${REGISTER(true, 2)}<recv response="200"/></scenario>`;
const ANSWER = (status: string, more: string) => `<send><![CDATA[
SIP/2.0 ${status}
[last_Via:]
[last_From:]
[last_To:];tag=[call_number]
[last_Call-ID:]
[last_CSeq:]
Server: Example SIP registrar 2.1
${more}Content-Length: 0

]]></send>`;
const CHALLENGE = 'WWW-Authenticate: Digest realm="ward8", nonce="20088001", algorithm=MD5\n';
const REGISTRAR = `<?xml version="1.0"?><scenario name="registrar"><recv request="REGISTER"/>${ANSWER("401 Unauthorized", CHALLENGE)}<recv request="REGISTER"/>${ANSWER("200 OK", "[last_Contact:]\n")}</scenario>`;

async function talkSip(ward: Ward): Promise<void> {
  const common = ["-m", "1", "-p", "5060", "-nostdin", "-timeout", "15"];
  const server = fileFor(ward, registrar, "registrar.xml", [REGISTRAR]);
  const sipp = serve(ward, registrar, {}, "sipp", ["-sf", server, "-i", ipOf(registrar), ...common]);
  await listening(ward, "sip", sipp, "udp", 5060);
  const client = fileFor(ward, phone, "register.xml", [PHONE]);
  await use(ward, phone, {}, "sipp", [ipOf(registrar), "-sf", client, "-i", ipOf(phone), ...common]);
}

export const messaging: Scene = {
  file: "mqtt-ldap-sip.pcap",
  holds: "mosquitto with and without a password, slapd with a simple bind and anonymous, a SIP registration by sipp",
  cast: [broker, directory, registrar, phone, visitor],
  secrets: [MQTT_USER, MQTT_PASSWORD, TOPIC, READING, LDAP_USER, LDAP_PASSWORD, SIP_USER],
  findings: [
    { rule: "cleartext-login", at: broker, because: "MQTT CONNECT with a password, accepted" },
    { rule: "cleartext-login", at: directory, because: "LDAP simple bind with a password, accepted" },
    { rule: "weak-authentication", at: directory, because: "answers an anonymous bind" },
  ],
  nearMisses: ["default-login", "port-scan", "address-scan"],
  proof: [
    ["mosquitto accepts a password", "mqtt.conflag.passwd == 1"],
    ["slapd accepts a simple bind", "ldap.protocolOp == 1 && ldap.resultCode == 0"],
    ["sipp registers as a phone", 'sip.User-Agent contains "Yealink"'],
  ],
  play: async (ward) => {
    await Promise.all([talkMqtt(ward), talkLdap(ward), talkSip(ward)]);
  },
};
