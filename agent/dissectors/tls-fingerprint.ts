/** Fingerprints of TLS hellos, the same for every connection of one program. JA3 and JA3S as published by Salesforce; JA4 for clients as published by FoxIO. */
import { createHash } from "node:crypto";
import { type ClientHello, highestOffered, isGrease, type ServerHello } from "./tls-hello.ts";

const SERVER_NAME = 0;
const ALPN = 16;
const NO_HASH = "000000000000";
const JA4_VERSIONS: Record<number, string> = { 772: "13", 771: "12", 770: "11", 769: "10", 768: "s3", 2: "s2" };

/** Version, ciphers, extensions, groups, point formats, in decimal. undefined where the system forbids MD5. */
export const ja3 = ({ version, ciphers, extensions, groups, formats }: ClientHello): string | undefined =>
  md5([version, dashed(ciphers), dashed(extensions), dashed(groups), formats.join("-")].join(","));

export const ja3s = ({ legacyVersion, cipher, extensions }: ServerHello): string | undefined =>
  md5([legacyVersion, cipher, extensions.join("-")].join(","));

/** `transport` is "t" for TCP, "q" for QUIC. */
export function ja4(hello: ClientHello, transport: "t" | "q"): string {
  const ciphers = hello.ciphers.filter(isMeant);
  const extensions = hello.extensions.filter(isMeant);
  const version = JA4_VERSIONS[highestOffered(hello)] ?? "00";
  const named = extensions.includes(SERVER_NAME) ? "d" : "i";
  const signatures = hello.signatures.filter(isMeant).map(hex4).join(",");
  const sorted = extensions
    .filter((type) => type !== SERVER_NAME && type !== ALPN)
    .map(hex4)
    .sort()
    .join(",");
  return [
    `${transport}${version}${named}${count(ciphers)}${count(extensions)}${firstAndLast(hello.alpn[0])}`,
    ciphers.length === 0 ? NO_HASH : sha256(ciphers.map(hex4).sort().join(",")),
    extensions.length === 0 ? NO_HASH : sha256(signatures === "" ? sorted : `${sorted}_${signatures}`),
  ].join("_");
}

const isMeant = (value: number) => !isGrease(value);
const dashed = (values: readonly number[]) => values.filter(isMeant).join("-");
const hex4 = (value: number) => value.toString(16).padStart(4, "0");
const count = (values: readonly number[]) => String(Math.min(values.length, 99)).padStart(2, "0");
const sha256 = (text: string) => digest("sha256", text)!.slice(0, 12);
const md5 = (text: string) => digest("md5", text);

/** One program says the same in every connection: its digests are made once. Past the bound they are made anew. */
const MAX_DIGESTS = 4096;
const MAX_KEPT_TEXT = 1024;
const digests = { md5: new Map<string, string>(), sha256: new Map<string, string>() };

/** Hex; undefined where the system forbids the algorithm. */
function digest(algorithm: "md5" | "sha256", text: string): string | undefined {
  const kept = digests[algorithm];
  let found = kept.get(text);
  if (found !== undefined) return found;
  try {
    found = createHash(algorithm).update(text).digest("hex");
  } catch {
    return undefined;
  }
  if (kept.size >= MAX_DIGESTS) kept.clear();
  if (text.length <= MAX_KEPT_TEXT) kept.set(text, found);
  return found;
}

/** Of the first protocol offered; of bytes that are no letter or digit the hex digits. */
function firstAndLast(protocol: string | undefined): string {
  if (protocol === undefined || protocol === "") return "00";
  const last = protocol.at(-1)!;
  if (/^[0-9A-Za-z]{2}$/.test(`${protocol[0]}${last}`)) return `${protocol[0]}${last}`;
  const hex = (letter: string) => letter.charCodeAt(0).toString(16).padStart(2, "0");
  return `${hex(protocol[0]!)[0]}${hex(last)[1]}`;
}
