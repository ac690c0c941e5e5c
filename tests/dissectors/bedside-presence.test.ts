import { describe, expect, test } from "vitest";
import bcc from "../../agent/dissectors/bbraun-bcc.ts";
import capsuleMdip from "../../agent/dissectors/capsule-mdip.ts";
import carescape from "../../agent/dissectors/carescape.ts";
import { flowOf } from "../../agent/dissectors/dissector.ts";
import { ascii, bytes, canary, hex, u32 } from "./bytes.ts";
import { everything, expectHostileProof, read, values } from "./hostile.ts";

describe("a CARESCAPE monitor", () => {
  const discovery = (label: string) =>
    bytes(
      hex("01 04 00 00  0a 2c 00 05"),
      u32(1_772_438_400),
      label.padEnd(16, "\0"),
      `${canary("n")},X`.padEnd(16, "\0"),
      hex("00 03 07 d0"),
    );
  const from = flowOf({ sourceIp: "10.44.0.5", destinationIp: "10.44.255.255", destinationPort: 7000 });
  const alarm = bytes(
    hex("0a 2c ff ff 00 00 0a 2c 00 05"),
    Buffer.alloc(14),
    "ITU|BED4".padEnd(42, "\0"),
    canary("alarm"),
  );

  test("tells its unit and bed, never the patient", () => {
    expect(read(carescape, discovery("ITU|BED4"), from).evidence).toEqual([
      { about: "sender", attribute: "carescape.role", value: "monitor" },
      { about: "sender", attribute: "carescape.label", value: "ITU|BED4" },
    ]);
    expect(everything(carescape, discovery("ITU|BED4"), from)).not.toContain("CANARY");
  });
  test("tells them in alarms too, never what is alarming", () => {
    const alarmed = flowOf({ sourceIp: "10.44.0.5", destinationIp: "10.44.255.255", destinationPort: 7001 });
    expect(values(read(carescape, alarm, alarmed).evidence, "carescape.label")).toEqual(["ITU|BED4"]);
    expect(everything(carescape, alarm, alarmed)).not.toContain("CANARY");
  });
  test("is believed only when it names its own address", () =>
    expect(carescape.dissect(discovery("ITU|BED4"), { ...from, sourceIp: "10.44.0.6" })).toBeUndefined());
  test("that carries a person's number as its label is still a monitor", () =>
    expect(read(carescape, discovery("ITU|9434765919"), from).evidence).toHaveLength(1));
  test("stands hostile bytes", () => expectHostileProof(carescape, [discovery("ITU|BED4"), alarm], from));
});

describe("a B. Braun SpaceStation", () => {
  const FRAME = bytes([1], "00031", [2], "B7/1/1>ADMIN:ALIVE", [3], "00061", [4]);
  const whole = bytes(FRAME.subarray(0, 1), String(FRAME.length).padStart(5, "0"), FRAME.subarray(6));
  const asked = flowOf({ transport: "tcp", server: "receiver" });
  test("is the one that is asked", () => {
    expect(read(bcc, whole, asked).evidence).toEqual([
      { about: "receiver", attribute: "bcc.role", value: "spacestation" },
      { about: "sender", attribute: "bcc.role", value: "collector" },
      { about: "receiver", attribute: "bcc.bed", value: "B7" },
    ]);
  });
  test("answers with a sign before its frame", () =>
    expect(bcc.definition.messageLength!(bytes([6], whole), asked)).toBe(1 + whole.length));
  test("is nobody as long as the server is unknown", () =>
    expect(read(bcc, whole, flowOf({ transport: "tcp" })).evidence).toEqual([]));
  test("is not found in other bytes", () =>
    expect(bcc.dissect(bytes([1], "12a45", [2], "B7/1/1>X", [3], "00061", [4]), asked)).toBeUndefined());
  test("stands hostile bytes", () =>
    expectHostileProof(bcc, [whole, bytes([6], whole)], { transport: "tcp", server: "receiver" }));
});

describe("a Capsule hub", () => {
  test("is known by its mark", () =>
    expect(values(read(capsuleMdip, ascii("...APDUclnt.0-<a1b2c3d4>")).evidence, "capsule_mdip.role")).toEqual([
      "client",
      "server",
    ]));
  test("is not found without it", () => expect(capsuleMdip.dissect(Buffer.alloc(64, 0x41))).toBeUndefined());
  test("stands hostile bytes", () => expectHostileProof(capsuleMdip, [ascii("APDUclnt.0-<a1b2c3d4>")]));
});
