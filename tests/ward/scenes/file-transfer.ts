/** FTP and telnet with a password in clear (vsftpd, inetutils), and FTP without anybody's password as the near miss. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { listening } from "../hosts/wait.ts";
import type { Ward } from "../ward.ts";
import { type CastMember, castMember, fileFor, folderOf, ipOf, type Scene, serve, use } from "./scene.ts";

const FTP_USER = "canaryftpuser";
const FTP_PASSWORD = "CanaryFtpSecret1";
const TELNET_USER = "canarytelnetuser";
const TELNET_PASSWORD = "CanaryTelnetSecret1";
const FILE = "canary-results.csv";
const LINUX = { os: ["Linux"] };

const ftp = castMember(
  { name: "ftp", number: 41, oui: "00:50:56", hostname: "ward8-ftp" },
  {},
  "FTP greeting of vsftpd, which runs on many systems",
);
const hub = castMember(
  { name: "telnet", number: 42, oui: "00:50:56", hostname: "ward8-hub" },
  {},
  "asks for a login over telnet",
);
const visitor = castMember(
  { name: "ftp-pc", number: 43, oui: "18:66:da", hostname: "ward8-pc-e" },
  { ...LINUX, maker: ["Dell", "Dell Inc."] },
  "OUI 18:66:DA; Linux TCP SYN",
);
const anonymousFtp = castMember(
  { name: "ftp-anon", number: 44, oui: "00:50:56", hostname: "ward8-pub" },
  {},
  "FTP greeting of vsftpd, which runs on many systems",
);
const anonymousVisitor = castMember(
  { name: "ftp-pc-b", number: 45, oui: "18:66:da", hostname: "ward8-pc-f" },
  { ...LINUX, maker: ["Dell", "Dell Inc."] },
  "OUI 18:66:DA; Linux TCP SYN",
);

/** Lets everybody in who exists, whatever his password, and nobody else. */
export async function startFtp(
  ward: Ward,
  server: CastMember,
  settings: readonly string[],
  people: string[] = [],
): Promise<void> {
  const config = fileFor(ward, server, "vsftpd.conf", [
    "listen=YES",
    "background=NO",
    "seccomp_sandbox=NO",
    "secure_chroot_dir=/run/vsftpd/empty",
    "xferlog_enable=NO",
    ...settings,
  ]);
  // Anybody is let in who exists: what matters is that a password goes by. PAM doesn't know anonymous, vsftpd itself does.
  const pam = fileFor(ward, server, "pam", [
    "auth requisite pam_localuser.so",
    "auth required pam_permit.so",
    "account required pam_permit.so",
  ]);
  const view = { run: ["/run/vsftpd/empty"], people, files: [["/etc/pam.d/vsftpd", pam]] as const };
  await listening(ward, server.host.name, serve(ward, server, view, "vsftpd", [config]), "tcp", 21);
}

const LOGIN_PROMPT = [
  "#!/bin/sh",
  "printf 'Ward 8 telemetry hub\\n\\nlogin: '; read -r name",
  "stty -echo; printf 'Password: '; read -r secret; stty echo",
  "printf '\\nhub> '; read -r command; printf 'bye\\n'",
];

/** What asks for a login, and what comes after, is a script. */
export async function startTelnet(ward: Ward, server: CastMember, script: readonly string[]): Promise<void> {
  const prompt = fileFor(ward, server, "login.sh", script, 0o755);
  const services = fileFor(ward, server, "xinetd.conf", [
    "service telnet",
    "{",
    "  type = UNLISTED",
    "  port = 23",
    "  socket_type = stream",
    "  protocol = tcp",
    "  wait = no",
    "  user = root",
    "  flags = IPv4",
    "  server = /usr/sbin/telnetd",
    `  server_args = -h -E ${prompt}`,
    "}",
  ]);
  const inetd = serve(ward, server, {}, "xinetd", ["-dontfork", "-f", services, "-pidfile", "/run/xinetd.pid"]);
  await listening(ward, server.host.name, inetd, "tcp", 23);
}

