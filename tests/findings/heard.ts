/** From frames to findings, for rules whose matter begins in the sniffer. */
import type { Finding } from "../../agent/findings/finding.ts";
import { judgeFindings } from "../../agent/findings/judge.ts";
import { DEFAULT_SETTINGS, type FindingSettings } from "../../agent/findings/settings.ts";
import { Identifier } from "../../agent/identify/identifier.ts";
import { BROADCAST, ethernet, Listening, START } from "../observe/support/wire.ts";

const SECOND = 1_000_000;

/** A frame and when it comes, in seconds after the start. */
export type Timed = readonly [second: number, frame: Buffer];

/** All findings over these frames, as a replay would give them. */
export function findingsOver(frames: readonly Timed[], settings: Partial<FindingSettings> = {}): Finding[] {
  const listening = new Listening();
  for (const [second, frame] of frames) listening.hear(frame, { at: START + Math.round(second * SECOND) });
  const identifier = new Identifier();
  for (const observation of listening.drain().said) identifier.take(observation);
  return judgeFindings({
    devices: identifier.devices().map(({ device }) => device),
    strangers: identifier.strangers(),
    fanOuts: identifier.fanOuts(),
    tap: [],
    now: listening.at,
    settings: { ...DEFAULT_SETTINGS, ...settings },
  });
}

export const rulesOver = (frames: readonly Timed[], settings?: Partial<FindingSettings>): string[] =>
  [...new Set(findingsOver(frames, settings).map(({ rule }) => rule))].sort();

const mac = (host: number) => Buffer.from([2, 0, 0, 0, host >>> 8, host & 255]);
const ip = (host: number) => Buffer.from([10, 0, host >>> 8, host & 255]);

/** ARP: card `card` speaks for address `address`. RFC 826. */
export function arpFrame(
  operation: "request" | "reply",
  { card, address, target, to }: { card: number; address: number; target: number; to?: number },
): Buffer {
  const body = Buffer.concat([
    Buffer.from([0, 1, 8, 0, 6, 4, 0, operation === "request" ? 1 : 2]),
    mac(card),
    address === 0 ? Buffer.alloc(4) : ip(address),
    to === undefined ? Buffer.alloc(6) : mac(to),
    ip(target),
  ]);
  return ethernet(to === undefined ? BROADCAST : mac(to), mac(card), 0x0806, body);
}
