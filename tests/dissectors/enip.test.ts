import { describe, expect, test } from "vitest";
import { flowOf, isMalformed } from "../../agent/dissectors/dissector.ts";
import enip from "../../agent/dissectors/enip.ts";
import { bytes, hex } from "./bytes.ts";
import { expectHostileProof, read, values } from "./hostile.ts";

const le = (value: number) => Buffer.from([value & 255, value >>> 8]);
/** Command, length, session 7, status 0, context, options 0. */
const frame = (command: number, session: number, ...body: (Buffer | string | number[])[]) => {
  const data = bytes(...body);
  return bytes(
    le(command),
    le(data.length),
    le(session),
    hex("00 00 00 00 00 00"),
    Buffer.alloc(8),
    Buffer.alloc(4),
    data,
  );
};
const IDENTITY = bytes(
  hex(`
    01 00        // vendor 1
    0c 00        // communications adapter
    3a 00        // product code 58
    04 03        // revision 4.3
    30 00        // status
    8e 4d 52 00  // serial number
  `),
  [11],
  "1756-ENBT/A",
);
const item = bytes(hex("01 00 00 02 af 12 0a 01 01 a4"), Buffer.alloc(8), IDENTITY, [3]);
const LISTED = frame(0x63, 0, hex("01 00 0c 00"), le(item.length), item);
const ask = frame(0x6f, 7, Buffer.alloc(6), hex("02 00 00 00 00 00 b2 00 06 00 01 02 20 01 24 01"));
const gave = frame(
  0x6f,
  7,
  Buffer.alloc(6),
  hex("02 00 00 00 00 00 b2 00"),
  le(4 + IDENTITY.length),
  hex("81 00 00 00"),
  IDENTITY,
);

describe("a list identity answer", () => {
  const { evidence } = read(enip, LISTED, flowOf({ transport: "udp" }));
  test("tells vendor, type, revision, serial number and name", () => {
    expect(evidence.map(({ attribute, value }) => [attribute, value])).toEqual([
      ["enip.role", "server"],
      ["enip.lir.vendor", "1"],
      ["enip.lir.devtype", "12"],
      ["enip.lir.prodcode", "58"],
      ["enip.lir.revision", "4.003"],
      ["enip.lir.serial", "00524D8E"],
      ["enip.lir.name", "1756-ENBT/A"],
    ]);
  });
});

test("the identity object answers the one who asked the station itself", () => {
  const flow = flowOf({ transport: "tcp" });
  read(enip, ask, flow);
  expect(values(read(enip, gave, flow).evidence, "enip.lir.name")).toEqual(["1756-ENBT/A"]);
});
test("the same bytes without that question tell of nobody", () =>
  expect(values(read(enip, gave, flowOf({ transport: "tcp" })).evidence, "enip.lir.name")).toEqual([]));
test("a session that was opened proves a server", () => {
  expect(read(enip, frame(0x65, 7, hex("01 00 00 00"))).evidence).toEqual([
    { about: "sender", attribute: "enip.role", value: "server" },
  ]);
  expect(read(enip, frame(0x65, 0, hex("01 00 00 00"))).evidence).toEqual([]);
});
test("every shorter cut is malformed or not EtherNet/IP", () => {
  for (let length = 0; length < LISTED.length; length++) {
    const message = enip.dissect(LISTED.subarray(0, length));
    expect(message === undefined || isMalformed(message), `${length}`).toBe(true);
  }
});
test("stands hostile bytes", () => expectHostileProof(enip, [LISTED, ask, gave], { transport: "tcp" }));
