import { describe, expect, test } from "vitest";
import { flowOf } from "../../agent/dissectors/dissector.ts";
import hsrp from "../../agent/dissectors/hsrp.ts";
import vrrp from "../../agent/dissectors/vrrp.ts";
import { bytes, canary, hex } from "./bytes.ts";
import { everything, expectHostileProof, read, values } from "./hostile.ts";

describe("VRRP", () => {
  const flow = flowOf({ transport: "ip", sourceIp: "10.0.0.2", sourceMac: "00:00:5e:00:01:07" });
  const second = bytes(hex("21 07 64 01 01 01 ba52"), hex("0a 00 00 01"), canary("pw").slice(0, 8));
  const third = bytes(hex("31 07 64 01 0064 ba52"), hex("0a 00 00 01"));

  test.each([
    ["2", second],
    ["3", third],
  ])("version %s tells a router by its own address, not by the group's card", (version, packet) => {
    expect(read(vrrp, packet, flow).evidence).toEqual([
      { about: { ip: "10.0.0.2" }, attribute: "wardtap.role", value: "router" },
      { about: { ip: "10.0.0.2" }, attribute: "vrrp.virt_rtr_id", value: "7" },
      { about: { ip: "10.0.0.2" }, attribute: "vrrp.version", value: version },
      { about: { ip: "10.0.0.2" }, attribute: "wardtap.virtual-router", value: "active" },
      { about: { ip: "10.0.0.2" }, attribute: "vrrp.ip_addr", value: "10.0.0.1" },
    ]);
  });
  test("authentication is never told", () => {
    expect(everything(vrrp, second, flow)).not.toContain("CANARY");
  });
  test("CARP, which begins alike, is not taken for it", () => {
    expect(vrrp.dissect(bytes(hex("21 07 00 07 00 01 ba52"), Buffer.alloc(28)), flow)).toBeUndefined();
  });
  test("every shorter cut tells nothing", () => {
    for (let length = 0; length < second.length; length++)
      expect(read(vrrp, second.subarray(0, length), flow).evidence, String(length)).toEqual([]);
  });
  test("stands hostile bytes", () => expectHostileProof(vrrp, [second, third], flow));
});

describe("HSRP", () => {
  const flow = flowOf({ sourceIp: "10.0.0.2", sourcePort: 1985, destinationPort: 1985 });
  const hello = (secret: string) => bytes(hex("00 00 10 03 0a 64 07 00"), secret.padEnd(8, "\0"), hex("0a 00 00 01"));
  const second = bytes(
    hex("01 28 02 00 06 04 0007 001ef6735981"),
    hex("00000064 00000bb8 00002710"),
    hex("0a000001"),
    Buffer.alloc(12),
  );
  test("a hello tells the group, the state and the shared address", () => {
    expect(read(hsrp, hello("cisco"), flow).evidence.map(({ attribute, value }) => [attribute, value])).toEqual([
      ["wardtap.role", "router"],
      ["hsrp.group", "7"],
      ["wardtap.virtual-router", "active"],
      ["wardtap.hsrp.authentication", "default"],
      ["hsrp.virt_ip", "10.0.0.1"],
    ]);
  });
  test("version 2 tells the same, without authentication", () => {
    const { evidence } = read(hsrp, second, flow);
    expect(values(evidence, "hsrp.group")).toEqual(["7"]);
    expect(values(evidence, "hsrp.virt_ip")).toEqual(["10.0.0.1"]);
    expect(values(evidence, "wardtap.hsrp.authentication")).toEqual([]);
  });
  test("a secret of somebody's own is never told", () => {
    expect(everything(hsrp, hello("CANARYPW"), flow)).not.toContain("CANARY");
    expect(values(read(hsrp, hello("CANARYPW"), flow).evidence, "wardtap.hsrp.authentication")).toEqual(["other"]);
  });
  test("every shorter cut is not this protocol", () => {
    for (const whole of [hello("cisco"), second])
      for (let length = 0; length < whole.length; length++)
        expect(hsrp.dissect(whole.subarray(0, length), flow), String(length)).toBeUndefined();
  });
  test("stands hostile bytes", () => expectHostileProof(hsrp, [hello("cisco"), second], flow));
});
