/** Writes down how the bundled captures were made: command, filters and the versions of the programs that talked. */
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readFrames } from "./mirror-capture.ts";
import type { CapturePlan } from "./record.ts";
import type { Scene } from "./scenes/scene.ts";
import { runAsHost } from "./shell.ts";

/** How each program tells its version, and what to keep of the answer. */
const VERSIONS: readonly (readonly [name: string, command: string, keep: RegExp])[] = [
  ["dnsmasq (DHCP, DNS, TFTP server)", "dnsmasq --version", /version ([\d.]+)/i],
  ["udhcpc (BusyBox)", "udhcpc --help", /BusyBox v([\d.]+)/],
  ["dcmtk (echoscu, storescu, storescp, dump2dcm)", "storescp --version", /storescp v([\d.]+)/],
  ["lldpd", "lldpd -v", /([\d.]+)/],
  ["avahi-daemon", "avahi-daemon --version", /([\d.]+)/],
  ["curl", "curl --version", /curl ([\d.]+)/],
  ["tcpdump", "tcpdump --version", /tcpdump version ([\d.]+)/],
  ["Node (web servers, MLLP engine and senders)", "node --version", /v([\d.]+)/],
];

/** The heading that the protocol day's part of the README begins with. */
const PROTOCOL_DAY = "## The protocol day\n";
/** For programs that tell no version themselves. */
const packaged = (name: string) => `dpkg-query -Wf 'version \${Version}' ${name}`;
const PROTOCOL_VERSIONS: typeof VERSIONS = [
  ["samba (smbd, nmbd, smbclient, nmblookup)", "smbd --version", /Version ([\w.-]+)/],
  ["net-snmp (snmpd, snmpget, snmpwalk)", "snmpget --version", /version: ([\d.]+)/],
  ["OpenSSH (sshd, ssh)", "ssh -V", /OpenSSH_([\w.]+)/],
  ["vsftpd", packaged("vsftpd"), /version ([\d.]+)/],
  ["inetutils (telnetd, telnet)", "inetutils-telnet --version", /([\d.]+)$/m],
  ["OpenSSL (s_server, s_client, certificates)", "openssl version", /OpenSSL ([\d.]+)/],
  ["nginx", "nginx -v", /nginx\/([\d.]+)/],
  ["lighttpd", "lighttpd -v", /lighttpd\/([\d.]+)/],
  ["dovecot", "dovecot --version", /([\d.]+)/],
  ["curl", "curl --version", /curl ([\d.]+)/],
  ["miniupnpd", "miniupnpd --version", /([\d.]+)/],
  ["miniupnpc (upnpc)", packaged("miniupnpc"), /version ([\d.]+)/],
  ["wsdd", packaged("wsdd"), /version (?:\d:)?([\d.]+)/],
  ["CUPS (ippeveprinter, ipptool)", "ippeveprinter --version", /([\d.]+)/],
  ["mosquitto", packaged("mosquitto"), /version ([\d.]+)/],
  ["OpenLDAP (slapd, ldapsearch)", "slapd -VV", /slapd ([\d.]+)/],
  ["sipp", "sipp -v", /SIPp v([\d.]+)/],
  ["TigerVNC", "Xtigervnc -version", /TigerVNC ([\d.]+)/],
  ["vncsnapshot", packaged("vncsnapshot"), /version ([\d.]+)/],
  ["xrdp", "xrdp --version", /xrdp ([\d.]+)/],
  ["lldpd", "lldpd -v", /([\d.]+)/],
  ["chrony", "chronyd --version", /version ([\d.]+)/],
  ["rsyslog", "rsyslogd -v", /rsyslogd +([\d.]+)/],
  ["libcoap (coap-server, coap-client)", packaged("libcoap3-bin"), /version ([\d.]+)/],
  ["dnsmasq (DHCPv6, router advertisements)", "dnsmasq --version", /version ([\d.]+)/i],
  ["nmap", "nmap --version", /Nmap version ([\d.]+)/],
  ["arping", "arping --help", /ARPing ([\d.]+)/],
  ["dsniff (arpspoof)", packaged("dsniff"), /version ([\d.a-z]+)/],
  ["dhclient", "dhclient --version", /dhclient-([\d.]+)/],
  ["tcpdump", "tcpdump --version", /tcpdump version ([\d.]+)/],
  ["Node (simulated devices and their partners)", "node --version", /v([\d.]+)/],
];

