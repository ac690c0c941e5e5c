import { describe, expect, test } from "vitest";
import { flowOf } from "../../agent/dissectors/dissector.ts";
import rdp from "../../agent/dissectors/rdp.ts";
import { bytes, canary, hex, u16 } from "./bytes.ts";
import { everything, expectHostileProof, read, values } from "./hostile.ts";
import { wide } from "./ntlm-messages.ts";

/** RFC 1006 6 and X.224 13.3 */
const tpkt = (body: Buffer) => bytes([3, 0], u16(body.length + 4), body);
const connection = (code: number, rest: Buffer) => tpkt(bytes([6 + rest.length, code], hex("00 00 00 00 00"), rest));
const negotiation = (type: number, value: number) => bytes([type, 0, 8, 0, value, 0, 0, 0]);
const request = (rest: Buffer) => connection(0xe0, rest);
const confirm = (rest: Buffer) => connection(0xd0, rest);
const cookie = bytes("Cookie: mstshash=", canary("user").slice(0, 9), "\r\n");

/** [MS-RDPBCGR] 2.2.1.3.2 within heads of MCS and GCC that are as long as in real clients. */
const core = bytes(
  hex("01 c0 d8 00 04 00 08 00"), // type, length, version
  hex("00 04 00 03 01 ca 03 aa 09 04 00 00"), // 1024 x 768, colour, SAS, keyboard layout
  hex("28 0a 00 00"), // build 2600
  wide("WARD-PC-7".padEnd(16, "\0")),
  Buffer.alloc(160),
);
const initial = tpkt(bytes(hex("02 f0 80 7f 65 82 01 94"), Buffer.alloc(120, 0x04), core));

describe("what the server selects", () => {
  test.each([
    [0, "rdp"],
    [1, "tls"],
    [2, "credssp"],
    [8, "credssp-early"],
  ])("%i is %s", (value, name) => {
    expect(read(rdp, confirm(negotiation(2, value))).evidence).toEqual([
      { about: "sender", attribute: "rdp.negReq.selectedProtocol", value: name },
    ]);
  });

  test("is RDP's own security when it doesn't negotiate", () => {
    const flow = flowOf();
    read(rdp, request(cookie), flow);
    expect(values(read(rdp, confirm(Buffer.alloc(0)), flow).evidence, "rdp.negReq.selectedProtocol")).toEqual(["rdp"]);
  });

  test("may be a refusal with its reason", () => {
    const { evidence } = read(rdp, confirm(negotiation(3, 5)));
    expect(values(evidence, "rdp.negFailure.failureCode")).toEqual(["credssp-required"]);
  });
});

test("what the client asks for is told, its cookie isn't", () => {
  const payload = request(bytes(cookie, negotiation(1, 3)));
  expect(values(read(rdp, payload).evidence, "rdp.negReq.requestedProtocols")).toEqual(["rdp,tls,credssp"]);
  expect(everything(rdp, payload)).not.toContain("CANARY");
});

test("a client in clear tells its build and its computer's name", () => {
  const { message, evidence } = read(rdp, initial);
  expect(evidence).toEqual([
    { about: "sender", attribute: "rdp.client.build", value: "2600" },
    { about: "sender", attribute: "rdp.client.name", value: "WARD-PC-7" },
  ]);
  expect(rdp.definition.done?.(message!, flowOf())).toBe(true);
});

test("after TLS is selected the flow is recognised anew", () => {
  const { message } = read(rdp, confirm(negotiation(2, 2)));
  expect(rdp.definition.done?.(message!, flowOf())).toBe("next");
});

test("another protocol's connection request is not RDP", () => {
  // S7: TPDU size and two selectors.
  const s7 = request(hex("c0 01 0a c1 02 01 00 c2 02 01 02"));
  expect(rdp.dissect(s7, { destinationPort: 102 })).toBeUndefined();
  expect(rdp.dissect(s7, { destinationPort: 3389 })).toBeUndefined();
});

test("every shorter cut gives a value, not an exception", () => {
  for (const whole of [request(bytes(cookie, negotiation(1, 3))), confirm(negotiation(2, 2)), initial])
    for (let length = 1; length < whole.length; length++)
      expect(() => read(rdp, whole.subarray(0, length))).not.toThrow();
  expect(rdp.dissect(initial.subarray(0, 5))).toHaveProperty("malformed");
});

test("damaged messages give bounded evidence", () => {
  expectHostileProof(rdp, [request(bytes(cookie, negotiation(1, 3))), confirm(negotiation(2, 2)), initial]);
});
