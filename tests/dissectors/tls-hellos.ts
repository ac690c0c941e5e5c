/** TLS hellos and certificates laid out by their standards, for tests of TLS and QUIC. */
import { bytes, hex, u16, u32 } from "./bytes.ts";

export const u24 = (value: number): Buffer => u32(value).subarray(1);
const list16 = (...values: number[]) => {
  const body = bytes(...values.map(u16));
  return bytes(u16(body.length), body);
};
export const extension = (type: number, ...body: (string | Buffer | number[])[]) => {
  const packed = bytes(...body);
  return bytes(u16(type), u16(packed.length), packed);
};
export const serverName = (name: string) => extension(0, u16(name.length + 3), [0], u16(name.length), name);
export const alpn = (...names: string[]) => {
  const packed = bytes(...names.flatMap((name) => [[name.length], name]));
  return extension(16, u16(packed.length), packed);
};
export const groups = (...values: number[]) => extension(10, list16(...values));
export const formats = (...values: number[]) => extension(11, [values.length], values);
export const signatures = (...values: number[]) => extension(13, list16(...values));
export const versions = (...values: number[]) => extension(43, [values.length * 2], ...values.map(u16));

/** RFC 8446, 4: type, length of three bytes, body. */
export const handshake = (type: number, ...body: (string | Buffer | number[])[]) => {
  const packed = bytes(...body);
  return bytes([type], u24(packed.length), packed);
};

/** 4.1.2: version, random, session id, cipher suites, compression methods, extensions. */
export const clientHello = (version: number, ciphers: number[], ...extensions: Buffer[]) => {
  const packed = bytes(...extensions);
  const tail = extensions.length === 0 ? [] : [u16(packed.length), packed];
  return handshake(1, u16(version), Buffer.alloc(32, 7), [0], list16(...ciphers), [1, 0], ...tail);
};

/** 4.1.3: version, random, session id, cipher suite, compression method, extensions. */
export const serverHello = (version: number, cipher: number, ...extensions: Buffer[]) => {
  const packed = bytes(...extensions);
  const tail = extensions.length === 0 ? [] : [u16(packed.length), packed];
  return handshake(2, u16(version), Buffer.alloc(32, 8), [0], u16(cipher), [0], ...tail);
};

/** RFC 5246, 7.4.2. */
export const certificates = (...chain: Buffer[]) => {
  const packed = bytes(...chain.flatMap((der) => [u24(der.length), der]));
  return handshake(11, u24(packed.length), packed);
};

/** 5.1: type, version, length. */
export const record = (type: number, ...body: Buffer[]) => {
  const packed = bytes(...body);
  return bytes([type, 3, 1], u16(packed.length), packed);
};

/** The browser whose JA4 its publisher gives as an example. */
export const BROWSER = clientHello(
  0x0303,
  [
    0x2a2a, 0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc013, 0xc014, 0x009c, 0x009d,
    0x002f, 0x0035,
  ],
  extension(0xcaca),
  serverName("pacs.ward.example"),
  ...[0x0017, 0xff01].map((type) => extension(type)),
  groups(0x9a9a, 29, 23, 24),
  formats(0),
  extension(0x0023),
  alpn("h2", "http/1.1"),
  extension(0x0005),
  signatures(0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601),
  ...[0x0012, 0x0033, 0x002d].map((type) => extension(type)),
  versions(0x3a3a, 0x0304, 0x0303),
  ...[0x001b, 0x4469].map((type) => extension(type)),
  extension(0x0a0a),
  extension(0x0015),
);
export const BROWSER_JA4 = "13d1516h2_8daaf6152771_e5627efa2ab1";

const der = (tag: number, ...body: (string | Buffer | number[])[]) => {
  const packed = bytes(...body);
  return packed.length < 128 ? bytes([tag, packed.length], packed) : bytes([tag, 0x82], u16(packed.length), packed);
};
const sequence = (...body: Buffer[]) => der(0x30, ...body);
const oid = (packed: string) => der(6, hex(packed));
const part = (type: string, tag: number, value: string | Buffer) => der(0x31, sequence(oid(type), der(tag, value)));
const NAME = "55 04 03";
const ORGANISATION = "55 04 0a";
export const distinguished = (name: string | Buffer, organisation: string, tag = 0x0c) =>
  sequence(part(ORGANISATION, 0x0c, organisation), part(NAME, tag, name));

/** RFC 5280, 4.1: an RSA key of 1024 bits, signed with SHA-1, two DNS names and an address. */
export function certificate(subject: Buffer, issuer = subject): Buffer {
  const algorithm = sequence(oid("2a 86 48 86 f7 0d 01 01 05"), der(5));
  const modulus = bytes([0, 0x80], Buffer.alloc(127, 9));
  const key = sequence(
    sequence(oid("2a 86 48 86 f7 0d 01 01 01"), der(5)),
    der(3, [0], sequence(der(2, modulus), der(2, [1, 0, 1]))),
  );
  const names = sequence(der(0x82, "a.example"), der(0x82, "b.example"), der(0x87, [10, 0, 0, 1]));
  const body = sequence(
    der(0xa0, der(2, [2])),
    der(2, [5]),
    algorithm,
    issuer,
    sequence(der(0x17, "190131235959Z"), der(0x18, "20500101000000Z")),
    subject,
    key,
    der(0xa3, sequence(sequence(oid("55 1d 11"), der(4, names)))),
  );
  return sequence(body, algorithm, der(3, [0], Buffer.alloc(16)));
}
