/** Samba as a file server of twenty years ago (SMB 1, NTLMv1, no signing) and as one of today, each with a visitor. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { listening, pause } from "../hosts/wait.ts";
import type { Ward } from "../ward.ts";
import {
  type CastMember,
  castMember,
  fileFor,
  folderOf,
  ipOf,
  type PrivateView,
  type Scene,
  serve,
  use,
} from "./scene.ts";

const USER = "canarysmbuser";
const PASSWORD = "CanarySmbSecret1";
const PEOPLE = [`${USER}:x:60001:65534::/nonexistent:/usr/sbin/nologin`];
const STATE = ["/var/lib/samba", "/var/cache/samba", "/var/log/samba"];
const LINUX = { os: ["Linux"] };
const DELL = ["Dell", "Dell Inc."];

interface Dialects {
  readonly name: string;
  readonly settings: readonly string[];
  readonly visit: readonly string[];
}

const oldServer = castMember(
  { name: "fs-old", number: 11, oui: "00:50:56", hostname: "ward8-oldfs" },
  { ...LINUX, names: ["WARD8-OLDFS"] },
  "accepts SMB 1 (NT LM 0.12), NetBIOS name WARD8-OLDFS; claims Windows 6.1 as every Samba does, its LAN manager is Samba",
);
const oldVisitor = castMember(
  { name: "pc-a", number: 12, oui: "18:66:da", hostname: "ward8-pc-a" },
  { ...LINUX, maker: DELL },
  "OUI 18:66:DA; Linux TCP SYN",
);
const newServer = castMember(
  { name: "fs-new", number: 13, oui: "00:50:56", hostname: "ward8-newfs" },
  {},
  "accepts SMB 3.1.1 with signing required; which machine it is stays open",
);
const newVisitor = castMember(
  { name: "pc-b", number: 14, oui: "18:66:da", hostname: "ward8-pc-b" },
  { ...LINUX, maker: DELL },
  "OUI 18:66:DA; Linux TCP SYN",
);

const OLD: Dialects = {
  name: "WARD8-OLDFS",
  settings: [
    "server min protocol = NT1",
    "server max protocol = NT1",
    "server signing = disabled",
    "ntlm auth = ntlmv1-permitted",
  ],
  visit: [
    "-m",
    "NT1",
    "--option=client min protocol=NT1",
    "--option=client ntlmv2 auth=no",
    "--option=client use spnego=no",
  ],
};
const NEW: Dialects = {
  name: "WARD8-NEWFS",
  settings: ["server min protocol = SMB2_10", "server signing = mandatory", "restrict anonymous = 2"],
  visit: ["-m", "SMB3", "--client-protection=sign"],
};

const view: PrivateView = { empty: STATE, people: PEOPLE, run: ["/run/samba"] };
/** nmbd goes on registering its names for a while. */
const REGISTRATION_MS = 2_000;

/** Settings of one daemon; each has its own state, because each is process 1 of its own process namespace. */
function settings(ward: Ward, server: CastMember, daemon: string, dialects: Dialects): string {
  const state = (name: string) => folderOf(ward, server, daemon, name);
  const share = folderOf(ward, server, "share");
  writeFileSync(join(share, "notice.txt"), "Visiting ends at eight.\n");
  return fileFor(ward, server, `${daemon}.conf`, [
    "[global]",
    "workgroup = WARD8",
    `netbios name = ${dialects.name}`,
    "server string = Ward 8 files",
    `interfaces = ${server.host.address}`,
    "bind interfaces only = yes",
    "load printers = no",
    "disable spoolss = yes",
    "map to guest = Bad User",
    "preferred master = yes",
    `passdb backend = smbpasswd:${join(state("private"), "smbpasswd")}`,
    ...["private", "lock", "state", "cache", "pid"].map((kind) => `${kind} directory = ${state(kind)}`),
    `ncalrpc dir = ${state("ncalrpc")}`,
    ...dialects.settings,
    "[ward]",
    `path = ${share}`,
    "guest ok = yes",
    "read only = yes",
  ]);
}

