/** Addresses read straight from a payload's bytes, as the text that evidence carries. Bounds are the caller's. */
import { ipv4Text, ipv6Text, macText, parseIp } from "../decode/addresses.ts";

export const macAt = (bytes: Buffer, at: number): string => macText(bytes.readUInt16BE(at), bytes.readInt32BE(at + 2));

export const ipv4At = (bytes: Buffer, at: number): string => ipv4Text(bytes.readInt32BE(at));

export const ipv6At = (bytes: Buffer, at: number): string =>
  ipv6Text(bytes.readInt32BE(at), bytes.readInt32BE(at + 4), bytes.readInt32BE(at + 8), bytes.readInt32BE(at + 12));

/** True for an address that one device may own: neither a group address nor all zeros. */
export const isDeviceMac = (bytes: Buffer, at: number): boolean =>
  (bytes[at]! & 1) === 0 && (bytes.readUInt16BE(at) !== 0 || bytes.readInt32BE(at + 2) !== 0);

/** Not 0.0.0.0/8, not loopback, not multicast, not reserved or broadcast. */
export const isDeviceIpv4 = (bytes: Buffer, at: number): boolean =>
  bytes[at] !== 0 && bytes[at] !== 127 && bytes[at]! < 224;

/** Whether the 4 or 16 bytes at `at` are the address written in `text`. */
export function isAddress(bytes: Buffer, at: number, length: 4 | 16, text: string): boolean {
  const address = parseIp(text);
  if (address === undefined || (address.version === 4) !== (length === 4)) return false;
  const [w0, w1, w2, w3] = address.words;
  if (bytes.readInt32BE(at + length - 4) !== w3) return false;
  return (
    length === 4 ||
    (bytes.readInt32BE(at) === w0 && bytes.readInt32BE(at + 4) === w1 && bytes.readInt32BE(at + 8) === w2)
  );
}
