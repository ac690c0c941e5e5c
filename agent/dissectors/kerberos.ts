/** Kerberos: who serves a realm, which machines log on, and how weakly tickets are sealed. RFC 4120 5, 7.2. */
import { type Element, elementAt, expectAt, integerOf, TAG } from "./ber.ts";
import { berMessageLength, member, memberNumber } from "./ber-message.ts";
import { defineDissector, type Evidence, type Malformed, malformed } from "./dissector.ts";
import { keepName } from "./self-given.ts";

/** 5.10: application tags. */
const AS_REQ = 0x6a;
const AS_REP = 0x6b;
const TGS_REQ = 0x6c;
const TGS_REP = 0x6d;
const KRB_ERROR = 0x7e;
const TAGS = [AS_REQ, AS_REP, TGS_REQ, TGS_REP, KRB_ERROR];
const VERSION = 5;
const GENERAL_STRING = 0x1b;
/** 7.5.3: an address that is a NetBIOS name. */
const ADDRESS_NETBIOS = 20;
/** Addresses of one request that are stepped over. */
const MAX_ADDRESSES = 16;
/** RFC 6649, RFC 8429: single DES and RC4 are no longer to be used. */
const WEAK_TYPES = new Map([
  [1, "des-cbc-crc"],
  [3, "des-cbc-md5"],
  [23, "rc4-hmac"],
  [24, "rc4-hmac-exp"],
]);
/** A message of more is no Kerberos: the length before it is believed up to here. */
const MAX_TCP_LENGTH = 0x100000;
/** A NetBIOS name, and so a machine account's, has at most 15 letters. */
const MACHINE_ACCOUNT = /^([A-Za-z0-9][A-Za-z0-9-]{0,14})\$$/;

/** Outer length, and the sequence's inside it: never the longer form. */
const LENGTHS = ["?? 30 ??", "81 ?? 30 ??", "81 ?? 30 81 ??", "82 ?? ?? 30 81 ??", "82 ?? ?? 30 82 ?? ??"];

interface KerberosMessage {
  response: boolean;
  realm: string | undefined;
  /** The client's name, where it logs on as a machine. */
  machine: string | undefined;
  netbios: string | undefined;
  /** How the ticket or the reply is sealed, when weakly. */
  weak: string | undefined;
}

export default defineDissector<KerberosMessage>({
  protocol: "kerberos",
  over: ["tcp", "udp"],
  recognise: TAGS.flatMap((tag) => patternsOf(tag.toString(16))),
  hints: { tcp: [88], udp: [88] },
  messageLength(payload) {
    if (payload.length < 5) return 0;
    const length = payload.readUInt32BE(0);
    if (length > MAX_TCP_LENGTH || !TAGS.includes(payload[4]!)) return -1;
    const inner = berMessageLength(payload.subarray(4), payload[4]!);
    return inner === 0 || inner === length ? 4 + length : -1;
  },
  dissect(payload, flow): KerberosMessage | Malformed | undefined {
    const at = flow.transport === "tcp" ? 4 : 0;
    const tag = payload[at];
    if (tag === undefined || !TAGS.includes(tag)) return undefined;
    const outer = elementAt(payload, at, payload.length);
    if (outer === undefined) return flow.cut ? undefined : malformed("message cut short");
    const body = expectAt(payload, outer.from, outer.end, TAG.sequence);
    if (body === undefined) return undefined;
    // Requests number their version 1, answers 0.
    const first = tag === AS_REQ || tag === TGS_REQ ? 1 : 0;
    if (memberNumber(payload, body, first) !== VERSION) return undefined;
    return read(payload, body, tag);
  },
  evidence: kerberosEvidence,
  server: ({ response }) => (response ? "sender" : "receiver"),
});

function patternsOf(tag: string) {
  const version = tag === "6a" || tag === "6c" ? "a1 03 02 01 05" : "a0 03 02 01 05";
  // Datagrams begin with the tag; over TCP its length stands before it.
  return ["", "00 ?? ?? ?? "].flatMap((lead) =>
    LENGTHS.map((length) => ({ at: 0, bytes: `${lead}${tag} ${length} ${version}` })),
  );
}

