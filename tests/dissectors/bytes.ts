/** Bytes for dissector tests, laid out so that a reader can check them against the standard. */

/** Hex with spaces; everything from "//" to the line's end is a remark. */
export const hex = (text: string): Buffer => Buffer.from(text.replace(/\/\/.*$/gm, "").replace(/\s+/g, ""), "hex");

export const ascii = (text: string): Buffer => Buffer.from(text, "latin1");

/** Joins text and bytes: text as Latin-1. */
export const bytes = (...parts: (string | Buffer | number[])[]): Buffer =>
  Buffer.concat(parts.map((part) => (typeof part === "string" ? ascii(part) : Buffer.from(part))));

export const u16 = (value: number): Buffer => Buffer.from([value >>> 8, value & 255]);
export const u32 = (value: number): Buffer => {
  const out = Buffer.alloc(4);
  out.writeUInt32BE(value >>> 0);
  return out;
};

/** Marks that must never come out of a dissector; each is unlike anything a protocol says by itself. */
export const canary = (name: string): string => `CANARY${name.toUpperCase()}X`;
