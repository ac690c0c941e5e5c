import { expect, test } from "vitest";
import stp from "../../agent/dissectors/stp.ts";
import { bytes, hex } from "./bytes.ts";
import { expectHostileProof, read, values } from "./hostile.ts";

/** Protocol 0, version, type, flags, root, cost, bridge, port, age, maximum, hello, delay. 802.1D 9.3.1. */
const frame = (version: number, type: number, root: string, cost: string, bridge: string) =>
  bytes(hex("0000"), [version, type, 0x3c], hex(root), hex(cost), hex(bridge), hex("8001 0000 1400 0200 0f00"));
const ROOT = "8000 001ef6735980";
const OTHER = "8000 001969dfdc01";

test("a bridge tells its own address, so that port and bridge become one device", () => {
  const { evidence } = read(stp, frame(2, 2, ROOT, "00000004", OTHER));
  expect(evidence).toContainEqual({
    about: { mac: "00:19:69:df:dc:01" },
    attribute: "stp.bridge.hw",
    value: "00:19:69:df:dc:01",
  });
  expect(evidence).toContainEqual({ about: "sender", attribute: "stp.bridge.hw", value: "00:19:69:df:dc:01" });
  expect(values(evidence, "stp.root.hw")).toEqual(["00:1e:f6:73:59:80"]);
  expect(values(evidence, "wardtap.role")).toEqual([]);
});

test("the root says so by its own identifier and no cost", () => {
  expect(values(read(stp, frame(0, 0, ROOT, "00000000", ROOT)).evidence, "wardtap.role")).toEqual(["stp-root"]);
});

test("in a multiple spanning tree frame the sender stands behind the region's root", () => {
  const mst = bytes(frame(3, 2, ROOT, "00000004", ROOT), Buffer.alloc(59), hex(OTHER), [20]);
  expect(mst.readUInt16BE(94)).toBe(0x8000);
  expect(values(read(stp, mst).evidence, "stp.bridge.hw")).toEqual(["00:19:69:df:dc:01", "00:19:69:df:dc:01"]);
});

test("a notice of change names nobody", () => {
  expect(read(stp, hex("0000 00 80")).evidence).toEqual([{ about: "sender", attribute: "stp.version", value: "0" }]);
});

test("group addresses are no bridges", () => {
  expect(values(read(stp, frame(0, 0, ROOT, "00000004", "8000 0180c2000000")).evidence, "stp.bridge.hw")).toEqual([]);
});

test("calls every shorter cut malformed", () => {
  const whole = frame(2, 2, ROOT, "00000004", OTHER);
  for (let length = 0; length < whole.length; length++)
    expect(stp.dissect(whole.subarray(0, length)), String(length)).toHaveProperty("malformed");
});

test("other protocols above the same access point are not read", () => {
  expect(stp.dissect(hex("0001 00 00"))).toBeUndefined();
});

test("stands hostile bytes", () =>
  expectHostileProof(stp, [frame(2, 2, ROOT, "00000004", OTHER)], { transport: "link" }));
