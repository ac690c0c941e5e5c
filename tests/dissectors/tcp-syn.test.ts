import { describe, expect, test } from "vitest";
import { flowOf } from "../../agent/dissectors/dissector.ts";
import tcpSyn from "../../agent/dissectors/tcp-syn.ts";
import { bytes, hex, u16, u32 } from "./bytes.ts";
import { expectHostileProof, read } from "./hostile.ts";

const header = (window: number, options: string) => {
  const packed = hex(options);
  return bytes(u16(40000), u16(80), u32(1), u32(0), [((20 + packed.length) / 4) << 4, 2], u16(window), u32(0), packed);
};
const LINUX = "02 04 05 b4  04 02  08 0a 00 11 22 33 00 00 00 00  01  03 03 07";
const signature = (payload: Buffer, flow = {}) =>
  read(tcpSyn, payload, flowOf({ ttl: 64, ipDontFragment: true, ...flow })).evidence;

describe("an opening", () => {
  test("tells TTL, window in segments, scale, options in order, MSS and don't-fragment", () => {
    expect(signature(header(29200, LINUX))).toMatchObject([
      { about: "sender", attribute: "tcp.syn.signature", value: "64:mss*20,7:mss,sok,ts,nop,ws:1460:df" },
    ]);
  });

  test("gives the window in bytes when it is no multiple of the segment size", () => {
    expect(signature(header(8192, "02 04 05 b4 01 01 04 02"))[0]?.value).toBe("64:8192,*:mss,nop,nop,sok:1460:df");
  });

  test("without options has only its window", () => {
    expect(signature(header(1024, ""), { ipDontFragment: false })[0]?.value).toBe("64:1024,*::0:");
  });

  test.each([
    [30, 32],
    [57, 64],
    [120, 128],
    [200, 255],
  ])("heard with TTL %i began with %i", (ttl, initial) => {
    expect(signature(header(1024, ""), { ttl })[0]?.value).toMatch(new RegExp(`^${initial}:`));
  });

  test("is told apart from its answer", () => {
    expect(signature(header(1024, ""), { isSynAck: true })[0]?.attribute).toBe("tcp.synack.signature");
  });

  test("names options nobody assigned by their number, and counts what follows the end", () => {
    expect(signature(header(1024, "fd 04 00 00  00 00 00 00"))[0]?.value).toContain(":?253,eol+3:");
  });
});

test.each([
  ["of no length", "02 00 00 00"],
  ["longer than the header", "08 0a 00 00"],
  ["whose length is missing", "01 01 01 02"],
])("an option %s is malformed", (_, options) => {
  expect(tcpSyn.dissect(header(1024, options))).toHaveProperty("malformed");
});

test("every shorter cut is malformed", () => {
  for (let cut = 0; cut < 20; cut++) expect(tcpSyn.dissect(header(1, "").subarray(0, cut))).toHaveProperty("malformed");
});

test("stands hostile bytes", () => expectHostileProof(tcpSyn, [header(29200, LINUX), header(1, "")]));
