import { describe, expect, test } from "vitest";
import bacnet from "../../agent/dissectors/bacnet.ts";
import { flowOf, isMalformed } from "../../agent/dissectors/dissector.ts";
import { bytes, canary, hex, u16 } from "./bytes.ts";
import { everything, expectHostileProof, read, values } from "./hostile.ts";

/** BVLC unicast around a network message. */
const bvlc = (...network: (Buffer | string | number[])[]) => {
  const body = bytes(...network);
  return bytes(hex("81 0a"), u16(4 + body.length), body);
};
const PLAIN = hex("01 00");
/** A station behind network 3, address 07: destination absent, source present. */
const BEHIND = hex("01 08 00 03 01 07");
const I_AM = hex(`
  10 00                // unconfirmed request, I-Am
  c4 02 00 01 f4       // device 500
  22 05 c4             // largest APDU 1476
  91 03                // no segmentation
  21 05                // vendor 5
`);
const text = (value: string) => bytes([0x75, value.length + 1, 0], value);
const property = (number: number, value: string) => bytes([0x29, number, 0x4e], text(value), [0x4f]);
const ANSWER = bytes(
  hex("30 01 0e  0c 02 00 01 f4  1e"),
  property(121, "JCI"),
  property(70, "MS-NAE4510-2"),
  property(44, "5.1.0.4400"),
  property(77, "KBRNAE"),
  property(28, canary("description")),
  property(58, canary("location")),
  hex("1f"),
);
const said = (payload: Buffer, flow = {}) =>
  read(bacnet, payload, flowOf({ sourceIp: "10.1.1.165", ...flow })).evidence;

describe("a controller", () => {
  test("names its instance and its vendor when it says who it is", () => {
    expect(said(bvlc(PLAIN, I_AM))).toEqual([
      { about: "sender", attribute: "bacapp.instance_number", value: "500" },
      { about: "sender", attribute: "bacapp.vendor_identifier", value: "5" },
      { about: "sender", attribute: "bacnet.role", value: "device" },
    ]);
  });

  test("tells maker, model, firmware and name of its device object, and nothing people wrote", () => {
    const evidence = said(bvlc(PLAIN, ANSWER));
    expect(values(evidence, "bacapp.vendor_name")).toEqual(["JCI"]);
    expect(values(evidence, "bacapp.model_name")).toEqual(["MS-NAE4510-2"]);
    expect(values(evidence, "bacapp.firmware_revision")).toEqual(["5.1.0.4400"]);
    expect(values(evidence, "bacapp.object_name")).toEqual(["KBRNAE"]);
    expect(everything(bacnet, bvlc(PLAIN, ANSWER))).not.toContain("CANARY");
  });

  test("answers one property at a time too", () => {
    const answer = bytes(hex("30 01 0c  0c 02 00 01 f4  19 46  3e"), text("NAE45"), hex("3f"));
    expect(values(said(bvlc(PLAIN, answer)), "bacapp.model_name")).toEqual(["NAE45"]);
  });

  test("says nothing of itself with an object that isn't its device", () => {
    const answer = bytes(hex("30 01 0c  0c 00 00 00 01  19 4d  3e"), text(canary("room")), hex("3f"));
    expect(said(bvlc(PLAIN, answer))).toEqual([]);
  });

  test("that only asks is nobody", () => expect(said(bvlc(PLAIN, hex("10 08")))).toEqual([]));

  test("speaks over Ethernet without IP", () => {
    const evidence = said(bytes(PLAIN, I_AM), { transport: "link" });
    expect(values(evidence, "bacapp.instance_number")).toEqual(["500"]);
  });
});

describe("a router", () => {
  test("speaks for stations behind it, and is no less a router for it", () => {
    const evidence = said(bvlc(BEHIND, I_AM));
    expect(evidence[0]).toEqual({
      about: { reported: "bacnet 3:07" },
      attribute: "bacapp.instance_number",
      value: "500",
    });
    expect(evidence.at(-1)).toEqual({ about: "sender", attribute: "bacnet.role", value: "router" });
  });

  test("that hands on a station with an IPv4 address says it of that address", () => {
    const evidence = said(bvlc(hex("01 08 00 01 06 c0 a8 00 0d ba c0"), I_AM));
    expect(evidence[0]!.about).toEqual({ ip: "192.168.0.13" });
  });

  test("that forwards a broadcast names whose it is", () => {
    const body = bytes(hex("c0 a8 00 0d ba c0"), PLAIN, I_AM);
    const evidence = said(bytes(hex("81 04"), u16(4 + body.length), body));
    expect(evidence[0]!.about).toEqual({ ip: "192.168.0.13" });
  });
});

test("every shorter cut is malformed, not BACnet, or tells less", () => {
  const whole = bvlc(PLAIN, ANSWER);
  for (let length = 0; length < whole.length; length++) {
    const message = bacnet.dissect(whole.subarray(0, length));
    expect(message === undefined || isMalformed(message), `${length}`).toBe(true);
  }
});

test("stands hostile bytes", () => {
  expectHostileProof(bacnet, [bvlc(PLAIN, I_AM), bvlc(BEHIND, ANSWER)], { sourceIp: "10.0.0.1" });
  expectHostileProof(bacnet, [bytes(PLAIN, ANSWER)], { transport: "link" });
});
