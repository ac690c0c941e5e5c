/** UTF-16LE fields of Microsoft protocols: [MS-SMB2], [MS-NLMP], [MS-TDS] carry names so. */

/** Units read of one field; longer text is cut, as no name is longer. */
const MAX_UNITS = 255;

/** Text of `length` bytes at `at`, up to a NUL; "" when it lies outside the bytes. */
export function utf16At(bytes: Buffer, at: number, length: number): string {
  if (at < 0 || length < 2 || at + length > bytes.length) return "";
  const limit = at + Math.min(length & ~1, MAX_UNITS * 2);
  let end = at;
  while (end < limit && (bytes[end] !== 0 || bytes[end + 1] !== 0)) end += 2;
  return bytes.toString("utf16le", at, end);
}

/** Where the text at `at` ends (past its NUL), or -1 when it has no end within `limit`. */
export function afterText(bytes: Buffer, at: number, limit: number, wide: boolean): number {
  if (at < 0 || at >= limit) return -1;
  if (!wide) {
    const end = bytes.indexOf(0, at);
    return end < 0 || end >= limit ? -1 : end + 1;
  }
  for (let i = at; i + 1 < limit; i += 2) if (bytes[i] === 0 && bytes[i + 1] === 0) return i + 2;
  return -1;
}
