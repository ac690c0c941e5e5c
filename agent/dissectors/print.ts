/** A payload's print: one number by which the same bytes are known again. */
import type { Stretch } from "./dissector.ts";

const BASIS = 0x811c9dc5;
const PRIME = 0x01000193;
/** Bytes of one payload that count; what differs only behind them is taken for the same. */
const MAX_BYTES = 1500;

/** FNV-like over the payload's length and its first bytes; never 0. */
export function hashOf(bytes: Buffer, at: number, length: number): number {
  return hashOn(BASIS ^ length, bytes, at, at + Math.min(length, MAX_BYTES)) | 0 || 1;
}

/** The same over some stretches of a payload only. */
export function printOf(bytes: Buffer, at: number, length: number, stretches: readonly Stretch[]): number {
  let hash = BASIS;
  for (let i = 0; i < stretches.length; i++) {
    const from = stretches[i]!.at;
    const span = Math.min(stretches[i]!.length, length - from, MAX_BYTES);
    hash = hashOn(hash ^ span, bytes, at + from, at + from + span);
  }
  return hash | 0 || 1;
}

function hashOn(basis: number, bytes: Buffer, from: number, to: number): number {
  let hash = basis;
  for (let i = from; i < to; i++) hash = Math.imul(hash ^ bytes[i]!, PRIME);
  return hash;
}
