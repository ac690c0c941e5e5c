/** pcapng files: sections, interfaces, times of any resolution, blocks nobody knows, and blocks that lie. */
import { describe, expect, test } from "vitest";
import { MAX_INTERFACE_NAME_BYTES, MAX_INTERFACES } from "../../agent/capture/record-format.ts";
import {
  block,
  interfaceBlock,
  option,
  packetBlock,
  pcapng,
  sectionBlock,
  simplePacketBlock,
  statisticsBlock,
} from "../support/pcap-writer.ts";
import { readRecords } from "../support/read-all.ts";

const AT = 1_700_000_000_123_456;
const bytes = Buffer.from("a frame here");
const file = (...blocks: Buffer[]) => Buffer.concat([sectionBlock(), ...blocks]);

describe.each([
  ["little-endian", false],
  ["big-endian", true],
])("a %s pcapng file", (_name, bigEndian) => {
  const frames = [
    { bytes, at: AT },
    { bytes: Buffer.from("odd"), at: AT + 1, wireLength: 99 },
  ];

  test("gives every frame with its time, lengths, bytes and number", () => {
    const read = readRecords(pcapng(frames, { bigEndian, name: "eth7", linkType: 113 }));
    expect(read.problem).toBe("");
    expect(read.reader.interfaces).toEqual(["eth7"]);
    expect(
      read.frames.map((frame) => [frame.at, frame.wireLength, `${frame.bytes}`, frame.number, frame.linkType]),
    ).toEqual([
      [AT, 12, "a frame here", 1, 113],
      [AT + 1, 99, "odd", 2, 113],
    ]);
  });

  test("reads nanoseconds to the same microsecond", () => {
    const read = readRecords(pcapng(frames, { bigEndian, nanoseconds: true }));
    expect(read.frames.map((frame) => frame.at)).toEqual([AT, AT + 1]);
  });

  test("reads the same byte by byte", () => {
    const whole = pcapng(frames, { bigEndian });
    expect(readRecords(whole, 1).frames).toEqual(readRecords(whole).frames);
  });

  test("says of each shorter cut that it is cut, unless it ends between blocks", () => {
    const whole = pcapng(frames, { bigEndian });
    const edges = [0, 1, 2].map((count) => pcapng(frames.slice(0, count), { bigEndian }).length);
    edges.unshift(28);
    for (let length = 12; length < whole.length; length++) {
      const { problem } = readRecords(whole.subarray(0, length));
      if (edges.includes(length)) expect(problem).toBe("");
      else expect(problem).toMatch(/^cut off in record [123]$/);
    }
  });

  test("reads the packet block of older files", () => {
    const old = packetBlock({ bytes, ticks: BigInt(AT), wireLength: 70 }, bigEndian, true);
    const read = readRecords(Buffer.concat([sectionBlock(bigEndian), interfaceBlock({}, bigEndian), old]));
    expect(read.frames[0]).toMatchObject({ at: AT, length: 12, wireLength: 70, interface: 0 });
  });

  test("adds up what its statistics say was dropped, the last word of each interface", () => {
    const read = readRecords(
      Buffer.concat([
        sectionBlock(bigEndian),
        interfaceBlock({}, bigEndian),
        interfaceBlock({}, bigEndian),
        statisticsBlock(0, { system: 1n }, bigEndian),
        statisticsBlock(0, { system: 5n, card: 2n }, bigEndian),
        statisticsBlock(1, { card: 10n }, bigEndian),
      ]),
    );
    expect(read.reader.framesLost).toBe(17);
  });
});

test("a file that says nothing of drops leaves them unknown", () => {
  expect(readRecords(pcapng([{ bytes }])).reader.framesLost).toBeNull();
});

test("sections of both byte orders follow each other in one file", () => {
  const read = readRecords(
    Buffer.concat([
      pcapng([{ bytes, at: 1 }], { name: "a" }),
      pcapng([{ bytes, at: 2 }], { name: "b", bigEndian: true }),
    ]),
  );
  expect(read.frames.map((frame) => [frame.at, frame.interface])).toEqual([
    [1, 0],
    [2, 1],
  ]);
  expect(read.reader.interfaces).toEqual(["a", "b"]);
});

test("a later section's same interface keeps its index, equal ones within a section stay apart", () => {
  const section = file(
    interfaceBlock({ name: "eth0" }),
    interfaceBlock({ name: "eth0" }),
    packetBlock({ bytes, interface: 1 }),
  );
  const read = readRecords(Buffer.concat([section, section]));
  expect(read.reader.interfaces).toEqual(["eth0", "eth0"]);
  expect(read.frames.map((frame) => frame.interface)).toEqual([1, 1]);
});