async function startServer(ward: Ward, server: CastMember, dialects: Dialects): Promise<void> {
  const config = settings(ward, server, "smbd", dialects);
  const add = `printf '%s\\n%s\\n' "$1" "$1" | smbpasswd -c "$2" -s -a "$3"`;
  await use(ward, server, view, "/bin/sh", ["-euc", add, "add", PASSWORD, config, USER]);
  await startDaemon(ward, server, "smbd", config, "tcp", 445);
}

async function startDaemon(
  ward: Ward,
  server: CastMember,
  name: string,
  config: string,
  transport: "tcp" | "udp",
  port: number,
) {
  const args = ["-F", "--no-process-group", "--debug-stdout", "-s", config, "-l", folderOf(ward, server, name, "log")];
  await listening(ward, server.host.name, serve(ward, server, view, name, args), transport, port);
}

async function visit(
  ward: Ward,
  visitor: CastMember,
  server: CastMember,
  how: readonly string[],
  options: readonly string[],
) {
  const config = fileFor(ward, visitor, "smb.conf", ["[global]", "workgroup = WARD8", "netbios name = WARD8-VISITOR"]);
  const args = [`//${ipOf(server)}/ward`, "-s", config, ...options, ...how, "-c", "ls; get notice.txt /dev/null"];
  await use(ward, visitor, view, "smbclient", args);
}

const login = ["-U", `${USER}%${PASSWORD}`];
const anonymous = ["-U", "%"];

export const oldFileSharing: Scene = {
  file: "smb.pcap",
  holds:
    "samba limited to SMB 1 with NetBIOS names and announcements (nmbd), smbclient with NTLMv1 and anonymous, nmblookup",
  cast: [oldServer, oldVisitor],
  secrets: [USER, PASSWORD],
  findings: [
    { rule: "smb1", at: oldServer, because: "negotiates NT LM 0.12 and the session proceeds" },
    { rule: "smb-signing-off", at: oldServer, because: "security mode of the negotiate response offers no signatures" },
    { rule: "weak-authentication", at: oldServer, because: "accepts NTLMv1 and an anonymous session" },
    { rule: "llmnr-netbios", at: oldVisitor, because: "asks for names by NetBIOS broadcast" },
  ],
  nearMisses: ["worm-spread", "unsupported-os", "cleartext-login"],
  proof: [
    ["samba and smbclient speak SMB 1", "smb.cmd == 0x73 && smb.flags.response == 1 && smb.nt_status == 0"],
    ["nmbd registers its name", "nbns.flags.opcode == 5"],
    ["nmbd announces its host", "browser.command == 0x0f || browser.command == 0x01"],
  ],
  play: async (ward) => {
    await startServer(ward, oldServer, OLD);
    await startDaemon(ward, oldServer, "nmbd", settings(ward, oldServer, "nmbd", OLD), "udp", 137);
    await visit(ward, oldVisitor, oldServer, login, OLD.visit);
    await visit(ward, oldVisitor, oldServer, anonymous, OLD.visit);
    const lookup = ["-B", "10.20.8.255", "WARD8-OLDFS"];
    await use(ward, oldVisitor, view, "nmblookup", lookup, true);
    await use(ward, oldVisitor, view, "nmblookup", ["-A", ipOf(oldServer)], true);
    await pause(REGISTRATION_MS);
  },
};

export const soundFileSharing: Scene = {
  file: "smb-sound.pcap",
  holds: "samba of today (SMB 3.1.1, signing required) and smbclient with NTLMv2",
  cast: [newServer, newVisitor],
  secrets: [USER, PASSWORD],
  findings: [],
  nearMisses: ["smb1", "smb-signing-off", "weak-authentication", "cleartext-login", "worm-spread", "high+"],
  proof: [["samba and smbclient speak SMB 3.1.1", "smb2.dialect == 0x0311"]],
  play: async (ward) => {
    await startServer(ward, newServer, NEW);
    await visit(ward, newVisitor, newServer, login, NEW.visit);
  },
};
