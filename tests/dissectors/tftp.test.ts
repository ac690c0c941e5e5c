import { expect, test } from "vitest";
import tftp from "../../agent/dissectors/tftp.ts";
import { bytes, canary } from "./bytes.ts";
import { everything, expectHostileProof, read } from "./hostile.ts";

const request = (operation: number, mode = "octet") => bytes([0, operation], canary("file"), [0], mode, [0]);

test.each([
  [1, "read"],
  [2, "write"],
])("operation %i is told as %s, without the file's name", (operation, value) => {
  expect(read(tftp, request(operation)).evidence).toEqual([{ about: "sender", attribute: "wardtap.tftp", value }]);
  expect(everything(tftp, request(operation))).not.toContain("CANARY");
});

test("data, unknown modes and every shorter cut are not this protocol", () => {
  expect(tftp.dissect(request(3))).toBeUndefined();
  expect(tftp.dissect(request(1, "other"))).toBeUndefined();
  const whole = request(1);
  for (let length = 0; length < whole.length; length++)
    expect(tftp.dissect(whole.subarray(0, length)), String(length)).toBeUndefined();
});

test("stands hostile bytes", () => expectHostileProof(tftp, [request(1)]));
