/** DNP3: outstations that answer a master. IEEE 1815 9.2.4 (link layer). */
import { defineDissector } from "./dissector.ts";

const HEAD = 10;
const FROM_MASTER = 0x80;
/** CRC-16/DNP: polynomial 0x3D65 reflected, inverted at the end. 9.2.4.3.5. */
const POLYNOMIAL = 0xa6bc;

export default defineDissector<{ fromMaster: boolean }>({
  protocol: "dnp3",
  over: ["tcp", "udp"],
  recognise: [{ at: 0, bytes: "05 64" }],
  dissect(payload) {
    if (payload.length < HEAD || payload[0] !== 0x05 || payload[1] !== 0x64 || payload[2]! < 5) return undefined;
    if (payload.readUInt16LE(8) !== crc(payload, 8)) return undefined;
    return { fromMaster: (payload[3]! & FROM_MASTER) !== 0 };
  },
  evidence: ({ fromMaster }) => [
    { about: "sender", attribute: "dnp3.role", value: fromMaster ? "master" : "outstation" },
  ],
  server: ({ fromMaster }) => (fromMaster ? "receiver" : "sender"),
  done: ({ fromMaster }) => !fromMaster,
});

function crc(bytes: Buffer, length: number): number {
  let value = 0;
  for (let at = 0; at < length; at++) {
    value ^= bytes[at]!;
    for (let bit = 0; bit < 8; bit++) value = (value & 1) !== 0 ? (value >>> 1) ^ POLYNOMIAL : value >>> 1;
  }
  return ~value & 0xffff;
}
