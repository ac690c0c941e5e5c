/** Nanoseconds per frame that decoding costs, for a plain, a tagged and a mirrored TCP frame. */
import { emptyFrame, type Frame } from "../../agent/capture/source.ts";
import { createDecoder, type Decoder } from "../../agent/decode/decode.ts";
import { emptyPacket, type Packet } from "../../agent/decode/packet.ts";

const FRAMES_IN_BUFFER = 20_000;
const ROUNDS = 100;

const hex = (text: string): Buffer => Buffer.from(text.replace(/\s+/g, ""), "hex");

const macs = "00 03 b1 b5 b6 48  08 00 27 1d a6 c2";
const ip = (length: number, protocol: string) =>
  `45 00 ${length.toString(16).padStart(4, "0")} 12 34 40 00 40 ${protocol} 00 00  0a 00 00 9b  0a 00 00 7e`;
const tcp = "c0 01 1a 05  00 00 10 00  00 00 20 00  80 18 01 f5 00 00 00 00  01 01 08 0a 00 00 00 01 00 00 00 02";
const inside = `${ip(452, "06")} ${tcp} ${"41".repeat(400)}`;
const inner = `${macs} 08 00 ${inside}`;

const kinds: Record<string, Buffer> = {
  "plain TCP": hex(inner),
  "TCP in one VLAN": hex(`${macs} 81 00 00 14 08 00 ${inside}`),
  "TCP in ERSPAN II": hex(
    `${macs} 08 00 ${ip(20 + 8 + 8 + 466, "2f")} 10 00 88 be 00 00 00 01  10 17 08 64 00 00 00 05 ${inner}`,
  ),
};

/** Decodes every frame once; a function of its own so that it is compiled like code that runs for long. */
function round(decoder: Decoder, frame: Frame, packet: Packet, size: number): number {
  let ports = 0;
  for (let i = 0; i < FRAMES_IN_BUFFER; i++) {
    frame.offset = i * size;
    frame.at = 1_700_000_000_000_000 + i;
    frame.number = i;
    decoder.decode(frame, packet);
    ports += packet.sourcePort;
  }
  return ports / FRAMES_IN_BUFFER;
}

for (const [name, bytes] of Object.entries(kinds)) {
  const buffer = Buffer.alloc(bytes.length * FRAMES_IN_BUFFER);
  for (let i = 0; i < FRAMES_IN_BUFFER; i++) {
    bytes.copy(buffer, i * bytes.length);
    // Different ports, so that nothing is the same twice.
    buffer.writeUInt16BE(1024 + i, i * bytes.length + bytes.length - 400 - 32);
  }
  const decoder = createDecoder();
  const frame = emptyFrame();
  const packet = emptyPacket();
  frame.bytes = buffer;
  frame.length = bytes.length;
  frame.wireLength = bytes.length;
  let best = Number.POSITIVE_INFINITY;
  let ports = 0;
  const heapBefore = process.memoryUsage().heapUsed;
  for (let count = 0; count < ROUNDS; count++) {
    const startedAt = process.hrtime.bigint();
    ports += round(decoder, frame, packet, bytes.length);
    best = Math.min(best, Number(process.hrtime.bigint() - startedAt) / FRAMES_IN_BUFFER);
  }
  const perFrame = (process.memoryUsage().heapUsed - heapBefore) / (ROUNDS * FRAMES_IN_BUFFER);
  const malformed = [...decoder.counters.malformed.values()].reduce((sum, count) => sum + count, 0);
  console.log(
    `${name}: ${best.toFixed(0)} ns/frame, ${perFrame.toFixed(1)} heap bytes/frame, ${malformed} malformed, mean port ${Math.round(ports / ROUNDS)}`,
  );
}
