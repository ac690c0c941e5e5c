/** The head of HTTP-like messages: a first line and header fields, of which only those asked for are read. RFC 9112, 2.1; RFC 3261, 7. */

/** A head this long without an end is read as far as it stands. */
export const MAX_HEAD = 16_384;
/** Fields looked at in one head; the rest is not read. */
const MAX_FIELDS = 128;
/** A first line longer than this is read as far as it goes. */
const MAX_FIRST = 512;
/** The same for a field: a proof by NTLM or a ticket takes this much. */
const MAX_FIELD_VALUE = 4096;

const LF = 0x0a;
const CR = 0x0d;
const COLON = 0x3a;

export interface Head {
  /** The first line, at most MAX_FIRST characters of it. Holds paths and addresses: for looking at, not for keeping. */
  first: string;
  /** Values by lower-case name, of the fields asked for; of several the first. */
  fields: Map<string, string>;
}

/** Bytes up to and with the empty line; 0 while it has not come. */
export function headLength(payload: Buffer): number {
  for (let at = payload.indexOf(LF); at >= 0 && at < MAX_HEAD; at = payload.indexOf(LF, at + 1)) {
    const next = payload[at + 1];
    if (next === LF) return at + 2;
    if (next === CR && payload[at + 2] === LF) return at + 3;
  }
  return payload.length > MAX_HEAD ? MAX_HEAD : 0;
}

/** Reads the head in the first `end` bytes; fields whose names are not in `wanted` are stepped over. */
export function readHead(payload: Buffer, end: number, wanted: ReadonlySet<string>): Head {
  const fields = new Map<string, string>();
  let from = 0;
  let first: string | undefined;
  for (let line = 0; line < MAX_FIELDS && from < end; line++) {
    const newline = payload.indexOf(LF, from);
    const to = newline < 0 || newline >= end ? end : newline;
    const bare = to > from && payload[to - 1] === CR ? to - 1 : to;
    if (first === undefined) first = payload.toString("latin1", from, Math.min(bare, from + MAX_FIRST));
    else addField(payload, from, bare, wanted, fields);
    from = to + 1;
  }
  return { first: first ?? "", fields };
}

function addField(payload: Buffer, from: number, to: number, wanted: ReadonlySet<string>, fields: Map<string, string>) {
  const colon = payload.indexOf(COLON, from);
  if (colon < 0 || colon >= to || colon - from > 40) return;
  const name = payload.toString("latin1", from, colon).trim().toLowerCase();
  if (!wanted.has(name) || fields.has(name)) return;
  fields.set(name, payload.toString("latin1", colon + 1, Math.min(to, colon + 1 + MAX_FIELD_VALUE)).trim());
}
