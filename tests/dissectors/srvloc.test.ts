import { expect, test } from "vitest";
import { flowOf } from "../../agent/dissectors/dissector.ts";
import srvloc from "../../agent/dissectors/srvloc.ts";
import { bytes, canary, hex, u16 } from "./bytes.ts";
import { everything, expectHostileProof, read } from "./hostile.ts";

const flow = flowOf({ sourceIp: "10.0.0.5", sourcePort: 427 });
/** RFC 2165 4: version 1, function, length, flags, dialect, language, characters, transaction. */
const first = (operation: number, text: string) =>
  bytes([1, operation], u16(16 + text.length), hex("00 00 656e 0003 1d79"), hex("0000"), u16(text.length), text);
/** RFC 2608 8: version 2, function, length of three bytes, flags, extension, transaction, language. */
const second = (operation: number, text: string) =>
  bytes([2, operation, 0], u16(16 + text.length), hex("0000 000000 1d79 0002 656e"), text);

const printer = first(
  7,
  `(x-hp-hn=${canary("h")}),(x-hp-p1=MFG:Hewlett-Packard;MDL:HP Color LaserJet MFP M177fw;CMD:PCL;CLS:PRINTER;DES:${canary("d")};SN:CNB1234567;)`,
);
const pairs = (payload: Buffer) =>
  read(srvloc, payload, flow).evidence.map(({ attribute, value }) => [attribute, value]);

test("a printer's device identification is told, and no other attribute", () => {
  expect(pairs(printer)).toEqual([
    ["srvloc.1284.mfg", "Hewlett-Packard"],
    ["srvloc.1284.mdl", "HP Color LaserJet MFP M177fw"],
    ["srvloc.1284.cls", "PRINTER"],
    ["srvloc.1284.sn", "CNB1234567"],
  ]);
  expect(everything(srvloc, printer, flow)).not.toContain("CANARY");
});

test("a reply tells the kinds of its own services, without the rest of their addresses", () => {
  const reply = second(2, `service:printer:lpr://10.0.0.5/${canary("queue")} service:ftp://10.0.0.9/`);
  expect(pairs(reply)).toEqual([["srvloc.service", "printer:lpr"]]);
  expect(everything(srvloc, reply, flow)).not.toContain("CANARY");
});

test("what somebody looks for is not what it offers", () => {
  expect(pairs(second(1, "service:printer:lpr://10.0.0.5"))).toEqual([]);
});

test("every shorter cut is not this protocol", () => {
  for (let length = 0; length < printer.length; length++)
    expect(srvloc.dissect(printer.subarray(0, length), flow), String(length)).toBeUndefined();
});

test("stands hostile bytes", () => expectHostileProof(srvloc, [printer, second(2, "service:ipp://10.0.0.5/")], flow));
