/** A certificate's names, dates, key and signature, read without checking any of it. RFC 5280, 4.1; X.690. */
import { keepName } from "./self-given.ts";

const TAG = {
  integer: 2,
  bits: 3,
  octets: 4,
  oid: 6,
  utc: 0x17,
  generalized: 0x18,
  bmp: 0x1e,
  sequence: 0x30,
  set: 0x31,
};
const VERSION = 0xa0;
const EXTENSIONS = 0xa3;
const DNS_NAME = 0x82;
const OID = { name: "2.5.4.3", organisation: "2.5.4.10", alternative: "2.5.29.17", rsa: "1.2.840.113549.1.1.1" };
/** Parts looked at of one name or list; the rest is stepped over. */
const MAX_PARTS = 64;
const MAX_ALTERNATIVES = 1000;
const MAX_OID = 24;

const ALGORITHMS: Record<string, string> = {
  "1.2.840.113549.1.1.1": "rsa",
  "1.2.840.113549.1.1.4": "md5WithRSAEncryption",
  "1.2.840.113549.1.1.5": "sha1WithRSAEncryption",
  "1.2.840.113549.1.1.10": "rsassaPss",
  "1.2.840.113549.1.1.11": "sha256WithRSAEncryption",
  "1.2.840.113549.1.1.12": "sha384WithRSAEncryption",
  "1.2.840.113549.1.1.13": "sha512WithRSAEncryption",
  "1.2.840.10040.4.1": "dsa",
  "1.2.840.10040.4.3": "dsaWithSHA1",
  "1.2.840.10045.2.1": "ec",
  "1.2.840.10045.3.1.7": "secp256r1",
  "1.2.840.10045.4.1": "ecdsaWithSHA1",
  "1.2.840.10045.4.3.2": "ecdsaWithSHA256",
  "1.2.840.10045.4.3.3": "ecdsaWithSHA384",
  "1.3.132.0.34": "secp384r1",
  "1.3.132.0.35": "secp521r1",
  "1.3.101.112": "ed25519",
};

interface Element {
  tag: number;
  /** Where its head, its content and its end are. */
  head: number;
  from: number;
  to: number;
}

/** What may be told of a certificate, by attribute; undefined when these bytes are none. */
export function readCertificate(der: Buffer): [attribute: string, value: string][] | undefined {
  const whole = element(der, 0, der.length, TAG.sequence);
  const body = whole && element(der, whole.from, whole.to, TAG.sequence);
  if (body === undefined) return undefined;
  let parts = children(der, body);
  if (parts[0]?.tag === VERSION) parts = parts.slice(1);
  const [, algorithm, issuer, validity, subject, key] = parts;
  if (algorithm === undefined || issuer === undefined || validity === undefined) return undefined;
  if (subject === undefined || key === undefined) return undefined;
  const said: [string, string][] = [];
  const add = (attribute: string, value: string | undefined) => {
    if (value !== undefined) said.push([`x509.${attribute}`, value]);
  };
  add("subject.cn", nameOf(der, subject, OID.name));
  add("subject.o", nameOf(der, subject, OID.organisation));
  add("issuer.cn", nameOf(der, issuer, OID.name));
  add("issuer.o", nameOf(der, issuer, OID.organisation));
  const [notBefore, notAfter] = children(der, validity);
  add("not_before", timeOf(der, notBefore));
  add("not_after", timeOf(der, notAfter));
  add("key", keyOf(der, key));
  add("signature", algorithmOf(der, children(der, algorithm)[0]));
  const own = der.subarray(issuer.head, issuer.to).equals(der.subarray(subject.head, subject.to));
  if (own && subject.to > subject.from) add("self_signed", "true");
  const extensions = parts.find(({ tag }) => tag === EXTENSIONS);
  if (extensions !== undefined) add("san.count", alternatives(der, extensions));
  return said;
}

/** X.690, 8.1: identifier of one byte, definite length. */
function element(der: Buffer, at: number, end: number, tag?: number): Element | undefined {
  if (at + 2 > end) return undefined;
  const short = der[at + 1]!;
  const bytes = short < 0x80 ? 0 : short & 0x7f;
  if (bytes > 3 || short === 0x80 || at + 2 + bytes > end) return undefined;
  const from = at + 2 + bytes;
  const to = from + (bytes === 0 ? short : der.readUIntBE(at + 2, bytes));
  if (to > end || (tag !== undefined && der[at] !== tag)) return undefined;
  return { tag: der[at]!, head: at, from, to };
}

