import { describe, expect, test } from "vitest";
import { flowOf } from "../../agent/dissectors/dissector.ts";
import mqtt from "../../agent/dissectors/mqtt.ts";
import { bytes, canary, u16 } from "./bytes.ts";
import { everything, expectHostileProof, read } from "./hostile.ts";

const string = (text: string) => bytes(u16(text.length), text);
/** 3.1: protocol name, level, flags, keep-alive, [properties], client identifier, will, user name, password. */
const connect = (level: number, flags: number, id: string, ...rest: Buffer[]) => {
  const body = bytes(
    string(level === 3 ? "MQIsdp" : "MQTT"),
    [level, flags],
    u16(60),
    level === 5 ? [5, 0x11, 0, 0, 0, 0] : [],
    string(id),
    ...rest,
  );
  return bytes([0x10, body.length], body);
};
const withPassword = connect(4, 0xc2, canary("id"), string(canary("user")), string(canary("password")));
const said = (payload: Buffer) => read(mqtt, payload).evidence.map(({ attribute, value }) => `${attribute} ${value}`);

test("a connect tells its version and that a password went by", () => {
  expect(said(withPassword)).toEqual([
    "mqtt.ver 3.1.1",
    "mqtt.clientid.form text",
    "mqtt.conflag.uname true",
    "wardtap.login mqtt",
    "wardtap.login.sent mqtt",
  ]);
});

test("no identifier, user, password or last will comes out", () => {
  const will = connect(4, 0xc6, canary("id"), string(canary("topic")), string(canary("will")), string(canary("user")));
  expect(everything(mqtt, withPassword) + everything(mqtt, will)).not.toContain("CANARY");
});

test.each([
  [3, "3.1"],
  [5, "5.0"],
])("level %i is version %s", (level, version) => expect(said(connect(level, 2, "x"))[0]).toBe(`mqtt.ver ${version}`));

test.each([
  ["", "empty"],
  ["00:11:22:33:44:55", "mac"],
  ["0123456789ab", "mac"],
  ["6f9619ff-8b86-d011-b42d-00c04fc964ff", "uuid"],
  ["42", "number"],
  ["beef", "hex"],
  ["nurse@ward", "address"],
  ["pump-7", "text"],
])("an identifier like %j is told as %s", (id, form) => {
  expect(said(connect(4, 2, id))).toContain(`mqtt.clientid.form ${form}`);
});

test("one connect teaches all: what is published is never looked at", () => {
  expect(mqtt.definition.done?.(mqtt.dissect(withPassword)!, flowOf())).toBe(true);
  expect(mqtt.definition.messageLength?.(bytes([0x30, 3], "abc"), flowOf())).toBe(-1);
});

describe("lengths", () => {
  test("are of the whole connect", () => {
    expect(mqtt.definition.messageLength?.(bytes(withPassword, "next"), flowOf())).toBe(withPassword.length);
  });
});

test("every shorter cut is malformed", () => {
  for (let cut = 1; cut < withPassword.length; cut++)
    expect(mqtt.dissect(withPassword.subarray(0, cut))).toHaveProperty("malformed");
});

test("stands hostile bytes", () => expectHostileProof(mqtt, [withPassword, connect(5, 2, "x"), connect(3, 2, "y")]));
