/** Counts what decoding could not read, without building a string for a frame that brings nothing new. */
import type { DecodeCounters } from "./packet.ts";

/** Different things not understood that get a count of their own; further ones share the key "other". */
export const MAX_UNKNOWN_KEYS = 256;

/** What kind of number was not understood: the first part of its key. */
export const UNKNOWN = { linkType: 0, etherType: 1, ipProtocol: 2, family: 3, gre: 4, ppp: 5 } as const;

const PREFIXES = ["linktype:", "ethertype:0x", "ip-protocol:", "family:", "gre:0x", "ppp:0x"];

export class DecodeCounts implements DecodeCounters {
  frames = 0;
  bytes = 0;
  readonly malformed = new Map<string, number>();
  readonly unknown = new Map<string, number>();
  fragmentsDropped = 0;
  /** Kind and number → key, so that the text is built once. */
  readonly #keys = new Map<number, string>();

  addMalformed(layer: string): void {
    this.malformed.set(layer, (this.malformed.get(layer) ?? 0) + 1);
  }

  /** For things with a name instead of a number; the names are fixed by the code. */
  addUnknownKey(key: string): void {
    this.unknown.set(key, (this.unknown.get(key) ?? 0) + 1);
  }

  addUnknown(kind: number, value: number): void {
    const code = kind * 0x1_0000_0000 + (value >>> 0);
    let key = this.#keys.get(code);
    if (key === undefined) {
      key = this.#keys.size < MAX_UNKNOWN_KEYS ? unknownKey(kind, value) : "other";
      if (key !== "other") this.#keys.set(code, key);
    }
    this.addUnknownKey(key);
  }
}

/** The key that stands for a number, e.g. "ethertype:0x88e1". */
function unknownKey(kind: number, value: number): string {
  const prefix = PREFIXES[kind]!;
  return prefix + (prefix.endsWith("0x") ? value.toString(16).padStart(4, "0") : String(value));
}