function read(bytes: Buffer, body: Element, tag: number): KerberosMessage {
  const message: KerberosMessage = {
    response: tag !== AS_REQ && tag !== TGS_REQ,
    realm: undefined,
    machine: undefined,
    netbios: undefined,
    weak: undefined,
  };
  if (tag === AS_REQ || tag === TGS_REQ) {
    const request = member(bytes, body, 4);
    if (request === undefined) return message;
    message.realm = text(bytes, member(bytes, request, 2));
    // Only at log-on does the client name itself; a name of a user is left unread.
    if (tag === AS_REQ) message.machine = machineOf(bytes, member(bytes, request, 1));
    message.netbios = netbiosOf(bytes, member(bytes, request, 9));
  } else if (tag === KRB_ERROR) {
    message.realm = text(bytes, member(bytes, body, 9));
  } else {
    message.realm = text(bytes, member(bytes, body, 3));
    message.machine = machineOf(bytes, member(bytes, body, 4));
    message.weak = weakTypeOf(bytes, member(bytes, body, 6));
  }
  return message;
}

/** 5.2.2: realms are ASCII; anything else is no realm. */
function text(bytes: Buffer, element: Element | undefined): string | undefined {
  if (element === undefined || element.tag !== GENERAL_STRING) return undefined;
  const realm = keepName(bytes.subarray(element.from, element.end));
  return realm !== undefined && /^[\w.-]+$/.test(realm) ? realm : undefined;
}

/** PrincipalName (5.2.2) of one part that ends in "$": an account of a machine. */
function machineOf(bytes: Buffer, name: Element | undefined): string | undefined {
  const parts = name && member(bytes, name, 1);
  const part = parts && expectAt(bytes, parts.from, parts.end, GENERAL_STRING);
  if (parts === undefined || part === undefined || part.end !== parts.end || part.end - part.from > 16)
    return undefined;
  if (bytes[part.end - 1] !== 0x24) return undefined;
  const machine = MACHINE_ACCOUNT.exec(bytes.toString("latin1", part.from, part.end))?.[1];
  return machine === undefined ? undefined : keepName(machine.toUpperCase());
}

/** HostAddresses (5.2.5). */
function netbiosOf(bytes: Buffer, addresses: Element | undefined): string | undefined {
  if (addresses === undefined) return undefined;
  for (let at = addresses.from, count = 0; at < addresses.end && count < MAX_ADDRESSES; count++) {
    const address = expectAt(bytes, at, addresses.end, TAG.sequence);
    if (address === undefined) return undefined;
    at = address.end;
    const value = member(bytes, address, 1);
    if (memberNumber(bytes, address, 0) !== ADDRESS_NETBIOS || value === undefined) continue;
    // The sixteenth byte is the name's type.
    return keepName(bytes.subarray(value.from, Math.min(value.end, value.from + 15)));
  }
  return undefined;
}

/** EncryptedData (5.2.9). */
function weakTypeOf(bytes: Buffer, sealed: Element | undefined): string | undefined {
  const type = sealed && member(bytes, sealed, 0);
  return type === undefined ? undefined : WEAK_TYPES.get(integerOf(bytes, type) ?? -1);
}

function kerberosEvidence({ response, realm, machine, netbios, weak }: KerberosMessage): Evidence[] {
  const found: Evidence[] = [];
  const add = (attribute: string, value: string | undefined, about: "sender" | "receiver" = "sender") => {
    if (value !== undefined) found.push({ about, attribute, value });
  };
  if (response) add("wardtap.role", "kerberos-server");
  add("kerberos.realm", realm);
  add("kerberos.addr_nb", netbios);
  add("kerberos.machine", machine, response ? "receiver" : "sender");
  add("kerberos.etype.weak", weak);
  return found;
}
