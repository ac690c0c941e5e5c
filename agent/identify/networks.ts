/** Inside and outside: which addresses belong to the hospital's own networks. */
import { isIP } from "node:net";
import { parseIp } from "../decode/addresses.ts";

/** Private, unique local, link-local and shared (carrier) address space: RFC 1918, 4193, 3927, 4291, 6598. */
export const DEFAULT_INSIDE = [
  "10.0.0.0/8",
  "172.16.0.0/12",
  "192.168.0.0/16",
  "169.254.0.0/16",
  "100.64.0.0/10",
  "fc00::/7",
  "fe80::/10",
] as const;

export interface Prefix {
  version: 4 | 6;
  words: readonly number[];
  bits: number;
}

export interface Networks {
  isInside(ip: string): boolean;
}

/** Throws with a plain sentence when a prefix can't be read. */
export function createNetworks(inside: readonly string[] = DEFAULT_INSIDE): Networks {
  const prefixes = inside.map(parsePrefix);
  const cache = new Map<string, boolean>();
  return {
    isInside(ip) {
      const known = cache.get(ip);
      if (known !== undefined) return known;
      const address = parseIp(ip);
      const answer = address !== undefined && prefixes.some((prefix) => contains(prefix, address));
      if (cache.size > 65_536) cache.clear();
      cache.set(ip, answer);
      return answer;
    },
  };
}

/** Throws with a plain sentence when it can't be read. A bare address stands for itself. */
export function parsePrefix(text: string): Prefix {
  const [ip = "", bitsText] = text.split("/");
  const address = parseIp(ip);
  const version = isIP(ip);
  const bits = bitsText === undefined ? (version === 4 ? 32 : 128) : Number(bitsText || "none");
  if (address === undefined || !Number.isInteger(bits) || bits < 0 || bits > (version === 4 ? 32 : 128)) {
    throw new Error(`"${text}" is not a network prefix such as 10.20.0.0/16`);
  }
  return { version: version as 4 | 6, words: address.words, bits: version === 4 ? bits + 96 : bits };
}

function contains(prefix: Prefix, address: { version: 4 | 6; words: readonly number[] }): boolean {
  if (prefix.version !== address.version) return false;
  for (let word = 0; word < 4; word++) {
    const bits = Math.min(32, Math.max(0, prefix.bits - word * 32));
    if (prefix.version === 4 && word < 3) continue;
    if (bits === 0) break;
    const mask = bits === 32 ? -1 : ~(-1 >>> bits);
    if (((prefix.words[word]! ^ address.words[word]!) & mask) !== 0) return false;
  }
  return true;
}

/** False for text that is no address. */
export function isInPrefix(ip: string, prefix: Prefix): boolean {
  const address = parseIp(ip);
  return address !== undefined && contains(prefix, address);
}

/** Addresses that never name a device: unspecified, loopback, multicast, broadcast. */
export function isDeviceAddress(ip: string): boolean {
  const address = parseIp(ip);
  if (address === undefined) return false;
  const [w0, w1, w2, w3] = address.words as [number, number, number, number];
  if (address.version === 4) {
    const first = w3 >>> 24;
    return first !== 0 && first !== 127 && first < 224;
  }
  if (w0 >>> 24 === 0xff) return false;
  return !(w0 === 0 && w1 === 0 && w2 === 0 && (w3 === 0 || w3 === 1));
}

/** A host that talks to itself: no device, but what it says may still be a finding. */
export const isLoopback = (ip: string): boolean => ip.startsWith("127.") || ip === "::1";
