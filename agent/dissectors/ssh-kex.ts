/** What two ends of an SSH connection offer each other, and what weak protection comes of it. RFC 4253, 7.1; RFC 9142; RFC 8758. */
import { createHash } from "node:crypto";

const KEXINIT = 20;
/** Packet length, padding length, message number, cookie. */
const LISTS_AT = 4 + 1 + 1 + 16;
/** A longer list is no real one, and the offer it stands in is not read: what a flow holds stays small. */
const MAX_LIST = 1024;
/** 6.1: what every implementation must take; nobody's offer is longer. */
const MAX_PACKET = 35_000;
/** A longer offer is stepped over unread: real ones have a third of this, and one is held until the other side's comes. */
const MAX_OFFER = 4096;

/** What one side offers, in its order of preference. */
export interface Offer {
  kex: string[];
  hostKey: string[];
  cipher: [toServer: string[], toClient: string[]];
  mac: [toServer: string[], toClient: string[]];
  compression: [toServer: string[], toClient: string[]];
}

/** Bytes of the packet at the start; 0 while too few are there; -1 when it is no offer. */
export function kexLength(payload: Buffer): number {
  if (payload.length < 6) return 0;
  const length = payload.readUInt32BE(0);
  return length < LISTS_AT - 4 || length > MAX_PACKET || payload[5] !== KEXINIT ? -1 : 4 + length;
}

/** undefined: it isn't one, or was cut. */
export function readOffer(payload: Buffer): Offer | undefined {
  const whole = kexLength(payload);
  if (whole <= 0 || whole > MAX_OFFER) return undefined;
  const lists: string[][] = [];
  for (let at = LISTS_AT; lists.length < 8; ) {
    if (at + 4 > payload.length) return undefined;
    const length = payload.readUInt32BE(at);
    if (length > MAX_LIST || at + 4 + length > payload.length) return undefined;
    lists.push(payload.toString("latin1", at + 4, at + 4 + length).split(","));
    at += 4 + length;
  }
  const [kex, hostKey, cipherToServer, cipherToClient, macToServer, macToClient, packToServer, packToClient] = lists;
  return {
    kex: kex!,
    hostKey: hostKey!,
    cipher: [cipherToServer!, cipherToClient!],
    mac: [macToServer!, macToClient!],
    compression: [packToServer!, packToClient!],
  };
}

/** Key exchanges that RFC 9142 advises against, with 1024 bits or a digest whose collisions can be made. */
const WEAK_KEX = ["diffie-hellman-group1-sha1", "diffie-hellman-group-exchange-sha1", "rsa1024-sha1"];
/** DSA has 1024 bits; "ssh-rsa" signs with SHA-1 (RFC 8332). */
const WEAK_KEYS = ["ssh-dss", "ssh-rsa"];
const WEAK_CIPHERS = [
  "3des-cbc",
  "arcfour",
  "arcfour128",
  "arcfour256",
  "blowfish-cbc",
  "cast128-cbc",
  "des-cbc",
  "des-cbc@ssh.com",
  "idea-cbc",
  "none",
];
const WEAK_MACS = ["hmac-md5", "hmac-md5-96", "hmac-sha1-96", "none"];
/** They prove what they carry themselves: what is agreed on as MAC is not used. RFC 5647. */
const PROVES_ITSELF = /^(?:aes(?:128|256)-gcm|AEAD_AES_|chacha20-poly1305)/;

/** Weak algorithms the two agree on: their first on the client's list that the server has too. Sorted, each once. */
export function weakAgreed(client: Offer, server: Offer): string[] {
  const found = [
    agreed(client.kex, server.kex, WEAK_KEX),
    // A newer name for the same key comes first on the list of whoever knows it.
    agreed(client.hostKey, server.hostKey, WEAK_KEYS),
  ];
  for (const way of [0, 1] as const) {
    const cipher = first(client.cipher[way], server.cipher[way]);
    found.push(weak(cipher, WEAK_CIPHERS));
    if (cipher !== undefined && !PROVES_ITSELF.test(cipher))
      found.push(agreed(client.mac[way], server.mac[way], WEAK_MACS));
  }
  return distinct(found);
}

/** Weak algorithms of a server that has no others to offer for the same purpose: whoever comes gets them or nothing. */
export function weakOnly({ kex, hostKey, cipher, mac }: Offer): string[] {
  const provesItself = cipher[1].some((name) => PROVES_ITSELF.test(name));
  return distinct([
    ...only(kex.filter(isAlgorithm), WEAK_KEX),
    ...only(hostKey, WEAK_KEYS),
    ...only(cipher[1], WEAK_CIPHERS),
    ...(provesItself ? [] : only(mac[1], WEAK_MACS)),
  ]);
}

/** Markers in the list of key exchanges that are no exchange. RFC 8308; OpenSSH's PROTOCOL, 1.10. */
const isAlgorithm = (name: string) => !/^(?:ext-info-[cs]|kex-strict-[cs]-)/.test(name);

function first(client: readonly string[], server: readonly string[]): string | undefined {
  const offered = new Set(server);
  return client.find((name) => isAlgorithm(name) && offered.has(name));
}
const weak = (name: string | undefined, known: readonly string[]) => known.find((other) => other === name);
const agreed = (client: readonly string[], server: readonly string[], known: readonly string[]) =>
  weak(first(client, server), known);
const only = (names: readonly string[], known: readonly string[]) =>
  names.every((name) => known.includes(name)) ? known.filter((name) => names.includes(name)) : [];
const distinct = (names: readonly (string | undefined)[]) =>
  [...new Set(names)].filter((name) => name !== undefined).sort();

/** HASSH of a client, HASSHServer of a server: a digest of what it offers in the direction it sends. */
export function hassh({ kex, cipher, mac, compression }: Offer, isServer: boolean): string {
  const way = isServer ? 1 : 0;
  const lists = [kex, cipher[way], mac[way], compression[way]].map((names) => names.join(","));
  return createHash("md5").update(lists.join(";"), "latin1").digest("hex");
}

/** Which side made an offer, where it says so itself. */
export const saysServer = ({ kex }: Offer): boolean | undefined =>
  kex.some((name) => /^(?:ext-info-c|kex-strict-c-)/.test(name))
    ? false
    : kex.some((name) => /^(?:ext-info-s|kex-strict-s-)/.test(name))
      ? true
      : undefined;
