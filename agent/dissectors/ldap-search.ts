/** What LDAP searches tell of machines: a server's root entry, a netlogon ping and its answer. RFC 4511 4.5, RFC 4512 5.1, [MS-ADTS] 3.1.1.3.2, 6.3.3. */
import { type Element, elementAt, expectAt, TAG } from "./ber.ts";
import type { Evidence } from "./dissector.ts";
import { readNetlogon } from "./netlogon.ts";
import { keepName, keepText } from "./self-given.ts";

const SET = 0x31;
const AND = 0xa0;
const EQUALITY = 0xa3;
/** Attributes of one entry, and parts of one filter, that are stepped over. */
const MAX_ATTRIBUTES = 64;
const MAX_FILTER_PARTS = 16;
const MAX_TEXT = 128;

/** Root entry attributes that describe the server. Nothing else of any entry is read. */
const ROOT = new Map<string, (value: Buffer) => string | undefined>([
  ["dnshostname", (value) => keepName(value, MAX_TEXT)],
  ["vendorname", (value) => keepText(value, MAX_TEXT)],
  ["vendorversion", (value) => keepText(value, MAX_TEXT)],
  ["domaincontrollerfunctionality", number],
  ["domainfunctionality", number],
  ["forestfunctionality", number],
]);

/** RFC 4511 4.5.2: an entry with an empty name is the server's own. Evidence is about the sender. */
export function readEntry(bytes: Buffer, entry: Element): Evidence[] {
  const name = expectAt(bytes, entry.from, entry.end, TAG.octets);
  if (name === undefined || name.end !== name.from) return [];
  const list = expectAt(bytes, name.end, entry.end, TAG.sequence);
  if (list === undefined) return [];
  const found: Evidence[] = [];
  for (let at = list.from, count = 0; at < list.end && count < MAX_ATTRIBUTES; count++) {
    const attribute = expectAt(bytes, at, list.end, TAG.sequence);
    if (attribute === undefined) break;
    at = attribute.end;
    const type = expectAt(bytes, attribute.from, attribute.end, TAG.octets);
    const set = type && expectAt(bytes, type.end, attribute.end, SET);
    const value = set && expectAt(bytes, set.from, set.end, TAG.octets);
    if (type === undefined || value === undefined) continue;
    readAttribute(bytes, type, bytes.subarray(value.from, value.end), found);
  }
  return found;
}

function readAttribute(bytes: Buffer, type: Element, value: Buffer, found: Evidence[]): void {
  if (type.end - type.from > 32) return;
  const name = bytes.toString("latin1", type.from, type.end).toLowerCase();
  if (name === "netlogon") {
    found.push(...(readNetlogon(value) ?? []));
    return;
  }
  const kept = ROOT.get(name)?.(value);
  if (kept !== undefined) found.push({ about: "sender", attribute: `ldap.root.${name}`, value: kept });
}

/**
 * [MS-ADTS] 6.3.3.1: a client that looks for its domain controller puts its own NetBIOS name into the
 * filter's Host. Of other searches, and of User, nothing is read.
 */
export function readPing(bytes: Buffer, search: Element): Evidence[] {
  // Base, scope, dereferencing, size, time and types-only stand before the filter.
  let at = search.from;
  for (let field = 0; field < 6; field++) {
    const element = elementAt(bytes, at, search.end);
    if (element === undefined || (field === 0 && element.end !== element.from)) return [];
    at = element.end;
  }
  const filter = expectAt(bytes, at, search.end, AND);
  if (filter === undefined) return [];
  let host: string | undefined;
  let isPing = false;
  at = filter.from;
  for (let count = 0; at < filter.end && count < MAX_FILTER_PARTS; count++) {
    const part = elementAt(bytes, at, filter.end);
    if (part === undefined) break;
    at = part.end;
    if (part.tag !== EQUALITY) continue;
    const type = expectAt(bytes, part.from, part.end, TAG.octets);
    const value = type && expectAt(bytes, type.end, part.end, TAG.octets);
    if (type === undefined || value === undefined || type.end - type.from > 16) continue;
    const name = bytes.toString("latin1", type.from, type.end).toLowerCase();
    if (name === "ntver") isPing = true;
    else if (name === "host") host = keepName(bytes.subarray(value.from, value.end), MAX_TEXT);
  }
  return isPing && host !== undefined ? [{ about: "sender", attribute: "mscldap.request.host", value: host }] : [];
}

function number(value: Buffer): string | undefined {
  const text = value.toString("latin1", 0, 8);
  return /^\d{1,3}$/.test(text) ? text : undefined;
}
