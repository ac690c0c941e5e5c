/** Every flow belongs to one share, whichever way and over whichever link it is heard; a peek never says otherwise. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { emptyFrame, type Frame } from "../../agent/capture/source.ts";
import { createDecoder } from "../../agent/decode/decode.ts";
import { emptyPacket } from "../../agent/decode/packet.ts";
import { isForAll, LOOK_CLOSER, peekShare, SHARES, shareOf } from "../../agent/observe/share.ts";
import { repositoryRoot } from "../support/built.ts";
import { readRecords } from "../support/read-all.ts";

const folder = join(repositoryRoot(), "tests/captures");
const frames: Frame[] = readdirSync(folder)
  .filter((name) => name.endsWith(".pcap"))
  .flatMap((name) => readRecords(readFileSync(join(folder, name))).frames)
  .map((frame) => ({ ...frame, offset: 0 }));

/** What the packet shows: whose it is, or LOOK_CLOSER where a peek must leave it to the packet. */
const shown = (frame: Frame) => {
  const packet = emptyPacket();
  createDecoder().decode(frame, packet);
  return packet;
};

test("a peek agrees with the packet, and leaves to it what concerns all", () => {
  let peeked = 0;
  for (const frame of frames) {
    const share = peekShare(frame);
    if (share === LOOK_CLOSER) continue;
    peeked++;
    const packet = shown(frame);
    expect([packet.transport !== 0 && shareOf(packet), isForAll(packet)]).toEqual([share, false]);
  }
  expect(peeked).toBeGreaterThan(frames.length / 3);
});

test("both directions of a flow belong to one share, in any VLAN", () => {
  fc.assert(
    fc.property(fc.tuple(fc.integer(), fc.integer()), fc.tuple(fc.nat(65_535), fc.nat(65_535)), (addresses, ports) => {
      const forth = Object.assign(emptyPacket(), {
        source3: addresses[0] | 0,
        destination3: addresses[1] | 0,
        sourcePort: ports[0],
        destinationPort: ports[1],
      });
      const back = Object.assign(emptyPacket(), {
        source3: forth.destination3,
        destination3: forth.source3,
        sourcePort: forth.destinationPort,
        destinationPort: forth.sourcePort,
        vlan: 20,
      });
      expect(shareOf(back)).toBe(shareOf(forth));
    }),
  );
});

test("flows spread over the shares", () => {
  const counts = new Array<number>(SHARES).fill(0);
  for (let port = 0; port < 1000; port++)
    counts[shareOf(Object.assign(emptyPacket(), { source3: 1, destination3: 2, sourcePort: port }))]!++;
  expect(Math.min(...counts)).toBeGreaterThan((1000 / SHARES) * 0.8);
});

test("a peek at any bytes throws nothing and names a share there is", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 120 }), fc.nat(40), (bytes, offset) => {
      // The most likely beginning, so that more than the type is looked at.
      const frame = { ...emptyFrame(), bytes: Buffer.from(bytes), offset, length: Math.max(0, bytes.length - offset) };
      frame.bytes.set(
        Buffer.from("08004500", "hex").subarray(0, Math.max(0, bytes.length - offset - 12)),
        offset + 12 > bytes.length ? 0 : offset + 12,
      );
      expect([LOOK_CLOSER, 0, 1]).toContain(peekShare(frame));
    }),
  );
});
