/** NTLM messages inside SMB, HTTP, LDAP, RPC, SMTP and TDS: which computer, domain and Windows build. [MS-NLMP] 2.2.1. */
import type { Evidence, Subject } from "./dissector.ts";
import { keepName } from "./self-given.ts";
import { utf16At } from "./utf16.ts";

const SIGNATURE = Buffer.from("NTLMSSP\0", "latin1");
/** How far into a payload the signature is looked for, past SPNEGO's wrapping (RFC 4178). */
const MAX_LEAD = 4096;
const MAX_NAME = 255;
/** Pairs of a challenge's target information that are stepped over. */
const MAX_AV_PAIRS = 16;

const FLAG_UNICODE = 0x00000001;
const FLAG_ANONYMOUS = 0x00000800;
const FLAG_WORKSTATION_SUPPLIED = 0x00002000;
const FLAG_EXTENDED_SESSION_SECURITY = 0x00080000;
const FLAG_VERSION = 0x02000000;

/** What one message tells of the computer that sent it. The user's name and the responses are never read. */
export interface Ntlmssp {
  type: "negotiate" | "challenge" | "authenticate";
  /** "10.0.17763": major, minor, build. */
  version?: string;
  computer?: string;
  domain?: string;
  dnsComputer?: string;
  dnsDomain?: string;
  forest?: string;
  /** How the client answered: NTLMv1, v1 with extended session security, NTLMv2, or as nobody. */
  response?: "v1" | "v1-ess" | "v2" | "anonymous";
}

/**
 * The NTLM message in `bytes`, which may stand inside SPNEGO. undefined: there is none. Never throws;
 * what lies outside the bytes is left out.
 */
export function readNtlmssp(bytes: Buffer): Ntlmssp | undefined {
  const lead = bytes.subarray(0, MAX_LEAD).indexOf(SIGNATURE);
  if (lead < 0) return undefined;
  const message = bytes.subarray(lead);
  if (message.length < 12) return undefined;
  switch (message.readUInt32LE(8)) {
    case 1:
      return negotiate(message);
    case 2:
      return challenge(message);
    case 3:
      return authenticate(message);
    default:
      return undefined;
  }
}

/** Evidence of a message; `about` is who sent it. */
export function ntlmsspEvidence(message: Ntlmssp, about: Subject = "sender"): Evidence[] {
  const { type, response } = message;
  const found: Evidence[] = [];
  const add = (attribute: string, value: string | undefined) => {
    if (value !== undefined) found.push({ about, attribute, value });
  };
  if (type === "challenge") {
    add("ntlmssp.version", message.version);
    add("ntlmssp.challenge.target_info.nb_computer_name", message.computer);
    add("ntlmssp.challenge.target_info.nb_domain_name", message.domain);
    add("ntlmssp.challenge.target_info.dns_computer_name", message.dnsComputer);
    add("ntlmssp.challenge.target_info.dns_domain_name", message.dnsDomain);
    add("ntlmssp.challenge.target_info.dns_tree_name", message.forest);
  } else {
    add("ntlmssp.version.client", message.version);
    add(type === "negotiate" ? "ntlmssp.negotiate.callingworkstation" : "ntlmssp.auth.hostname", message.computer);
    add("ntlmssp.auth.response", response);
    if (response === "anonymous") add("wardtap.login.anonymous", "ntlm");
  }
  return found;
}

function negotiate(message: Buffer): Ntlmssp {
  const flags = message.length >= 16 ? message.readUInt32LE(12) : 0;
  const found: Ntlmssp = { type: "negotiate" };
  set(found, "version", versionAt(message, 32, flags));
  // 2.2.1.1: names in this message are always in the OEM character set.
  if ((flags & FLAG_WORKSTATION_SUPPLIED) !== 0) set(found, "computer", nameAt(message, 24, false));
  return found;
}

function challenge(message: Buffer): Ntlmssp {
  const flags = message.length >= 24 ? message.readUInt32LE(20) : 0;
  const found: Ntlmssp = { type: "challenge" };
  set(found, "version", versionAt(message, 48, flags));
  const info = fieldAt(message, 40);
  if (info === undefined) return found;
  for (let at = 0, pairs = 0; at + 4 <= info.length && pairs < MAX_AV_PAIRS; pairs++) {
    const id = info.readUInt16LE(at);
    const length = info.readUInt16LE(at + 2);
    const name = AV_NAMES[id];
    if (id === 0 || at + 4 + length > info.length) break;
    if (name !== undefined) set(found, name, keepName(utf16At(info, at + 4, length), MAX_NAME));
    at += 4 + length;
  }
  return found;
}

/** 2.2.2.1: AV_PAIR ids that name computers and domains. */
const AV_NAMES: Record<number, "computer" | "domain" | "dnsComputer" | "dnsDomain" | "forest"> = {
  1: "computer",
  2: "domain",
  3: "dnsComputer",
  4: "dnsDomain",
  5: "forest",
};

function authenticate(message: Buffer): Ntlmssp {
  const flags = message.length >= 64 ? message.readUInt32LE(60) : 0;
  const found: Ntlmssp = { type: "authenticate" };
  // An old client's message has no flags: its payload begins there (2.2.1.3, behaviour notes).
  const hasVersion = firstOffset(message) >= 72;
  if (hasVersion) set(found, "version", versionAt(message, 64, flags));
  set(found, "computer", nameAt(message, 44, (flags & FLAG_UNICODE) !== 0));
  if (message.length >= 44) {
    const lm = message.readUInt16LE(12);
    const nt = message.readUInt16LE(20);
    const user = message.readUInt16LE(36);
    if (nt === 0 && (user === 0 || (flags & FLAG_ANONYMOUS) !== 0)) found.response = "anonymous";
    else if (nt > 24) found.response = "v2";
    else if (nt === 24) found.response = (flags & FLAG_EXTENDED_SESSION_SECURITY) !== 0 ? "v1-ess" : "v1";
    else if (nt === 0 && lm === 24) found.response = "v1";
  }
  return found;
}

/** Lowest payload offset of an authenticate message's six fields: what lies before it is fixed part. */
function firstOffset(message: Buffer): number {
  let first = message.length;
  for (let at = 12; at + 8 <= Math.min(60, message.length); at += 8) {
    if (message.readUInt16LE(at) > 0) first = Math.min(first, message.readUInt32LE(at + 4));
  }
  return first;
}

/** 2.2.2.10. A version of zeros says nothing. */
function versionAt(message: Buffer, at: number, flags: number): string | undefined {
  if ((flags & FLAG_VERSION) === 0 || message.length < at + 8 || message[at] === 0) return undefined;
  return `${message[at]}.${message[at + 1]}.${message.readUInt16LE(at + 2)}`;
}

/** A field is length, allocated length, offset from the message's start (2.2.1). */
function fieldAt(message: Buffer, at: number): Buffer | undefined {
  if (at + 8 > message.length) return undefined;
  const length = message.readUInt16LE(at);
  const offset = message.readUInt32LE(at + 4);
  if (length === 0 || offset + length > message.length) return undefined;
  return message.subarray(offset, offset + length);
}

function nameAt(message: Buffer, at: number, unicode: boolean): string | undefined {
  const field = fieldAt(message, at);
  if (field === undefined) return undefined;
  return keepName(unicode ? utf16At(field, 0, field.length) : field.subarray(0, MAX_NAME), MAX_NAME);
}

function set<Key extends Exclude<keyof Ntlmssp, "type" | "response">>(
  found: Ntlmssp,
  key: Key,
  value: string | undefined,
) {
  if (value !== undefined) found[key] = value;
}
