/** OpenSSH as an appliance that knows only the key exchanges and ciphers of long ago, and as it comes today. */
import { listening } from "../hosts/wait.ts";
import type { Ward } from "../ward.ts";
import { type CastMember, castMember, fileFor, folderOf, ipOf, type Scene, serve, use } from "./scene.ts";

const USER = "canarysshuser";
const LINUX = { os: ["Linux"] };
const oldServer = castMember(
  { name: "ssh-old", number: 31, oui: "00:50:56", hostname: "ward8-appliance" },
  {},
  "SSH banner of OpenSSH, which runs on many systems",
);
const oldVisitor = castMember(
  { name: "ssh-pc-a", number: 32, oui: "18:66:da", hostname: "ward8-pc-c" },
  { ...LINUX, maker: ["Dell", "Dell Inc."] },
  "OUI 18:66:DA; SSH banner OpenSSH Debian",
);
const newServer = castMember(
  { name: "ssh-new", number: 33, oui: "00:50:56", hostname: "ward8-jump" },
  LINUX,
  "SSH banner OpenSSH Debian",
);
const newVisitor = castMember(
  { name: "ssh-pc-b", number: 34, oui: "18:66:da", hostname: "ward8-pc-d" },
  { ...LINUX, maker: ["Dell", "Dell Inc."] },
  "OUI 18:66:DA; SSH banner OpenSSH Debian",
);

const OLD = ["KexAlgorithms diffie-hellman-group1-sha1", "Ciphers 3des-cbc,aes128-cbc", "MACs hmac-sha1,hmac-md5"];
const OLD_KEYS = ["HostKeyAlgorithms ssh-rsa", ...OLD];

async function startServer(ward: Ward, server: CastMember, kind: string, settings: readonly string[]): Promise<void> {
  const key = `${folderOf(ward, server)}/host_key`;
  await use(ward, server, {}, "ssh-keygen", ["-q", "-t", kind, "-N", "", "-C", "", "-f", key]);
  const config = fileFor(ward, server, "sshd.conf", [
    `HostKey ${key}`,
    "UsePAM no",
    "PasswordAuthentication no",
    "PidFile none",
    ...settings,
  ]);
  const sshd = serve(ward, server, { run: ["/run/sshd"] }, "/usr/sbin/sshd", ["-D", "-e", "-f", config]);
  await listening(ward, server.host.name, sshd, "tcp", 22);
}

/** Nobody has a key here, so the login is refused: by then everything that can be read has gone by. */
async function visit(ward: Ward, visitor: CastMember, server: CastMember, settings: readonly string[]): Promise<void> {
  const options = ["BatchMode yes", "StrictHostKeyChecking no", "UserKnownHostsFile /dev/null", ...settings];
  const args = ["-F", "/dev/null", ...options.flatMap((option) => ["-o", option]), `${USER}@${ipOf(server)}`, "true"];
  const said = await use(ward, visitor, {}, "ssh", args, true);
  if (!said.includes("Permission denied")) throw new Error(`ssh was to be refused, and said: ${said}`);
}

export const oldShell: Scene = {
  file: "ssh.pcap",
  holds: "OpenSSH limited to diffie-hellman-group1-sha1, 3des-cbc and hmac-md5 of old, and a refused login",
  cast: [oldServer, oldVisitor],
  secrets: [],
  findings: [{ rule: "ssh-obsolete", at: oldServer, because: "offers diffie-hellman-group1-sha1 and 3des-cbc only" }],
  nearMisses: ["cleartext-login", "telnet"],
  proof: [["sshd offers obsolete key exchange", 'ssh.kex_algorithms contains "group1-sha1" && tcp.srcport == 22']],
  play: async (ward) => {
    await startServer(ward, oldServer, "rsa", [...OLD_KEYS, "DebianBanner no"]);
    await visit(ward, oldVisitor, oldServer, [...OLD_KEYS, "PubkeyAcceptedAlgorithms +ssh-rsa"]);
  },
};

export const soundShell: Scene = {
  file: "ssh-sound.pcap",
  holds: "OpenSSH as Debian ships it, and a refused login",
  cast: [newServer, newVisitor],
  secrets: [],
  findings: [],
  nearMisses: ["ssh-obsolete", "cleartext-login", "high+"],
  proof: [["sshd says who it is", 'ssh.protocol contains "OpenSSH" && tcp.srcport == 22']],
  play: async (ward) => {
    await startServer(ward, newServer, "ed25519", []);
    await visit(ward, newVisitor, newServer, []);
  },
};
