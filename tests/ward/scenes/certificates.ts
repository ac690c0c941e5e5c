/** Certificates made with openssl for one ward: by the ward's own authority, expired, and signed by nobody but themselves. */
import { join } from "node:path";
import type { Ward } from "../ward.ts";
import { type CastMember, fileFor, folderOf, use } from "./scene.ts";

export interface Certificate {
  readonly certificate: string;
  readonly key: string;
}

export interface CertificateWish {
  readonly name: string;
  /** Bits of the RSA key. */
  readonly bits: number;
  readonly hash: "sha1" | "sha256";
  readonly signedBy: "authority" | "itself";
  /** As openssl writes times: YYYYMMDDHHMMSSZ. Only the authority can choose them; absent: valid now, for two years. */
  readonly valid?: readonly [from: string, until: string];
}

const MAKE = `
cd "$1"; name=$2; bits=$3; hash=$4; signer=$5; from=$6; until=$7
printf '[req]\\ndistinguished_name=dn\\nprompt=no\\n[dn]\\nO=Example Hospital\\nCN=%s\\n' "$name" > req.cnf
openssl req -x509 -config req.cnf -newkey rsa:"$bits" -nodes -"$hash" -days 730 -keyout key.pem -out certificate.pem
[ "$signer" = authority ] || exit 0
openssl req -x509 -newkey rsa:2048 -nodes -sha256 -days 3650 -subj "/O=Example Hospital/CN=Example Hospital CA" -keyout ca.key -out ca.pem
openssl req -new -config req.cnf -key key.pem -out request.pem
: > index.txt
printf 'subjectAltName=DNS:%s\\n' "$name" > extensions.cnf
openssl ca -batch -config "$8" -cert ca.pem -keyfile ca.key -create_serial -md "$hash" -notext -startdate "$from" -enddate "$until" -extfile extensions.cnf -in request.pem -out certificate.pem
`;

/** Makes one in the host's folder, on that host. */
export async function makeCertificate(ward: Ward, member: CastMember, wish: CertificateWish): Promise<Certificate> {
  const folder = folderOf(ward, member, "tls");
  const authority = fileFor(ward, member, "ca.cnf", [
    "[ca]",
    "default_ca = ward",
    "[ward]",
    `database = ${join(folder, "index.txt")}`,
    `new_certs_dir = ${folder}`,
    `serial = ${join(folder, "serial")}`,
    "policy = any",
    "[any]",
    "organizationName = optional",
    "commonName = supplied",
  ]);
  const [from, until] = wish.valid ?? [openssl(-1), openssl(729)];
  const words = [folder, wish.name, String(wish.bits), wish.hash, wish.signedBy, from, until, authority];
  await use(ward, member, {}, "/bin/sh", ["-euc", MAKE, "make", ...words]);
  return { certificate: join(folder, "certificate.pem"), key: join(folder, "key.pem") };
}

const DAY_MS = 86_400_000;
const openssl = (days: number) =>
  `${new Date(Date.now() + days * DAY_MS).toISOString().replace(/\D/g, "").slice(0, 14)}Z`;
