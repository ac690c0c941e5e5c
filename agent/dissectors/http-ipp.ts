/** What a printer says of itself by the Internet Printing Protocol; jobs, users and documents are stepped over. RFC 8010, 3.1; PWG 5100.13. */
import { keepName, keepText } from "./self-given.ts";

const HEAD = 8;
/** Attributes looked at in one message. */
const MAX_ATTRIBUTES = 1024;
const TAG = { endOfAttributes: 0x03, printer: 0x04, lastDelimiter: 0x0f } as const;

/** Allow-list; all else, of it who printed what, is never read. */
const WANTED: Record<string, readonly [attribute: string, keep: typeof keepText]> = {
  "printer-make-and-model": ["ipp.printer_make_and_model", keepText],
  "printer-firmware-string-version": ["ipp.printer_firmware_string_version", keepText],
  "printer-serial-number": ["ipp.printer_serial_number", keepName],
};

/** `server` is the web server's own name: CUPS speaks for printers that are elsewhere, and is none itself. */
export function printerAttributes(body: Buffer, server: string): [attribute: string, value: string][] {
  if (body.length <= HEAD || body[0]! < 1 || body[0]! > 2 || /\bcups\b/i.test(server)) return [];
  const said: [string, string][] = [["ipp.role", "printer"]];
  let group = 0;
  let at = HEAD;
  for (let count = 0; count < MAX_ATTRIBUTES && at < body.length; count++) {
    const tag = body[at]!;
    if (tag === TAG.endOfAttributes) break;
    if (tag <= TAG.lastDelimiter) {
      group = tag;
      at++;
      continue;
    }
    const nameLength = at + 3 <= body.length ? body.readUInt16BE(at + 1) : body.length;
    const valueAt = at + 5 + nameLength;
    if (valueAt > body.length) break;
    const valueLength = body.readUInt16BE(valueAt - 2);
    if (group === TAG.printer && nameLength > 0 && valueAt + valueLength <= body.length) {
      const name = body.toString("latin1", at + 3, at + 3 + nameLength);
      const wanted = Object.hasOwn(WANTED, name) ? WANTED[name] : undefined;
      const value = wanted?.[1](body.subarray(valueAt, valueAt + valueLength));
      if (wanted !== undefined && value !== undefined) said.push([wanted[0], value]);
    }
    at = valueAt + valueLength;
  }
  return said;
}
