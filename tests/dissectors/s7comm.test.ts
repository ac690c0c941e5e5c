import { describe, expect, test } from "vitest";
import { flowOf } from "../../agent/dissectors/dissector.ts";
import s7comm from "../../agent/dissectors/s7comm.ts";
import { bytes, canary, hex, u16 } from "./bytes.ts";
import { everything, expectHostileProof, read, values } from "./hostile.ts";

const tpkt = (...body: (Buffer | string | number[])[]) => {
  const data = bytes(...body);
  return bytes(hex("03 00"), u16(4 + data.length), data);
};
/** Data transfer, user data answer of CPU functions: read a list. `more`: data unit reference and "more follows". */
const list = (id: number, size: number, entries: Buffer[], more = hex("00 00")) => {
  const body = bytes(u16(id), u16(0), u16(size), u16(entries.length), ...entries);
  const data = bytes(hex("ff 09"), u16(body.length), body);
  return tpkt(
    hex("02 f0 80 32 07 00 00 00 01 00 0c"),
    u16(data.length),
    hex("00 01 12 08 12 84 01 01"),
    more,
    hex("00 00"),
    data,
  );
};
const text = (index: number, value: string) => bytes(u16(index), value.padEnd(32, "\0"));
const MODULE = list(0x0011, 28, [
  bytes(u16(1), "6ES7 151-8AB01-0AB0 ", hex("00 c0 00 03 00 01")),
  bytes(u16(7), " ".repeat(20), hex("00 c0 56 03 02 06")),
]);
const COMPONENTS = list(0x001c, 34, [
  text(1, canary("station")),
  text(2, "IM151-8 PN/DP CPU"),
  text(3, canary("plant")),
  text(5, "S C-C6TW74882012"),
  text(7, "IM151-8 PN/DP CPU"),
]);
const JOB = tpkt(hex("02 f0 80 32 01 00 00 00 01 00 08 00 00 f0 00 00 01 00 01 01 e0"));
const flow = () => flowOf({ transport: "tcp", server: "sender" });

describe("a controller's lists", () => {
  test("give order number and firmware", () => {
    const { evidence } = read(s7comm, MODULE, flow());
    expect(values(evidence, "s7comm.szl.xy11.0001.anz")).toEqual(["6ES7 151-8AB01-0AB0"]);
    expect(values(evidence, "s7comm.szl.xy11.0007.version")).toEqual(["3.2.6"]);
    expect(values(evidence, "s7comm.role")).toEqual(["server"]);
  });
  test("give type, serial number and module name, never the plant's", () => {
    const { evidence } = read(s7comm, COMPONENTS, flow());
    expect(values(evidence, "s7comm.szl.001c.0005.serialn")).toEqual(["S C-C6TW74882012"]);
    expect(values(evidence, "s7comm.szl.001c.0007.cputypname")).toEqual(["IM151-8 PN/DP CPU"]);
    expect(everything(s7comm, COMPONENTS, flow())).not.toContain("CANARY");
  });
  test("that go on in a further message are not read from their middle", () => {
    const one = flow();
    read(s7comm, list(0x001c, 34, [text(5, "S 1")], hex("06 01")), one);
    expect(read(s7comm, list(0x001c, 34, [text(5, "S 2")], hex("06 00")), one).evidence).toEqual([]);
  });
});

test("a job is a client's", () => {
  expect(read(s7comm, JOB, flow()).evidence).toEqual([]);
  expect(s7comm.definition.server!(s7comm.dissect(JOB)!, flow())).toBe("receiver");
});
test("a connection request alone is not taken for it: others begin alike", () =>
  expect(s7comm.dissect(tpkt(hex("11 e0 00 00 00 01 00 c1 02 01 00 c2 02 01 02 c0 01 0a")))).toBeUndefined());
test("stands hostile bytes", () => expectHostileProof(s7comm, [MODULE, COMPONENTS, JOB], { transport: "tcp" }));
