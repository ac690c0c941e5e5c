/** TLS 1.3 hellos and records for the mixed capture, shaped as browsers and servers send them. RFC 8446. */
import type { Random } from "./random.ts";

const MAX_RECORD = 16_384;
const TYPE = { changeCipher: 20, handshake: 22, data: 23 } as const;

const u16 = (value: number) => Buffer.from([value >> 8, value & 255]);
const sized = (body: Buffer) => Buffer.concat([u16(body.length), body]);
const list = (values: readonly number[]) => Buffer.concat(values.map(u16));
const extension = (type: number, body: Buffer) => Buffer.concat([u16(type), sized(body)]);
const record = (type: number, version: number, body: Buffer) =>
  Buffer.concat([Buffer.from([type]), u16(version), sized(body)]);
const handshake = (type: number, body: Buffer) => Buffer.concat([Buffer.from([type, 0]), sized(body)]);

const CIPHERS = [
  0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc013, 0xc014, 0x9c, 0x9d, 0x2f, 0x35,
];
const GROUPS = [0x001d, 0x0017, 0x0018];
const SIGNATURES = [0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601];

export function clientHello(random: Random, serverName: string): Buffer {
  const name = Buffer.from(serverName);
  const extensions = Buffer.concat([
    extension(0, sized(Buffer.concat([Buffer.from([0]), sized(name)]))),
    extension(23, Buffer.alloc(0)),
    extension(10, sized(list(GROUPS))),
    extension(11, Buffer.from([1, 0])),
    extension(16, sized(Buffer.from("\x02h2\x08http/1.1"))),
    extension(13, sized(list(SIGNATURES))),
    extension(51, sized(Buffer.concat([u16(0x001d), sized(random.bytes(32))]))),
    extension(43, Buffer.from([4, 3, 4, 3, 3])),
  ]);
  const body = Buffer.concat([
    u16(0x0303),
    random.bytes(32),
    Buffer.from([32]),
    random.bytes(32),
    sized(list(CIPHERS)),
    Buffer.from([1, 0]),
    sized(extensions),
  ]);
  return record(TYPE.handshake, 0x0301, handshake(1, body));
}

export function serverHello(random: Random): Buffer {
  const extensions = Buffer.concat([
    extension(51, Buffer.concat([u16(0x001d), sized(random.bytes(32))])),
    extension(43, u16(0x0304)),
  ]);
  const body = Buffer.concat([
    u16(0x0303),
    random.bytes(32),
    Buffer.from([32]),
    random.bytes(32),
    u16(0x1301),
    Buffer.from([0]),
    sized(extensions),
  ]);
  return Buffer.concat([
    record(TYPE.handshake, 0x0303, handshake(2, body)),
    record(TYPE.changeCipher, 0x0303, Buffer.from([1])),
  ]);
}

/** Application data, cut into records. */
export function tlsRecords(bytes: Buffer): Buffer {
  const records: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += MAX_RECORD)
    records.push(record(TYPE.data, 0x0303, bytes.subarray(at, at + MAX_RECORD)));
  return Buffer.concat(records);
}
