/** JSON from a file that may be malicious: size and depth are looked at before anything is built from it. */
import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";

/** A bigger file is refused. */
export const MAX_FILE_BYTES = 32 << 20;
/** A deeper document is refused. */
export const MAX_DEPTH = 64;

const TOO_LARGE = `is larger than ${MAX_FILE_BYTES >> 20} MiB`;

export type Read = { value: unknown; bytes: Buffer } | { problem: string };

/** Never throws for what the file holds or lacks. */
export function readJson(path: string): Read {
  let file: number;
  try {
    // A pipe without a writer would hold us for ever.
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    return { problem: `can't be opened (${codeOf(error)})` };
  }
  try {
    const state = fstatSync(file);
    if (!state.isFile()) return { problem: "is no file" };
    if (state.size > MAX_FILE_BYTES) return { problem: TOO_LARGE };
    const bytes = Buffer.alloc(state.size);
    let length = 0;
    for (let got = 1; got > 0 && length < bytes.length; length += got)
      got = readSync(file, bytes, length, bytes.length - length, length);
    return parseBounded(bytes.subarray(0, length));
  } catch (error) {
    return { problem: `can't be read (${codeOf(error)})` };
  } finally {
    closeSync(file);
  }
}

export function parseBounded(bytes: Buffer): Read {
  if (bytes.length > MAX_FILE_BYTES) return { problem: TOO_LARGE };
  if (depthOf(bytes) > MAX_DEPTH) return { problem: `is nested deeper than ${MAX_DEPTH}` };
  try {
    return { value: JSON.parse(bytes.toString("utf8").replace(/^\ufeff/, "")) as unknown, bytes };
  } catch {
    return { problem: "is no JSON" };
  }
}

/** How many brackets are open at once, those in texts left out; stops counting past the bound. */
function depthOf(bytes: Buffer): number {
  let depth = 0;
  let deepest = 0;
  let inText = false;
  for (let at = 0; at < bytes.length && deepest <= MAX_DEPTH; at++) {
    const byte = bytes[at];
    if (inText) {
      if (byte === 0x5c) at++;
      else if (byte === 0x22) inText = false;
    } else if (byte === 0x22) inText = true;
    else if (byte === 0x7b || byte === 0x5b) deepest = Math.max(deepest, ++depth);
    else if (byte === 0x7d || byte === 0x5d) depth--;
  }
  return deepest;
}

const codeOf = (error: unknown) => (error as NodeJS.ErrnoException).code ?? "unknown error";
