/** Hellos in the format of SSL 2.0, which old clients also used to offer later versions. SSL 2.0 draft 02; RFC 6101, E. */
import { versionText } from "./tls-hello.ts";
import { readCertificate } from "./x509.ts";

const CLIENT_HELLO = 1;
const SERVER_HELLO = 4;
const SSL2 = 2;
const HEAD = 2;
const CLIENT_FIXED = 11;
const SERVER_FIXED = 13;
const X509 = 1;

interface Ssl2Read {
  from: "client" | "server";
  said: [attribute: string, value: string][];
  version: string | undefined;
  done: boolean;
}

/** A two-byte length with its high bit, the message type, and version 2 or 3.x, as far as the bytes go. */
export function isSsl2Hello(payload: Buffer): boolean {
  if ((payload[0]! & 0xfe) !== 0x80 || (payload.length > 2 && payload[2] !== CLIENT_HELLO)) return false;
  if (payload.length < 5) return true;
  const version = payload.readUInt16BE(3);
  return version === SSL2 || (version >= 0x0300 && version <= 0x0304);
}

export const isSsl2ServerHello = (payload: Buffer): boolean =>
  (payload[0]! & 0x80) !== 0 &&
  (payload.length < 3 || payload[2] === SERVER_HELLO) &&
  (payload.length < 7 || payload.readUInt16BE(5) === SSL2);

export const ssl2Length = (payload: Buffer): number =>
  payload.length < HEAD ? 0 : HEAD + (payload.readUInt16BE(0) & 0x7fff);

/** undefined when cut short, or when its lengths don't add up. */
export function readSsl2(payload: Buffer): Ssl2Read | undefined {
  const end = ssl2Length(payload);
  if (end === 0 || end > payload.length || payload.length < CLIENT_FIXED) return undefined;
  if (payload[2] === CLIENT_HELLO) {
    const lists = payload.readUInt16BE(5) + payload.readUInt16BE(7) + payload.readUInt16BE(9);
    if (CLIENT_FIXED + lists !== end || payload.readUInt16BE(5) % 3 !== 0) return undefined;
    const offered = versionText(payload.readUInt16BE(3));
    const said: Ssl2Read["said"] = [["tls.hello", "SSL 2.0"]];
    if (offered !== undefined) said.push(["tls.offered", offered]);
    return { from: "client", said, version: undefined, done: false };
  }
  if (end < SERVER_FIXED) return undefined;
  const certificate = SERVER_FIXED + payload.readUInt16BE(7);
  const said =
    payload[4] === X509 && certificate <= end ? readCertificate(payload.subarray(SERVER_FIXED, certificate)) : [];
  return { from: "server", said: said ?? [], version: versionText(SSL2), done: true };
}
