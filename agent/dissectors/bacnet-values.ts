/** BACnet application data: tags, and the few values of a device object that say what it is. ASHRAE 135 clause 20.2. */
import { keepName, keepText } from "./self-given.ts";

const OPENING = 6;
const CLOSING = 7;
/** Constructed values nested deeper than this are not followed. */
const MAX_DEPTH = 16;

/** Object type 8: the device itself; other objects (inputs, schedules, rooms) are not read. */
const DEVICE = 8;
const CHARACTER_SET = { utf8: 0, ucs2: 4, latin1: 5 } as const;

/** Property → attribute and how it is kept; description (28) and location (58) are people's text and stay unread. 21. */
const STRINGS = new Map<number, readonly [attribute: string, keep: typeof keepText]>([
  [12, ["bacapp.application_software_version", keepText]],
  [44, ["bacapp.firmware_revision", keepText]],
  [70, ["bacapp.model_name", keepText]],
  [77, ["bacapp.object_name", keepName]],
  [121, ["bacapp.vendor_name", keepText]],
]);
const VENDOR_IDENTIFIER = 120;

interface Tag {
  number: number;
  context: boolean;
  /** Length of the value; OPENING or CLOSING marks carry none. */
  length: number;
  mark: 0 | typeof OPENING | typeof CLOSING;
  /** Where the value starts. */
  from: number;
}

/** Walks tags; anything that runs past the end leaves it at `at` = -1 for good. */
export class Tags {
  at: number;
  readonly #bytes: Buffer;

  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes;
    this.at = at;
  }

  get isSound(): boolean {
    return this.at >= 0;
  }

  next(): Tag | undefined {
    const bytes = this.#bytes;
    let { at } = this;
    if (at < 0 || at >= bytes.length) return undefined;
    const first = bytes[at++]!;
    let number = first >>> 4;
    if (number === 15) number = bytes[at++] ?? 255;
    const context = (first & 8) !== 0;
    let length = first & 7;
    let mark: Tag["mark"] = 0;
    if (context && (length === OPENING || length === CLOSING)) {
      mark = length;
      length = 0;
    } else if (!context && number === 1)
      length = 0; // a boolean's value stands in its tag
    else if (length === 5) {
      length = bytes[at++] ?? 0;
      if (length === 254 && at + 2 <= bytes.length) {
        length = bytes.readUInt16BE(at);
        at += 2;
      } else if (length >= 254) length = Number.MAX_SAFE_INTEGER;
    }
    if (at + length > bytes.length) {
      this.at = -1;
      return undefined;
    }
    this.at = at + length;
    return { number, context, length, mark, from: at };
  }

  unsigned(tag: Tag): number {
    return tag.length < 1 || tag.length > 4 ? -1 : this.#bytes.readUIntBE(tag.from, tag.length);
  }

  /** Instance number of a device object identifier, -1 for other objects. */
  deviceInstance(tag: Tag): number {
    if (tag.length !== 4) return -1;
    const identifier = this.#bytes.readUInt32BE(tag.from);
    return identifier >>> 22 === DEVICE ? identifier & 0x3fffff : -1;
  }

  text(tag: Tag): Buffer | string | undefined {
    if (tag.length < 2) return undefined;
    const raw = this.#bytes.subarray(tag.from + 1, tag.from + tag.length);
    const set = this.#bytes[tag.from];
    if (set === CHARACTER_SET.utf8) return raw;
    if (set === CHARACTER_SET.latin1) return raw.toString("latin1");
    if (set !== CHARACTER_SET.ucs2) return undefined;
    return Buffer.from(raw.subarray(0, raw.length & ~1))
      .swap16()
      .toString("utf16le");
  }

  /** Steps over everything up to the mark that closes the one just opened. */
  skip(): void {
    for (let depth = 1; depth > 0 && depth <= MAX_DEPTH; ) {
      const tag = this.next();
      if (tag === undefined) return;
      if (tag.mark === OPENING) depth++;
      if (tag.mark === CLOSING) depth--;
    }
  }

  /** The value of one property, up to its closing mark; only the properties that identify are read. */
  property(property: number, said: [string, string][]): void {
    const tag = this.next();
    if (tag === undefined || tag.mark === CLOSING) return;
    if (tag.mark === OPENING) {
      this.skip();
      this.skip();
      return;
    }
    const wanted = STRINGS.get(property);
    if (wanted !== undefined && !tag.context && tag.number === 7) {
      const text = this.text(tag);
      const value = text === undefined ? undefined : wanted[1](text);
      if (value !== undefined) said.push([wanted[0], value]);
    }
    if (property === VENDOR_IDENTIFIER && !tag.context && tag.number === 2) {
      const vendor = this.unsigned(tag);
      if (vendor >= 0) said.push(["bacapp.vendor_identifier", String(vendor)]);
    }
    this.skip();
  }
}

export const isOpening = (tag: Tag, number: number) => tag.mark === OPENING && tag.number === number;
export const isClosing = (tag: Tag, number: number) => tag.mark === CLOSING && tag.number === number;