function children(der: Buffer, parent: Element | undefined, most = MAX_PARTS): Element[] {
  const found: Element[] = [];
  for (let at = parent?.from ?? 0; parent !== undefined && at < parent.to && found.length < most; ) {
    const child = element(der, at, parent.to);
    if (child === undefined) break;
    found.push(child);
    at = child.to;
  }
  return found;
}

/** The last such part is the most specific. A mail address is a person's. */
function nameOf(der: Buffer, name: Element, oid: string): string | undefined {
  let found: string | undefined;
  for (const set of children(der, name)) {
    const [type, value] = children(der, children(der, set)[0]);
    if (type === undefined || value === undefined || oidOf(der, type) !== oid) continue;
    found = textOf(der, value);
  }
  return found === undefined || found.includes("@") ? undefined : keepName(found);
}

function textOf(der: Buffer, { tag, from, to }: Element): string {
  const raw = der.subarray(from, Math.min(to, from + 512));
  if (tag !== TAG.bmp) return raw.toString("utf8");
  return Buffer.from(raw.subarray(0, raw.length & ~1))
    .swap16()
    .toString("utf16le");
}

/** UTCTime has two digits of the year (RFC 5280, 4.1.2.5.1). */
function timeOf(der: Buffer, time: Element | undefined): string | undefined {
  if (time === undefined || (time.tag !== TAG.utc && time.tag !== TAG.generalized)) return undefined;
  const text = der.toString("latin1", time.from, Math.min(time.to, time.from + 20));
  const digits = /^(\d{2}|\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(?:\d{2})?(?:Z|[+-]\d{4})$/.exec(text);
  if (digits === null) return undefined;
  const [, y, month, day, hour, minute] = digits as unknown as string[];
  const year = y!.length === 4 ? y : `${Number(y) < 50 ? "20" : "19"}${y}`;
  return `${year}-${month}-${day}T${hour}:${minute}Z`;
}

function keyOf(der: Buffer, key: Element): string | undefined {
  const [algorithm, bits] = children(der, key);
  const [type, parameter] = children(der, algorithm);
  const name = algorithmOf(der, type);
  if (type === undefined || bits === undefined) return name;
  if (oidOf(der, type) === OID.rsa) {
    // The bit string begins with how many bits are unused, then holds modulus and exponent.
    const modulus = children(der, element(der, bits.from + 1, bits.to, TAG.sequence))[0];
    if (modulus === undefined) return "rsa";
    const sign = der[modulus.from] === 0 ? 1 : 0;
    const length = modulus.to - modulus.from - sign;
    const first = der[modulus.from + sign] ?? 0;
    return `rsa ${length === 0 ? 0 : length * 8 - (Math.clz32(first) - 24)}`;
  }
  const curve = parameter?.tag === TAG.oid ? algorithmOf(der, parameter) : undefined;
  return curve === undefined ? name : `${name} ${curve}`;
}

const algorithmOf = (der: Buffer, type: Element | undefined): string | undefined => {
  const oid = type === undefined ? undefined : oidOf(der, type);
  return oid === undefined ? undefined : (ALGORITHMS[oid] ?? oid);
};

function alternatives(der: Buffer, extensions: Element): string | undefined {
  for (const extension of children(der, element(der, extensions.from, extensions.to, TAG.sequence))) {
    const parts = children(der, extension);
    if (parts[0] === undefined || oidOf(der, parts[0]) !== OID.alternative) continue;
    const value = parts.find(({ tag }) => tag === TAG.octets);
    const names = value && element(der, value.from, value.to, TAG.sequence);
    return String(children(der, names, MAX_ALTERNATIVES).filter(({ tag }) => tag === DNS_NAME).length);
  }
  return undefined;
}

/** 8.19: the first number holds two; the others seven bits a byte. */
function oidOf(der: Buffer, { tag, from, to }: Element): string | undefined {
  if (tag !== TAG.oid || to - from > MAX_OID || to === from) return undefined;
  const numbers: number[] = [];
  let number = 0;
  for (let at = from; at < to; at++) {
    number = number * 128 + (der[at]! & 0x7f);
    if ((der[at]! & 0x80) !== 0) continue;
    if (numbers.length === 0) {
      const first = Math.min(Math.floor(number / 40), 2);
      numbers.push(first, number - first * 40);
    } else numbers.push(number);
    number = 0;
  }
  return numbers.join(".");
}