/** Text of tests/captures/README.md for captures that lie in `folder`. */
export async function captureReadme(
  captures: readonly CapturePlan[],
  folder: string,
  seconds: number,
): Promise<string> {
  const rows = captures.map(({ file, filter, holds }) => {
    const path = join(folder, file);
    return `| \`${file}\` | ${readFrames(path).length} | ${statSync(path).size} | ${holds} | ${howMade(filter)} |`;
  });
  return `# Captures made by us

Recorded from the test ward (\`tests/ward/\`): real programs in network namespaces of one machine, joined by a bridge,
heard on its mirror port. Nobody's traffic is in here: makers, models, serials and MAC prefixes are those of real
products, but the devices, the names and above all the patients are made up. Every string of a made-up person is listed
under \`forbiddenText\` in \`labels.json\` and must appear in no output.

Made again (as root, with the packages \`scripts/system-packages.mjs\` names for the demo) by

    npm run build && node dist/tests/ward/record.js

which runs a ward day of ${seconds} s, records it with \`tcpdump -i mirror -n -U --immediate-mode -s 0 -w ward.pcap\` in
the tap's namespace, checks that no frame was lost, that the mirror port sent none and that the recording machine's own
name is not in it, and cuts the small captures from it. Times are what the clock said.

| file | frames | bytes | holds | made by |
| --- | --- | --- | --- | --- |
${rows.join("\n")}

\`labels.json\` says what a tap should find in each: see \`tests/ward/labels.ts\` for the shape. What is absent from a
label is not claimed.

Programs and versions:

${await versionsOf(VERSIONS)}
`;
}

/** README text about the protocol day's captures. */
export async function protocolReadme(scenes: readonly Scene[], folder: string): Promise<string> {
  const rows = scenes
    .map((scene) => ({ ...scene, path: join(folder, scene.file) }))
    .filter(({ path }) => existsSync(path))
    .map(
      ({ file, path, holds, cast }) =>
        `| \`${file}\` | ${readFrames(path).length} | ${statSync(path).size} | ${holds} | ${cast.map(({ host }) => host.mac).join(" ")} |`,
    );
  return `${PROTOCOL_DAY}
The protocol day (\`tests/ward/protocol-day.ts\`) is played on a ward of its own, scene by scene: real programs wherever
Debian has one, and small simulated devices written to the public standards where it has none (\`tests/ward/programs/\`).
Logins and patients are made up here too. Captures whose name ends in \`-sound\` or \`-anonymous\` are near misses: what
stands under their \`forbiddenFindings\` looks like the neighbour's fault and is none.

Made again (as root, with the packages \`scripts/system-packages.mjs\` names for the tests) by

    npm run build && node dist/tests/ward/record-protocols.js

with the same checks as above; each capture holds the frames that its own hosts sent (\`tcpdump -r day.pcap -w … 'ether
src A or ether src B …'\`).

| file | frames | bytes | holds | frames sent by |
| --- | --- | --- | --- | --- |
${rows.join("\n")}

Programs and versions:

${await versionsOf(PROTOCOL_VERSIONS)}
`;
}

/** Writes the ward day's part of the README and keeps the protocol day's. */
export function replaceWardDay(folder: string, text: string): void {
  const [, protocols] = readmeParts(folder);
  writeFileSync(join(folder, "README.md"), protocols === undefined ? text : `${text}\n${protocols}`);
}

/** Writes the protocol day's part of the README and keeps the ward day's. */
export function replaceSection(folder: string, text: string): void {
  const [wardDay] = readmeParts(folder);
  writeFileSync(join(folder, "README.md"), wardDay === "" ? text : `${wardDay.trimEnd()}\n\n${text}`);
}

function readmeParts(folder: string): [wardDay: string, protocols: string | undefined] {
  const path = join(folder, "README.md");
  const text = existsSync(path) ? readFileSync(path, "utf8") : "";
  const at = text.indexOf(PROTOCOL_DAY);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at)];
}

async function versionsOf(programs: typeof VERSIONS): Promise<string> {
  const lines = await Promise.all(
    programs.map(async ([name, command, keep]) => {
      const answer = await runAsHost("/bin/sh", ["-c", `${command} 2>&1 || true`]);
      return `- ${name} ${keep.exec(answer)?.[1] ?? "of unknown version"}`;
    }),
  );
  return lines.join("\n");
}

const howMade = (filter?: string) => (filter ? `\`tcpdump -r ward.pcap -w … '${filter}'\`` : "the recording itself");
