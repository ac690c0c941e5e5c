import { expect, test } from "vitest";
import { flowOf } from "../../agent/dissectors/dissector.ts";
import skinny from "../../agent/dissectors/skinny.ts";
import { bytes, canary, hex } from "./bytes.ts";
import { everything, expectHostileProof, read } from "./hostile.ts";

const u32le = (value: number) => {
  const out = Buffer.alloc(4);
  out.writeUInt32LE(value);
  return out;
};
const message = (id: number, body: Buffer) => bytes(u32le(4 + body.length), u32le(0x14), u32le(id), body);
const register = (name: string) =>
  message(1, bytes(name.padEnd(16, "\0"), u32le(0), u32le(1), hex("0a000005"), u32le(30_018), u32le(0)));

test("a phone that registers tells its name and type", () => {
  expect(read(skinny, register("SEP001D450C6563")).evidence.map(({ attribute, value }) => [attribute, value])).toEqual([
    ["wardtap.skinny", "phone"],
    ["skinny.deviceName", "SEP001D450C6563"],
    ["skinny.deviceType", "30018"],
  ]);
});

test("other messages tell only which side is the phone", () => {
  const call = message(0x8f, bytes(canary("caller")));
  expect(read(skinny, call).evidence).toEqual([
    { about: "sender", attribute: "wardtap.skinny", value: "call-manager" },
  ]);
  expect(everything(skinny, call)).not.toContain("CANARY");
});

test("a name that is no device's is not told", () => {
  expect(everything(skinny, register(canary("n").slice(0, 15)))).not.toContain("CANARY");
});

test("a connection is left once the phone has registered, or after a few messages", () => {
  const done = skinny.definition.done!;
  const flow = flowOf();
  expect(done(skinny.definition.dissect(register("SEP001D450C6563"), flow)!, flow)).toBe(true);
  const long = flowOf();
  let last: boolean | "next" = false;
  for (let index = 0; index < 8; index++) last = done(skinny.definition.dissect(message(0, u32le(0)), long)!, long);
  expect(last).toBe(true);
});

test("a message is as long as it says, and absurd ones are another protocol's bytes", () => {
  const whole = register("SEP001D450C6563");
  expect(skinny.definition.messageLength!(whole.subarray(0, 12), flowOf())).toBe(whole.length);
  expect(skinny.definition.messageLength!(hex("474554202f20485454502f31"), flowOf())).toBe(-1);
  for (let length = 0; length < whole.length; length++)
    expect(skinny.dissect(whole.subarray(0, length)), String(length)).toBeUndefined();
});

test("stands hostile bytes", () => expectHostileProof(skinny, [register("SEP001D450C6563")], { transport: "tcp" }));
