/** A QUIC client's first packet opened: its keys come from the packet itself, so that anybody may read it. RFC 9001, 5; RFC 9369, 3. */
import { createCipheriv, createDecipheriv, createHmac } from "node:crypto";

const SAMPLE = 16;
const TAG = 16;
const MAX_CONNECTION_ID = 20;
const MAX_PACKET_NUMBER = 4;

interface Version {
  salt: Buffer;
  /** The two type bits of an Initial packet. */
  initial: number;
  /** How labels of keys begin. */
  label: string;
}

/** RFC 9001, 5.2; RFC 9369, 3.2 and 3.3. */
const VERSIONS: Record<number, Version> = {
  1: { salt: Buffer.from("38762cf7f55934b34d179ae6a4c80cadccbb7f0a", "hex"), initial: 0, label: "quic " },
  1798521807: { salt: Buffer.from("0dede3def700a6db819381be6e269dcbf9bd2ed9", "hex"), initial: 1, label: "quicv2 " },
};

export interface InitialPacket {
  version: number;
  frames: Buffer;
}

/** undefined: not an Initial of a known version; "short": cut; "locked": it doesn't open, so a server sent it or it is none. */
export function openInitial(packet: Buffer): InitialPacket | "short" | "locked" | undefined {
  if (packet.length < 7) return undefined;
  const number = packet.readUInt32BE(1);
  const version = VERSIONS[number];
  if (version === undefined || (packet[0]! & 0xc0) !== 0xc0 || ((packet[0]! >>> 4) & 3) !== version.initial)
    return undefined;
  const idLength = packet[5]!;
  const sourceAt = 6 + idLength;
  if (idLength > MAX_CONNECTION_ID) return undefined;
  if (sourceAt >= packet.length) return "short";
  const tokenAt = sourceAt + 1 + packet[sourceAt]!;
  if (packet[sourceAt]! > MAX_CONNECTION_ID) return undefined;
  const token = integerAt(packet, tokenAt);
  const length = token && integerAt(packet, token.end + token.value);
  if (length === undefined) return "short";
  const at = length.end;
  const end = at + length.value;
  if (end > packet.length || length.value < MAX_PACKET_NUMBER + SAMPLE) return "short";
  const frames = decrypt(packet, at, end, version, packet.subarray(6, sourceAt));
  return frames === undefined ? "locked" : { version: number, frames };
}

/** Bytes of a variable-length integer and where it ends. RFC 9000, 16. Values beyond a packet's size are none. */
export function integerAt(bytes: Buffer, at: number): { value: number; end: number } | undefined {
  if (at >= bytes.length) return undefined;
  const size = 1 << (bytes[at]! >>> 6);
  if (size === 8 || at + size > bytes.length) return undefined;
  const mask = [0x3f, 0x3fff, 0, 0x3fffffff][size - 1]!;
  return { value: bytes.readUIntBE(at, size) & mask, end: at + size };
}

function decrypt(packet: Buffer, at: number, end: number, version: Version, id: Buffer): Buffer | undefined {
  const secret = expand(hmac(version.salt, id), "client in", 32);
  const key = expand(secret, `${version.label}key`, 16);
  const iv = expand(secret, `${version.label}iv`, 12);
  const mask = headerMask(expand(secret, `${version.label}hp`, 16), packet, at + MAX_PACKET_NUMBER);
  // 5.4.1: the head's low bits and the packet number are covered by the mask.
  const first = packet[0]! ^ (mask[0]! & 0x0f);
  const numberLength = (first & 3) + 1;
  const header = Buffer.from(packet.subarray(0, at + numberLength));
  header[0] = first;
  for (let i = 0; i < numberLength; i++) {
    header[at + i]! ^= mask[1 + i]!;
    iv[12 - numberLength + i]! ^= header[at + i]!;
  }
  const decipher = createDecipheriv("aes-128-gcm", key, iv);
  decipher.setAAD(header);
  decipher.setAuthTag(packet.subarray(end - TAG, end));
  try {
    return Buffer.concat([decipher.update(packet.subarray(at + numberLength, end - TAG)), decipher.final()]);
  } catch {
    return undefined;
  }
}

function headerMask(key: Buffer, packet: Buffer, at: number): Buffer {
  return createCipheriv("aes-128-ecb", key, null).update(packet.subarray(at, at + SAMPLE));
}

const hmac = (key: Buffer, data: Buffer) => createHmac("sha256", key).update(data).digest();

/** HKDF-Expand-Label with an empty context and one block of output. RFC 8446, 7.1. */
function expand(secret: Buffer, label: string, length: number): Buffer {
  const full = `tls13 ${label}`;
  const info = Buffer.concat([Buffer.from([0, length, full.length]), Buffer.from(full), Buffer.from([0, 1])]);
  return hmac(secret, info).subarray(0, length);
}
