import { expect, test } from "vitest";
import sonmp from "../../agent/dissectors/sonmp.ts";
import { hex } from "./bytes.ts";
import { expectHostileProof, read } from "./hostile.ts";

/** Address, segment, chassis, backplane, state, links. */
const frame = hex("0a0000fe 000102 83 0c 01 01");

test("a switch tells its address and chassis", () => {
  expect(read(sonmp, frame).evidence).toEqual([
    { about: "sender", attribute: "ndp.chassis", value: "131" },
    { about: "sender", attribute: "ndp.ipaddress", value: "10.0.0.254" },
  ]);
});

test("calls every shorter cut malformed", () => {
  for (let length = 0; length < frame.length; length++)
    expect(sonmp.dissect(frame.subarray(0, length)), String(length)).toHaveProperty("malformed");
});

test("stands hostile bytes", () => expectHostileProof(sonmp, [frame], { transport: "link" }));
