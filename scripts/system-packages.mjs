/** Which system packages each job needs, which of them are missing here, and installing them with apt where that is allowed. */
import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync, readdirSync } from "node:fs";
import { delimiter, join } from "node:path";

/**
 * One need: a Debian package, and what shows that it is there: a command on the path, or a file.
 * Several commands or files: any one of them will do.
 * @typedef {{ package: string, commands?: string[], files?: string[], why: string }} Need
 */

/** @type {Record<"install" | "demo" | "test", Need[]>} */
export const NEEDS = {
  // Native modules are compiled where no ready-made one fits: better-sqlite3, cap, epoll.
  install: [
    { package: "build-essential", commands: ["g++"], why: "compiles native modules" },
    { package: "make", commands: ["make"], why: "compiles native modules" },
    { package: "python3", commands: ["python3"], why: "node-gyp needs it" },
    { package: "libpcap-dev", files: ["/usr/include/pcap.h", "/usr/include/pcap/pcap.h"], why: "live capture by cap" },
  ],
  // The ward of real programs; the order is the order of the message.
  demo: [
    { package: "iproute2", commands: ["ip"], why: "namespaces and cables" },
    { package: "iproute2", commands: ["ss"], why: "sees that servers listen" },
    { package: "ethtool", commands: ["ethtool"], why: "turns offloads off" },
    { package: "util-linux", commands: ["unshare"], why: "own host name and processes for each host" },
    { package: "util-linux", commands: ["setpriv"], why: "no host outlives the ward" },
    { package: "tcpdump", commands: ["tcpdump"], why: "records and streams the mirror port" },
    { package: "dnsmasq-base", commands: ["dnsmasq"], why: "addresses, names and files" },
    { package: "udhcpc", commands: ["udhcpc"], why: "devices that ask for an address" },
    { package: "dcmtk", commands: ["storescu"], why: "imaging" },
    { package: "lldpd", commands: ["lldpd"], why: "the switch and the desk phone" },
    { package: "avahi-daemon", commands: ["avahi-daemon"], why: "the printer and the camera" },
    { package: "curl", commands: ["curl"], why: "browsing" },
  ],
  test: [
    {
      package: "chromium",
      commands: ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"],
      why: "the console's page is tested in a real browser",
    },
    { package: "tshark", commands: ["tshark"], why: "a second opinion on captures" },
    // The protocol day, in the order of its scenes.
    { package: "samba", commands: ["smbd"], why: "file servers, old and new" },
    { package: "samba", commands: ["nmbd"], why: "NetBIOS names" },
    { package: "smbclient", commands: ["smbclient"], why: "visits file servers" },
    { package: "snmpd", commands: ["snmpd"], why: "a UPS and a printer that are managed" },
    { package: "snmp", commands: ["snmpget"], why: "manages them" },
    { package: "openssh-server", commands: ["sshd"], why: "shells, old and new" },
    { package: "openssh-client", commands: ["ssh"], why: "visits shells" },
    { package: "vsftpd", commands: ["vsftpd"], why: "FTP with and without a password" },
    { package: "inetutils-telnetd", commands: ["telnetd", "in.telnetd"], why: "a telnet login" },
    { package: "inetutils-telnet", commands: ["inetutils-telnet"], why: "logs in by telnet" },
    { package: "xinetd", commands: ["xinetd"], why: "starts telnetd" },
    { package: "openssl", commands: ["openssl"], why: "TLS of every version" },
    { package: "nginx-light", commands: ["nginx"], why: "a web login" },
    { package: "lighttpd", commands: ["lighttpd"], why: "a web login that gives no password away" },
    { package: "dovecot-imapd", files: ["/usr/lib/dovecot/imap"], why: "mail" },
    { package: "dovecot-pop3d", files: ["/usr/lib/dovecot/pop3"], why: "mail" },
    { package: "miniupnpd", commands: ["miniupnpd"], why: "announces a gateway by SSDP" },
    { package: "miniupnpc", commands: ["upnpc"], why: "looks for gateways" },
    { package: "wsdd", commands: ["wsdd"], why: "announces a PC by WS-Discovery" },
    { package: "cups-ipp-utils", commands: ["ippeveprinter"], why: "a printer and who prints" },
    { package: "mosquitto", commands: ["mosquitto"], why: "an MQTT broker" },
    { package: "mosquitto-clients", commands: ["mosquitto_pub"], why: "publishes by MQTT" },
    { package: "slapd", commands: ["slapd"], why: "a directory" },
    { package: "ldap-utils", commands: ["ldapsearch"], why: "searches it" },
    { package: "sip-tester", commands: ["sipp"], why: "a phone and its registrar" },
    { package: "tigervnc-standalone-server", commands: ["Xtigervnc"], why: "a shared screen" },
    { package: "vncsnapshot", commands: ["vncsnapshot"], why: "looks at it" },
    { package: "xrdp", commands: ["xrdp"], why: "a remote desktop" },
    { package: "chrony", commands: ["chronyd"], why: "the time" },
    { package: "rsyslog", commands: ["rsyslogd"], why: "receives logs" },
    { package: "libcoap3-bin", commands: ["coap-server-notls"], why: "CoAP" },
    { package: "nmap", commands: ["nmap"], why: "scans ports and addresses" },
    // iputils has another program of this name, with other options.
    { package: "arping", files: ["/usr/sbin/arping"], why: "asks for and announces addresses by ARP" },
    { package: "dsniff", commands: ["arpspoof"], why: "takes a gateway's place" },
    { package: "isc-dhcp-client", commands: ["dhclient"], why: "asks for an address by DHCPv6" },
  ],
};