/** Types as a person would: letter by letter, at a terminal of its own, each answer after its question. */
const TYPING = `
server=$1; shift
type() { sleep 0.5; printf '%s' "$1" | sed 's/./&\\n/g' | while IFS= read -r letter; do printf '%s' "$letter"; sleep 0.02; done; printf '\\r'; }
{ sleep 0.5; for answer; do type "$answer"; done; sleep 0.5; } | script -qec "inetutils-telnet $server" /dev/null
`;

/** Goes to a telnet server and types these lines. */
export const typeAt = (ward: Ward, who: CastMember, server: CastMember, lines: readonly string[]): Promise<string> =>
  use(ward, who, {}, "/bin/sh", ["-uc", TYPING, "type", ipOf(server), ...lines], true);

/** Fetches a file with a login, or is refused. */
export const fetchAs = (ward: Ward, who: CastMember, url: string, login: string, mayFail = false): Promise<string> =>
  use(ward, who, {}, "curl", ["-sS", "-m", "10", "-u", login, "-o", "/dev/null", url], mayFail);

export const plainLogins: Scene = {
  file: "ftp-telnet.pcap",
  holds: "vsftpd with a password (curl), inetutils telnetd with a login typed letter by letter",
  cast: [ftp, hub, visitor],
  secrets: [FTP_USER, FTP_PASSWORD, TELNET_USER, TELNET_PASSWORD, FILE],
  findings: [
    { rule: "cleartext-login", at: ftp, because: "USER and PASS in clear, answered 230" },
    { rule: "ftp", at: ftp, because: "serves FTP" },
    { rule: "cleartext-login", at: hub, because: "login and password in clear over telnet" },
    { rule: "telnet", at: hub, because: "serves telnet" },
  ],
  nearMisses: ["worm-spread", "default-login"],
  proof: [
    ["vsftpd accepts a password", "ftp.response.code == 230"],
    ["telnetd asks for a password", 'telnet.data contains "Password"'],
    ["the client types letter by letter", "telnet && tcp.dstport == 23 && tcp.len == 1"],
  ],
  play: async (ward) => {
    const home = folderOf(ward, ftp, "home");
    writeFileSync(join(home, FILE), "sample,value\n1,CANARYRESULT\n");
    await startFtp(
      ward,
      ftp,
      ["anonymous_enable=NO", "local_enable=YES", "chroot_local_user=YES"],
      [`${FTP_USER}:x:60002:65534::${home}:/bin/sh`],
    );
    await startTelnet(ward, hub, LOGIN_PROMPT);
    await fetchAs(ward, visitor, `ftp://${ipOf(ftp)}/${FILE}`, `${FTP_USER}:${FTP_PASSWORD}`);
    await typeAt(ward, visitor, hub, [TELNET_USER, TELNET_PASSWORD, "exit"]);
  },
};

export const anonymousTransfer: Scene = {
  file: "ftp-anonymous.pcap",
  holds: "vsftpd and curl as anonymous",
  cast: [anonymousFtp, anonymousVisitor],
  secrets: [],
  findings: [
    { rule: "ftp", at: anonymousFtp, because: "serves FTP" },
    { rule: "weak-authentication", at: anonymousFtp, because: "lets anonymous in" },
  ],
  nearMisses: ["cleartext-login", "default-login", "telnet"],
  proof: [["vsftpd lets anonymous in", "ftp.response.code == 230"]],
  play: async (ward) => {
    const root = folderOf(ward, anonymousFtp, "public");
    writeFileSync(join(root, "notice.txt"), "Visiting ends at eight.\n");
    await startFtp(ward, anonymousFtp, ["anonymous_enable=YES", `anon_root=${root}`, "no_anon_password=NO"]);
    await use(ward, anonymousVisitor, {}, "curl", [
      "-sS",
      "-m",
      "10",
      "-o",
      "/dev/null",
      `ftp://${ipOf(anonymousFtp)}/notice.txt`,
    ]);
  },
};
