/** NTLM messages for tests, laid out as [MS-NLMP] 2.2.1 draws them. */
import { hex } from "./bytes.ts";

const SIGNATURE = Buffer.from("NTLMSSP\0", "latin1");
export const wide = (text: string): Buffer => Buffer.from(text, "utf16le");
const u16le = (value: number) => Buffer.from([value & 255, value >>> 8]);
const u32le = (value: number) => {
  const out = Buffer.alloc(4);
  out.writeUInt32LE(value >>> 0);
  return out;
};
/** Length, allocated length, offset. */
const field = (length: number, offset: number) => Buffer.concat([u16le(length), u16le(length), u32le(offset)]);
const pair = (id: number, value: Buffer) => Buffer.concat([u16le(id), u16le(value.length), value]);

export function negotiate(): Buffer {
  return Buffer.concat([
    SIGNATURE,
    u32le(1),
    u32le(0xe2088297 & ~0x3000),
    field(0, 0),
    field(0, 0),
    hex("06 01 b1 1d 00 00 00 0f"), // 6.1 build 7601
  ]);
}

export function challenge(parts: { computer: string; domain: string; dns: string; version?: string }): Buffer {
  const target = wide(parts.domain);
  const info = Buffer.concat([
    pair(2, wide(parts.domain)),
    pair(1, wide(parts.computer)),
    pair(3, wide(parts.dns)),
    pair(7, Buffer.alloc(8, 1)),
    pair(0, Buffer.alloc(0)),
  ]);
  return Buffer.concat([
    SIGNATURE,
    u32le(2),
    field(target.length, 56),
    u32le(0xe28a8215),
    Buffer.alloc(8, 0x11), // challenge
    Buffer.alloc(8),
    field(info.length, 56 + target.length),
    hex(parts.version ?? "06 01 b1 1d 00 00 00 0f"),
    target,
    info,
  ]);
}

export interface AuthenticateParts {
  user?: string;
  domain?: string;
  workstation?: string;
  nt?: number;
  lm?: number;
  flags?: number;
  fill?: number;
}

export function authenticate(parts: AuthenticateParts): Buffer {
  const payloads = [
    Buffer.alloc(parts.lm ?? 0, parts.fill ?? 0x22),
    Buffer.alloc(parts.nt ?? 0, parts.fill ?? 0x33),
    wide(parts.domain ?? "HOSPITAL"),
    wide(parts.user ?? "somebody"),
    wide(parts.workstation ?? "PC-1"),
    Buffer.alloc(0),
  ];
  let offset = 72;
  const fields = payloads.map((payload) => {
    const at = offset;
    offset += payload.length;
    return field(payload.length, at);
  });
  return Buffer.concat([
    SIGNATURE,
    u32le(3),
    ...fields,
    u32le(parts.flags ?? 0x82000201),
    hex("06 01 b1 1d 00 00 00 0f"),
    ...payloads,
  ]);
}