test.each([
  ["seconds", 0, 1_700_000_000n, 1_700_000_000_000_000],
  ["milliseconds", 3, 1_700_000_000_123n, 1_700_000_000_123_000],
  ["nanoseconds just below the next microsecond", 9, 1_700_000_000_123_456_999n, 1_700_000_000_123_456],
  ["picoseconds", 12, 1_700_000_000_123_456n, 1_700_000_000],
  ["10^-15 seconds", 15, 18_000_000_000_000_000_000n, 18_000_000_000],
  ["units nobody can count", 127, 18_000_000_000_000_000_000n, 0],
  ["2^-10 seconds", 0x80 | 10, 1_700_000_000n * 1024n + 512n, 1_700_000_000_500_000],
  ["2^-32 seconds", 0x80 | 32, (1_700_000_000n << 32n) + (1n << 31n), 1_700_000_000_500_000],
  ["2^-33 seconds", 0x80 | 33, (1_700_000_000n << 33n) + (1n << 31n), 1_700_000_000_250_000],
])("times in %s become microseconds exactly", (_unit, resolution, ticks, expected) => {
  expect(readRecords(file(interfaceBlock({ resolution }), packetBlock({ bytes, ticks }))).frames[0]!.at).toBe(expected);
});

test("an interface's offset in seconds is added to its times", () => {
  const read = readRecords(file(interfaceBlock({ offsetSeconds: -1n }), packetBlock({ bytes, ticks: 5_000_000n })));
  expect(read.frames[0]!.at).toBe(4_000_000);
});

test.each([
  [-(2n ** 62n), 0],
  [2n ** 62n, Number.MAX_SAFE_INTEGER],
])("an offset of %i seconds gives a time that can still be held", (offsetSeconds, expected) => {
  expect(readRecords(file(interfaceBlock({ offsetSeconds }), packetBlock({ bytes }))).frames[0]!.at).toBe(expected);
});

test("a simple packet has the last time known and no more bytes than the snapshot length", () => {
  const read = readRecords(
    file(
      interfaceBlock({ snapLength: 8 }),
      packetBlock({ bytes, ticks: 77n }),
      simplePacketBlock(bytes.subarray(0, 8), 1500),
    ),
  );
  expect(read.frames[1]).toMatchObject({ at: 77, length: 8, wireLength: 1500 });
});

test("options behind a frame are skipped, however long", () => {
  const options = option(1, Buffer.alloc(60_000));
  const many = packetBlock({ bytes, options: Buffer.concat(Array(40).fill(options)) });
  const { frames, reader, problem } = readRecords(file(interfaceBlock(), many, many), 10_000);
  expect([frames.length, problem]).toEqual([2, ""]);
  expect(reader.queue.buffer.length).toBe(65_536);
});

test("blocks of unknown kinds are skipped, even ones larger than the buffer", () => {
  const unknown = block(0xbad, Buffer.alloc(3_000_000));
  const { frames, reader } = readRecords(file(interfaceBlock(), unknown, packetBlock({ bytes }), unknown), 10_000);
  expect(frames).toHaveLength(1);
  expect(reader.queue.buffer.length).toBe(65_536);
});

test("interface names are bounded and have no control characters", () => {
  const { reader } = readRecords(file(interfaceBlock({ name: `\u001b[2J${"x".repeat(500)}` }), packetBlock({ bytes })));
  expect(reader.interfaces[0]).toBe(`\ufffd[2J${"x".repeat(MAX_INTERFACE_NAME_BYTES - 4)}`);
});

test("one interface too many breaks the file there", () => {
  const read = readRecords(file(...Array(MAX_INTERFACES + 1).fill(interfaceBlock()), packetBlock({ bytes })));
  expect(read.reader.interfaces).toHaveLength(MAX_INTERFACES);
  expect(read.problem).toMatch(`more than ${MAX_INTERFACES} interfaces`);
});

test.each([
  ["an interface that was never declared", packetBlock({ bytes, interface: 3 }), /names interface 3/],
  ["more bytes than its block has", packetBlock({ bytes, claimedLength: 4000 }), /claims a frame of 4000 bytes/],
  ["a frame over the limit", packetBlock({ bytes, claimedLength: 0xfffffff0 }), /claims a frame of 4294967280 bytes/],
  ["a block too short for a packet", block(6, Buffer.alloc(12)), /too short/],
  ["a block length that is no multiple of four", lying(packetBlock({ bytes }), 41), /length of 41/],
  ["a block length below the least", lying(packetBlock({ bytes }), 8), /length of 8/],
  ["a section without a byte order", block(0x0a0d0d0a, Buffer.alloc(16)), /no byte order/],
  ["an interface block cut short", block(1, Buffer.alloc(4)), /interface block is too short/],
])("a record with %s breaks the file there, after all before it", (_what, broken, problem) => {
  const read = readRecords(file(interfaceBlock(), packetBlock({ bytes }), broken, packetBlock({ bytes })));
  expect(read.frames).toHaveLength(1);
  expect(read.problem).toMatch(/^broken at record 2: /);
  expect(read.problem).toMatch(problem);
});

function lying(whole: Buffer, length: number): Buffer {
  whole.writeUInt32LE(length, 4);
  return whole;
}
