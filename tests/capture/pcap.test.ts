/** Classic capture files: every variant reads the same, and lies break a file at the record that lies. */
import { describe, expect, test } from "vitest";
import { MAX_FRAME_BYTES } from "../../agent/capture/record-format.ts";
import { LINK_TYPE } from "../../agent/capture/source.ts";
import { pcap, pcapHeader, pcapRecord } from "../support/pcap-writer.ts";
import { readRecords } from "../support/read-all.ts";

const AT = 1_700_000_000_123_456;
const frames = [
  { bytes: Buffer.from("first frame"), at: AT },
  { bytes: Buffer.alloc(0), at: AT + 1 },
  { bytes: Buffer.from("cut frame"), at: AT + 2_000_000, wireLength: 1500 },
];

describe.each([
  ["little-endian", {}],
  ["big-endian", { bigEndian: true }],
  ["little-endian with nanoseconds", { nanoseconds: true }],
  ["big-endian with nanoseconds", { nanoseconds: true, bigEndian: true }],
  ["little-endian with long record headers", { modified: true }],
  ["big-endian with long record headers", { modified: true, bigEndian: true }],
])("a %s pcap file", (_name, shape) => {
  test("gives every frame with its time, lengths, bytes and number", () => {
    const read = readRecords(pcap(frames, shape));
    expect(read.problem).toBe("");
    expect(
      read.frames.map((frame) => [frame.at, frame.length, frame.wireLength, `${frame.bytes}`, frame.number]),
    ).toEqual([
      [AT, 11, 11, "first frame", 1],
      [AT + 1, 0, 0, "", 2],
      [AT + 2_000_000, 9, 1500, "cut frame", 3],
    ]);
  });

  test("reads the same byte by byte", () => {
    const file = pcap(frames, shape);
    expect(readRecords(file, 1).frames).toEqual(readRecords(file).frames);
  });

  test("gives every whole frame of each shorter cut and names the record that is cut", () => {
    const file = pcap(frames, shape);
    const ends = frames.map((_, index) => pcap(frames.slice(0, index + 1), shape).length);
    for (let length = 24; length < file.length; length++) {
      const read = readRecords(file.subarray(0, length));
      const whole = ends.filter((end) => end <= length).length;
      expect(read.frames).toHaveLength(whole);
      expect(read.problem).toBe(length === 24 || ends.includes(length) ? "" : `cut off in record ${whole + 1}`);
    }
  });
});

test("the link type is what the header's lower half says", () => {
  const file = pcap([frames[0]!], { linkType: 0x1400_0000 + LINK_TYPE.linuxSll });
  expect(readRecords(file).frames[0]!.linkType).toBe(LINK_TYPE.linuxSll);
});

test("frames longer than the snapshot length the header claims are read whole", () => {
  const bytes = Buffer.alloc(80_094, 7);
  const read = readRecords(pcap([{ bytes }, ...frames], { snapLength: 96 }));
  expect(read.frames.map((frame) => frame.length)).toEqual([80_094, 11, 0, 9]);
});

test("a frame never has fewer bytes on the wire than were captured", () => {
  expect(readRecords(pcap([{ bytes: Buffer.alloc(60), wireLength: 4 }])).frames[0]!.wireLength).toBe(60);
});

test("the two lengths may be swapped in files of version 2.3", () => {
  const file = pcap([{ bytes: Buffer.alloc(60), claimedLength: 1500, wireLength: 60 }]);
  file.writeUInt16LE(3, 6);
  expect(readRecords(file).frames[0]).toMatchObject({ length: 60, wireLength: 1500 });
});

test.each([MAX_FRAME_BYTES + 1, 0x7fffffff, 0xffffffff])(
  "a record that claims %i bytes breaks the file there",
  (claimedLength) => {
    const file = pcap([frames[0]!, { bytes: Buffer.alloc(100), claimedLength }, frames[0]!]);
    const read = readRecords(file);
    expect(read.frames).toHaveLength(1);
    expect(read.problem).toMatch(`broken at record 2: it claims ${claimedLength} bytes`);
  },
);

test("a frame of exactly the limit is read, however the bytes arrive", () => {
  const bytes = Buffer.alloc(MAX_FRAME_BYTES, 3);
  const read = readRecords(pcap([{ bytes }, { bytes }]), 65_536);
  expect(read.frames.map((frame) => frame.bytes.equals(bytes))).toEqual([true, true]);
});

test("the buffer stays small however many frames pass", () => {
  const file = Buffer.concat([pcapHeader({}), ...Array(20_000).fill(pcapRecord({ bytes: Buffer.alloc(1400) }))]);
  const { reader, frames: read } = readRecords(file, 50_000);
  expect(read).toHaveLength(20_000);
  expect(reader.queue.buffer.length).toBe(65_536);
});

test("an unknown version is refused", () => {
  const file = pcap(frames);
  file.writeUInt16LE(7, 4);
  expect(() => readRecords(file)).toThrow("pcap version 7.4");
});
