import { describe, expect, test } from "vitest";
import { flowOf } from "../../agent/dissectors/dissector.ts";
import vnc from "../../agent/dissectors/vnc.ts";
import { ascii, hex } from "./bytes.ts";
import { expectHostileProof } from "./hostile.ts";
import { talk } from "./talk.ts";

const S = (payload: Buffer) => ({ from: "S" as const, bytes: payload });
const C = (payload: Buffer) => ({ from: "C" as const, bytes: payload });
const version = (text: string) => ascii(`RFB ${text}\n`);

test("both versions and the ways in are told", () => {
  const heard = talk(vnc, 5900, [S(version("003.008")), C(version("003.008")), S(hex("02 01 02"))]);
  expect(heard.said).toEqual([
    "server vnc.server_proto_ver 003.008",
    "client vnc.client_proto_ver 003.008",
    "server vnc.security_type none",
    "server vnc.security_type vnc",
  ]);
  expect(heard.done).toBe(true);
});

test("an old server decides alone", () => {
  const { said } = talk(vnc, 5901, [S(version("003.003")), C(version("003.003")), S(hex("00 00 00 01"))]);
  expect(said.at(-1)).toBe("server vnc.security_type none");
});

test("an old client makes a new server speak the old way", () => {
  const { said } = talk(vnc, 5901, [S(version("003.008")), C(version("003.003")), S(hex("00 00 00 02"))]);
  expect(said.at(-1)).toBe("server vnc.security_type vnc");
});

test("a refusal names no way in", () => {
  expect(talk(vnc, 5901, [S(version("003.008")), C(version("003.008")), S(hex("00"))]).said).toHaveLength(2);
});

describe("lengths", () => {
  const length = (payload: Buffer, state?: object) =>
    vnc.definition.messageLength?.(payload, flowOf({ sourcePort: 5900, state }));
  test("of a version are twelve bytes", () => {
    expect([length(version("003.008")), length(ascii("RFB 00")), length(ascii("RFC 00"))]).toEqual([12, 0, -1]);
  });
});

test("other text is not VNC", () => expect(vnc.dissect(ascii("RFB 1.0\n"))).toBeUndefined());
test("stands hostile bytes", () => expectHostileProof(vnc, [version("003.003"), version("003.889"), hex("02 01 02")]));
