/** TLS by openssl: old versions and doubtful certificates; and, as the near miss, TLS 1.2 and 1.3 with a sound one. */
import { listening } from "../hosts/wait.ts";
import type { Ward } from "../ward.ts";
import { type CertificateWish, makeCertificate } from "./certificates.ts";
import { type CastMember, castMember, ipOf, type Scene, serve, use } from "./scene.ts";

const LINUX = { os: ["Linux"] };
const server = (name: string, number: number, because: string) =>
  castMember({ name, number, oui: "00:50:56", hostname: `ward8-${name}` }, {}, because);
const visitor = (name: string, number: number) =>
  castMember(
    { name, number, oui: "18:66:da", hostname: `ward8-${name}` },
    { ...LINUX, maker: ["Dell", "Dell Inc."] },
    "OUI 18:66:DA; Linux TCP SYN",
  );

const tls10 = server("tls10", 51, "answers TLS 1.0");
const tls11 = server("tls11", 52, "answers TLS 1.1");
const selfSigned = server("tls-self", 53, "answers TLS 1.2");
const oldVisitor = visitor("tls-pc-a", 54);
const tls12 = server("tls12", 55, "answers TLS 1.2");
const tls13 = server("tls13", 56, "answers TLS 1.3");
const soundVisitor = visitor("tls-pc-b", 57);

/** OpenSSL 3 still speaks the old versions when told that no security is wanted. */
const NO_SECURITY = ["-cipher", "DEFAULT:@SECLEVEL=0"];

async function startTls(ward: Ward, member: CastMember, version: string, wish: CertificateWish): Promise<void> {
  const { certificate, key } = await makeCertificate(ward, member, wish);
  const args = [
    "s_server",
    "-accept",
    "443",
    "-www",
    "-quiet",
    version,
    ...NO_SECURITY,
    "-cert",
    certificate,
    "-key",
    key,
  ];
  await listening(ward, member.host.name, serve(ward, member, {}, "openssl", args), "tcp", 443);
}

async function visit(ward: Ward, who: CastMember, whom: CastMember, version: string, name: string): Promise<void> {
  const ask = `printf 'GET / HTTP/1.0\\r\\n\\r\\n' | openssl s_client -connect "$1:443" -servername "$2" -ign_eof "$3" -cipher 'DEFAULT:@SECLEVEL=0'`;
  const said = await use(ward, who, {}, "/bin/sh", ["-uc", ask, "ask", ipOf(whom), name, version], true);
  if (!/New, (TLS|SSL)v/.test(said)) throw new Error(`no TLS session with ${name}: ${said.slice(-400)}`);
}

export const oldEncryption: Scene = {
  file: "tls.pcap",
  holds:
    "openssl s_server and s_client: TLS 1.0 (self-signed, 1024 bits, SHA-1), TLS 1.1 (expired), TLS 1.2 (self-signed)",
  cast: [tls10, tls11, selfSigned, oldVisitor],
  secrets: [],
  findings: [
    { rule: "tls-obsolete", at: tls10, because: "server hello selects TLS 1.0" },
    { rule: "tls-obsolete", at: tls11, because: "server hello selects TLS 1.1" },
    { rule: "tls-certificate", at: tls10, because: "self-signed, 1024 bits, SHA-1" },
    { rule: "tls-certificate", at: tls11, because: "expired" },
    { rule: "tls-certificate", at: selfSigned, because: "self-signed" },
  ],
  nearMisses: ["cleartext-login", "port-scan", "address-scan"],
  proof: [
    ["openssl speaks TLS 1.0", "tls.handshake.type == 2 && tls.handshake.version == 0x0301"],
    ["openssl speaks TLS 1.1", "tls.handshake.type == 2 && tls.handshake.version == 0x0302"],
    ["a certificate is expired", "x509af.utcTime && ip.src == 10.20.8.52"],
  ],
  play: async (ward) => {
    await startTls(ward, tls10, "-tls1", { name: "old.ward8.example", bits: 1024, hash: "sha1", signedBy: "itself" });
    await startTls(ward, tls11, "-tls1_1", {
      name: "expired.ward8.example",
      bits: 2048,
      hash: "sha256",
      signedBy: "authority",
      valid: ["20190101000000Z", "20210101000000Z"],
    });
    await startTls(ward, selfSigned, "-tls1_2", {
      name: "self.ward8.example",
      bits: 2048,
      hash: "sha256",
      signedBy: "itself",
    });
    await visit(ward, oldVisitor, tls10, "-tls1", "old.ward8.example");
    await visit(ward, oldVisitor, tls11, "-tls1_1", "expired.ward8.example");
    await visit(ward, oldVisitor, selfSigned, "-tls1_2", "self.ward8.example");
  },
};

export const soundEncryption: Scene = {
  file: "tls-sound.pcap",
  holds: "openssl s_server and s_client: TLS 1.2 and TLS 1.3 with a certificate of the ward's own authority",
  cast: [tls12, tls13, soundVisitor],
  secrets: [],
  findings: [],
  nearMisses: ["tls-obsolete", "tls-certificate", "high+"],
  proof: [
    ["openssl speaks TLS 1.2", "tls.handshake.type == 2 && tls.handshake.version == 0x0303 && ip.src == 10.20.8.55"],
    ["openssl speaks TLS 1.3", "tls.handshake.type == 2 && tls.handshake.extensions.supported_version == 0x0304"],
  ],
  play: async (ward) => {
    const sound = (name: string) => ({ name, bits: 2048, hash: "sha256", signedBy: "authority" }) as const;
    await startTls(ward, tls12, "-tls1_2", sound("files.ward8.example"));
    await startTls(ward, tls13, "-tls1_3", sound("records.ward8.example"));
    await visit(ward, soundVisitor, tls12, "-tls1_2", "files.ward8.example");
    await visit(ward, soundVisitor, tls13, "-tls1_3", "records.ward8.example");
  },
};
