/** The few HTTP bodies that are looked at: printers' attributes, DPWS metadata, FHIR devices, and whether a form holds a password. RFC 9112, 6 and 7. */
import { dpwsMetadata } from "./http-dpws.ts";
import { type FhirDevice, fhirDevices } from "./http-fhir.ts";
import { printerAttributes } from "./http-ipp.ts";

/** More of a body is not waited for; all that is read stands near its beginning. */
const MAX_BODY = 32_768;
const MAX_FORM = 4096;
/** Pieces of a chunked body put together. */
const MAX_CHUNKS = 256;
const LAST_CHUNK = Buffer.from("\r\n0\r\n\r\n");
const LF = 0x0a;

export type BodyKind = "form" | "json" | "ipp" | "fhir" | "soap" | "";

export interface Body {
  /** A form's field named like a password was filled in. Its value is never read. */
  password: boolean;
  /** What the answering device says of itself: a printer's attributes, DPWS metadata. */
  printer: [attribute: string, value: string][];
  devices: FhirDevice[];
}

const NOTHING: Body = { password: false, printer: [], devices: [] };

export function bodyKind(fields: ReadonlyMap<string, string>, isRequest: boolean): BodyKind {
  const type = /^[^;\s]*/.exec(fields.get("content-type") ?? "")![0].toLowerCase();
  if (type === "application/x-www-form-urlencoded") return "form";
  // What is answered in JSON is nobody's login.
  if (type === "application/json" && isRequest) return "json";
  if (type === "application/ipp") return "ipp";
  if (type === "application/soap+xml") return "soap";
  return type === "application/fhir+json" || type === "application/json+fhir" ? "fhir" : "";
}

/** How much of the body to wait for: nothing of one that is not looked at. */
export function bodyLength(kind: BodyKind, fields: ReadonlyMap<string, string>, payload: Buffer, head: number): number {
  if (kind === "") return 0;
  const most = kind === "form" || kind === "json" ? MAX_FORM : MAX_BODY;
  if (isChunked(fields)) {
    const last = payload.indexOf(LAST_CHUNK, head);
    return Math.min(last < 0 ? most : last + LAST_CHUNK.length - head, most);
  }
  const length = fields.get("content-length") ?? "";
  return /^\d{1,15}$/.test(length) ? Math.min(Number(length), most) : 0;
}

export function readBody(kind: BodyKind, raw: Buffer, fields: ReadonlyMap<string, string>): Body {
  if (kind === "" || raw.length === 0) return NOTHING;
  const body = isChunked(fields) ? joinChunks(raw) : raw;
  if (kind === "form") return { ...NOTHING, password: holdsPassword(body) };
  if (kind === "json") return { ...NOTHING, password: PASSWORD_MEMBER.test(body.toString("latin1", 0, MAX_FORM)) };
  if (kind === "soap") return { ...NOTHING, printer: dpwsMetadata(body) };
  if (kind === "ipp") return { ...NOTHING, printer: printerAttributes(body, fields.get("server") ?? "") };
  return { ...NOTHING, devices: fhirDevices(body) };
}

const isChunked = (fields: ReadonlyMap<string, string>) => /\bchunked\b/i.test(fields.get("transfer-encoding") ?? "");

/**
 * What comes after a name that says password is one, save where the name goes on to say something about it (when it ends,
 * how long it is), or it only says yes or no.
 */
const ABOUT_IT =
  '(?![^&="]{0,40}(?:expir|chang|reset|hint|policy|rule|date|time|length|age|url|link|requir|strength|valid))';
const NO_FLAG = '(?!(?:true|false|yes|no|on|off|[01])(?:[&\\s"]|$))';

/** A field whose name says password, with something in it; a shorter name says it only beside one for the user. */
const PASSWORD_FIELD = new RegExp(
  `(?:^|[&?])[^&=]{0,40}(?:passw|pwd|passphrase)${ABOUT_IT}[^&=]{0,40}=${NO_FLAG}[^&\\s]`,
  "i",
);
const SHORT_FIELD = new RegExp(`(?:^|[&?])(?:pass|pw|psw)=${NO_FLAG}[^&\\s]`, "i");
const USER_FIELD = /(?:^|[&?])[^&=]{0,40}(?:user|login|account|e?mail)[^&=]{0,40}=[^&\s]/i;

/** The same in JSON (RFC 8259, 4). */
const PASSWORD_MEMBER = new RegExp(
  `"[^"]{0,40}(?:passw|pwd|passphrase)${ABOUT_IT}[^"]{0,40}"\\s*:\\s*"${NO_FLAG}[^"]`,
  "i",
);

const fieldsHoldPassword = (fields: string) =>
  PASSWORD_FIELD.test(fields) || (SHORT_FIELD.test(fields) && USER_FIELD.test(fields));

const holdsPassword = (body: Buffer) => fieldsHoldPassword(body.toString("latin1", 0, MAX_FORM));

/** The same for a form sent by GET: its fields stand in the request line. */
export function queryHoldsPassword(requestLine: string): boolean {
  const query = requestLine.indexOf("?");
  return query >= 0 && fieldsHoldPassword(requestLine.slice(query));
}

/** 7.1: a length in hex, an end of line, so many bytes, an end of line. A lie ends the body. */
function joinChunks(raw: Buffer): Buffer {
  const pieces: Buffer[] = [];
  for (let at = 0; pieces.length < MAX_CHUNKS; ) {
    const line = raw.indexOf(LF, at);
    if (line < 0 || line - at > 64) break;
    const length = Number.parseInt(/^[0-9a-f]{1,8}/i.exec(raw.toString("latin1", at, line))?.[0] ?? "0", 16);
    if (length === 0) break;
    pieces.push(raw.subarray(line + 1, line + 1 + length));
    at = line + 1 + length + 2;
  }
  return Buffer.concat(pieces);
}