/** Daemons must not start on this machine just because a test ward needs their programs: see `installMissing`. */
const POLICY = "/usr/sbin/policy-rc.d";
/** Many shells of ordinary users leave these out, and apt puts daemons there. */
const SYSTEM_FOLDERS = ["/usr/local/sbin", "/usr/sbin", "/sbin"];

/**
 * Packages of a group that this machine lacks, each once. Looks only for commands and files, so it needs no package
 * manager and works on any distribution.
 * @param {keyof typeof NEEDS} group
 * @param {{ path?: string, root?: string }} [where] search path and root folder, for tests
 * @returns {string[]}
 */
export function missing(group, where = {}) {
  const folders = [...(where.path ?? process.env.PATH ?? "").split(delimiter), ...(where.path ? [] : SYSTEM_FOLDERS)];
  const lacking = NEEDS[group].filter(
    (need) =>
      !(need.commands ?? []).some((command) =>
        folders.some((folder) => folder && isExecutable(join(folder, command))),
      ) && !(need.files ?? []).some((file) => existsSync(join(where.root ?? "/", file))),
  );
  return [...new Set(lacking.map((need) => need.package))];
}

/**
 * The command a person would type to install packages.
 * @param {string[]} packages
 */
export const installCommand = (packages) => `sudo apt-get install -y --no-install-recommends ${packages.join(" ")}`;

/**
 * Installs what a group lacks, when this is root (or sudo asks no password) on a machine with apt; else says the exact
 * command. Daemons that come along are not started: a policy-rc.d that says no is put in place while apt runs, unless
 * the machine has one; and services that were not there before are not enabled at the next boot either. Daemons the
 * machine ran already are left as they are.
 * @param {keyof typeof NEEDS} group
 * @param {(line: string) => void} [log]
 * @returns {{ installed: string[], missing: string[] }} what was installed, and what is still missing afterwards
 */
export function installMissing(group, log = console.log) {
  const lacking = missing(group);
  if (lacking.length === 0) return { installed: [], missing: [] };
  log(`Missing system packages: ${lacking.map((name) => `${name} (${reason(group, name)})`).join(", ")}`);

  const prefix = privilege();
  if (!prefix || !onPath("apt-get")) {
    log(`Install them with:\n  ${installCommand(lacking)}`);
    return { installed: [], missing: lacking };
  }
  log(`Installing them with apt: ${lacking.join(" ")}`);
  const before = enabledServices();
  const placed = placePolicy(prefix);
  try {
    // An index from yesterday usually does; fetch a new one only when the first try fails.
    if (!aptInstall(prefix, lacking)) {
      log("Fetching the package index first (apt-get update)");
      run(prefix, ["apt-get", "update", "-q"]);
      aptInstall(prefix, lacking);
    }
  } finally {
    if (placed) run(prefix, ["rm", "-f", POLICY]);
  }
  const started = enabledServices().filter((service) => !before.includes(service));
  if (started.length > 0) {
    run(prefix, ["systemctl", "disable", "-q", ...started]);
    log(`Left disabled, because only their programs are needed: ${started.join(", ")}`);
  }

  const still = missing(group);
  if (still.length > 0) log(`Still missing: ${still.join(", ")}. Install them with:\n  ${installCommand(still)}`);
  return { installed: lacking.filter((name) => !still.includes(name)), missing: still };
}

const reason = (group, name) => NEEDS[group].find((need) => need.package === name)?.why ?? "";

/** What goes before a command to run it as root: nothing, sudo, or undefined when neither is possible. */
function privilege() {
  if (process.getuid?.() === 0) return [];
  if (onPath("sudo") && spawnSync("sudo", ["-n", "true"], { stdio: "ignore" }).status === 0) return ["sudo", "-n"];
  return undefined;
}

const onPath = (command) =>
  [...(process.env.PATH ?? "").split(delimiter), ...SYSTEM_FOLDERS].some((folder) =>
    isExecutable(join(folder, command)),
  );

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function run(prefix, command) {
  const [program, ...args] = [...prefix, ...command];
  return spawnSync(program, args, { stdio: ["ignore", "inherit", "inherit"] }).status === 0;
}

const aptInstall = (prefix, packages) =>
  run(prefix, [
    "env",
    "DEBIAN_FRONTEND=noninteractive",
    "apt-get",
    "install",
    "-y",
    "-q",
    "--no-install-recommends",
    ...packages,
  ]);

/** Debian asks this script before it starts a daemon; 101 means no (policy-rc.d, invoke-rc.d(8)). */
function placePolicy(prefix) {
  if (existsSync(POLICY)) return false;
  return run(prefix, ["sh", "-c", `printf '#!/bin/sh\\nexit 101\\n' > ${POLICY} && chmod 755 ${POLICY}`]);
}

/** Services set to start at boot, by the links systemd keeps for them; none where systemd does not run. */
function enabledServices() {
  if (!existsSync("/run/systemd/system")) return [];
  const root = "/etc/systemd/system";
  return readdirSync(root)
    .filter((folder) => folder.endsWith(".wants"))
    .flatMap((folder) => readdirSync(join(root, folder)))
    .filter((name) => /\.(service|socket)$/.test(name))
    .filter((name, index, all) => all.indexOf(name) === index);
}
