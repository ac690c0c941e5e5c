import { describe, expect, test } from "vitest";
import astm from "../../agent/dissectors/astm.ts";
import { flowOf } from "../../agent/dissectors/dissector.ts";
import { ascii, bytes, canary } from "./bytes.ts";
import { everything, expectHostileProof, read, values } from "./hostile.ts";

const frame = (number: number, text: string) => bytes([2], `${number}${text}\r`, [3], "D3\r\n");
const HEADER = frame(
  1,
  `H|\\^&||${canary("password")}|XN-1000^2.1^A1234|${canary("address")}||${canary("phone")}||||P|LIS2-A2|20260822`,
);
const PATIENT = frame(2, `P|1||${canary("number")}||${canary("name")}^A||19510203|F`);
const RESULT = frame(3, `R|1|^^^GLU|${canary("value")}|mmol/L`);
const ORDER = frame(3, `O|1|${canary("sample")}||^^^GLU`);
const tcp = () => flowOf({ transport: "tcp" });
const talk = (...frames: Buffer[]) => {
  const flow = tcp();
  return frames.flatMap((one) => read(astm, one, flow).evidence);
};

describe("an analyser", () => {
  test("names itself in the header", () =>
    expect(talk(HEADER).map(({ attribute, value }) => [attribute, value])).toEqual([
      ["astm.sender", "XN-1000"],
      ["astm.sender.2", "2.1"],
      ["astm.sender.3", "A1234"],
    ]));
  test("is known by sending results", () =>
    expect(values(talk(HEADER, PATIENT, RESULT), "astm.role")).toEqual(["analyser"]));
  test("is not whoever only orders", () => expect(values(talk(HEADER, PATIENT, ORDER), "astm.role")).toEqual([]));
  test("may send its records without frames", () =>
    expect(values(talk(ascii("H|\\^&|||cobas c 501\r")), "astm.sender")).toEqual(["cobas c 501"]));
});

test("nothing of patients, orders, results or passwords is read", () => {
  const flow = tcp();
  const told = [HEADER, PATIENT, ORDER, RESULT].map((one) => everything(astm, one, flow)).join();
  expect(told).not.toContain("CANARY");
  expect(values(talk(HEADER, PATIENT), "wardtap.clinical")).toEqual(["astm", "astm"]);
});
test("a frame ends behind its checksum, a lone sign at once", () => {
  expect(astm.definition.messageLength!(bytes(HEADER, PATIENT), tcp())).toBe(HEADER.length);
  expect(astm.definition.messageLength!(Buffer.from([5]), tcp())).toBe(1);
  expect(astm.definition.messageLength!(HEADER.subarray(0, 9), tcp())).toBe(0);
});
test("text that begins with H is no header", () => expect(astm.dissect(ascii("HELLO WORLD\r"))).toBeUndefined());
test("stands hostile bytes", () => expectHostileProof(astm, [HEADER, PATIENT, RESULT], { transport: "tcp" }));
