/** The hellos of TLS: what a client offers and what a server picks. RFC 8446, 4.1 and 4.2; RFC 6066, 3; RFC 7301. */

/** Entries read of each list; no honest hello has more. */
const MAX_LIST = 256;
const RANDOM = 32;
const EXTENSION = { serverName: 0, groups: 10, formats: 11, signatures: 13, alpn: 16, versions: 43 } as const;
/** The random of a HelloRetryRequest. RFC 8446, 4.1.3. */
const RETRY = Buffer.from("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c", "hex");

export interface ClientHello {
  version: number;
  ciphers: number[];
  extensions: number[];
  groups: number[];
  formats: number[];
  signatures: number[];
  /** Versions of the extension, as sent. */
  versions: number[];
  alpn: string[];
  serverName: string | undefined;
}

export interface ServerHello {
  /** As selected: of the extension, else of the message. */
  version: number;
  legacyVersion: number;
  cipher: number;
  extensions: number[];
  alpn: string[];
  isRetry: boolean;
}

/** RFC 8701: values without meaning that keep others honest. */
export const isGrease = (value: number): boolean => (value & 0x0f0f) === 0x0a0a && value >>> 8 === (value & 0xff);

const VERSIONS: Record<number, string> = {
  2: "SSL 2.0",
  768: "SSL 3.0",
  769: "1.0",
  770: "1.1",
  771: "1.2",
  772: "1.3",
};
/** "1.2", "SSL 3.0"; undefined for drafts and numbers nobody assigned. */
export const versionText = (version: number): string | undefined => VERSIONS[version];

/** The highest version a client offers. */
export const highestOffered = ({ version, versions }: ClientHello): number =>
  versions.length === 0 ? version : Math.max(...versions.filter((offered) => !isGrease(offered)), 0);

/** `body` is the message without its four-byte head; undefined when a length lies. */
export function readClientHello(body: Buffer): ClientHello | undefined {
  if (body.length < 2 + RANDOM + 1) return undefined;
  const session = 2 + RANDOM;
  const ciphersAt = session + 1 + body[session]!;
  if (ciphersAt + 2 > body.length) return undefined;
  const methodsAt = ciphersAt + 2 + body.readUInt16BE(ciphersAt);
  if (methodsAt >= body.length) return undefined;
  const hello: ClientHello = {
    version: body.readUInt16BE(0),
    ciphers: words(body, ciphersAt + 2, methodsAt),
    extensions: [],
    groups: [],
    formats: [],
    signatures: [],
    versions: [],
    alpn: [],
    serverName: undefined,
  };
  const sound = eachExtension(body, methodsAt + 1 + body[methodsAt]!, (type, from, to) => {
    hello.extensions.push(type);
    if (type === EXTENSION.serverName) hello.serverName = serverName(body, from, to);
    else if (type === EXTENSION.groups) hello.groups = words(body, from + 2, to);
    else if (type === EXTENSION.signatures) hello.signatures = words(body, from + 2, to);
    else if (type === EXTENSION.versions) hello.versions = words(body, from + 1, to);
    else if (type === EXTENSION.formats)
      hello.formats = [...body.subarray(from + 1, Math.min(to, from + 1 + MAX_LIST))];
    else if (type === EXTENSION.alpn) hello.alpn = protocols(body, from + 2, to);
  });
  return sound ? hello : undefined;
}

export function readServerHello(body: Buffer): ServerHello | undefined {
  const session = 2 + RANDOM;
  if (body.length < session + 1) return undefined;
  const cipherAt = session + 1 + body[session]!;
  if (cipherAt + 3 > body.length) return undefined;
  const version = body.readUInt16BE(0);
  const hello: ServerHello = {
    version,
    legacyVersion: version,
    cipher: body.readUInt16BE(cipherAt),
    extensions: [],
    alpn: [],
    isRetry: body.compare(RETRY, 0, RANDOM, 2, 2 + RANDOM) === 0,
  };
  const sound = eachExtension(body, cipherAt + 3, (type, from, to) => {
    hello.extensions.push(type);
    if (type === EXTENSION.versions && to - from === 2) hello.version = body.readUInt16BE(from);
    else if (type === EXTENSION.alpn) hello.alpn = protocols(body, from + 2, to);
  });
  return sound ? hello : undefined;
}

/** False when a length lies. A hello may end before its extensions, as old ones do. */
function eachExtension(body: Buffer, at: number, take: (type: number, from: number, to: number) => void): boolean {
  if (at === body.length) return true;
  if (at + 2 > body.length) return false;
  const end = at + 2 + body.readUInt16BE(at);
  if (end > body.length) return false;
  let from = at + 2;
  for (let count = 0; count < MAX_LIST && from < end; count++) {
    if (from + 4 > end) return false;
    const to = from + 4 + body.readUInt16BE(from + 2);
    if (to > end) return false;
    take(body.readUInt16BE(from), from + 4, to);
    from = to;
  }
  return true;
}

function words(body: Buffer, from: number, to: number): number[] {
  const found: number[] = [];
  for (let at = from; at + 2 <= to && found.length < MAX_LIST; at += 2) found.push(body.readUInt16BE(at));
  return found;
}

/** The first name of type host_name. */
function serverName(body: Buffer, from: number, to: number): string | undefined {
  if (from + 5 > to || body[from + 2] !== 0) return undefined;
  const end = from + 5 + body.readUInt16BE(from + 3);
  return end > to ? undefined : body.toString("latin1", from + 5, end);
}

function protocols(body: Buffer, from: number, to: number): string[] {
  const found: string[] = [];
  for (let at = from; at < to && found.length < 8; ) {
    const end = at + 1 + body[at]!;
    if (end > to) break;
    found.push(body.toString("latin1", at + 1, end));
    at = end;
  }
  return found;
}
