import { describe, expect, test } from "vitest";
import { flowOf } from "../../agent/dissectors/dissector.ts";
import { COMMUNITY, learnLogins, loginDigest, nameDigest } from "../../agent/dissectors/known-logins.ts";
import { judgeSecret } from "../../agent/dissectors/known-secrets.ts";
import snmp from "../../agent/dissectors/snmp.ts";
import { ascii, bytes, canary, hex } from "./bytes.ts";
import { everything, expectHostileProof, read, values } from "./hostile.ts";

const ber = (tag: number, ...value: (string | Buffer | number[])[]): Buffer => {
  const body = bytes(...value);
  return bytes(body.length < 128 ? [tag, body.length] : [tag, 0x82, body.length >> 8, body.length & 255], body);
};
const SYSTEM = "2b 06 01 02 01 01";
const variable = (oid: string, value: Buffer) => ber(0x30, ber(6, hex(oid)), value);
const pdu = (tag: number, ...variables: Buffer[]) =>
  ber(tag, hex("020400010203 020100 020100"), ber(0x30, ...variables));
const message = (version: number, community: string, body: Buffer) =>
  ber(0x30, [2, 1, version], ber(4, community), body);
const system = pdu(
  0xa2,
  variable(`${SYSTEM} 01 00`, ber(4, "HP ETHERNET MULTI-ENVIRONMENT")),
  variable(`${SYSTEM} 02 00`, ber(6, hex("2b 06 01 04 01 0b 02 03 09 01"))),
  variable(`${SYSTEM} 04 00`, ber(4, canary("contact"))),
  variable(`${SYSTEM} 05 00`, ber(4, "PRN-WARD7")),
  variable(`${SYSTEM} 06 00`, ber(4, canary("location"))),
);
const flow = flowOf({ sourcePort: 161, destinationPort: 40_000, sourceIp: "10.0.0.5" });
const asked = flowOf({ sourcePort: 40_000, destinationPort: 161, sourceIp: "10.0.0.9" });

test("an agent's answer tells its description, object, name and version", () => {
  expect(
    read(snmp, message(1, "public", system), flow).evidence.map(({ attribute, value }) => [attribute, value]),
  ).toEqual([
    ["snmp.version", "2c"],
    ["wardtap.snmp.community", "default"],
    ["snmp.sysdescr", "HP ETHERNET MULTI-ENVIRONMENT"],
    ["snmp.sysobjectid", "1.3.6.1.4.1.11.2.3.9.1"],
    ["snmp.sysname", "PRN-WARD7"],
  ]);
});

test("a community is never told, nor contact, location and other objects", () => {
  const odd = pdu(0xa2, variable("2b 06 01 02 01 04 14 01 01 0a 00 00 01", ber(4, canary("other"))));
  const told =
    everything(snmp, message(0, canary("secret"), system), flow) + everything(snmp, message(0, canary("s"), odd), flow);
  expect(told).not.toContain("CANARY");
  expect(values(read(snmp, message(0, canary("secret"), system), flow).evidence, "wardtap.snmp.community")).toEqual([
    "other",
  ]);
});

test("what is set on a device is never read", () => {
  expect(
    everything(snmp, message(1, "private", pdu(0xa3, variable(`${SYSTEM} 05 00`, ber(4, canary("set"))))), asked),
  ).not.toContain("CANARY");
});

test("a request tells what its sender uses, and nothing of the agent", () => {
  const get = message(0, "private", pdu(0xa0, variable(`${SYSTEM} 01 00`, hex("0500"))));
  expect(read(snmp, get, asked).evidence).toEqual([
    { about: "sender", attribute: "wardtap.snmp.version.sent", value: "1" },
    { about: "sender", attribute: "wardtap.snmp.community.sent", value: "default" },
  ]);
});

test("a version 1 trap is about the agent it names", () => {
  const trap = ber(0xa4, ber(6, hex("2b 06 01 04 01 09 01")), hex("40040a000063 020106 020101 430101"), ber(0x30));
  expect(
    read(snmp, message(0, "public", trap), flowOf({ sourceIp: "10.0.0.5", destinationPort: 162 })).evidence,
  ).toContainEqual({
    about: { ip: "10.0.0.99" },
    attribute: "snmp.enterprise",
    value: "1.3.6.1.4.1.9.1",
  });
});

describe("version 3", () => {
  const v3 = (flags: number, tail: Buffer) =>
    ber(
      0x30,
      [2, 1, 3],
      ber(0x30, hex("020101 020205dc"), [4, 1, flags], hex("020103")),
      ber(
        4,
        ber(
          0x30,
          ber(4, hex("80000009 03 00aabbcc0001")),
          hex("020101 020101"),
          ber(4, canary("user")),
          hex("0400 0400"),
        ),
      ),
      tail,
    );
  const clear = ber(0x30, ber(4, hex("80000009")), ber(4, canary("context")), system);

  test("an encrypted answer still tells the engine and the level, never the user", () => {
    const told = read(snmp, v3(3, ber(4, "encrypted")), flow);
    expect(told.evidence.map(({ attribute, value }) => [attribute, value])).toEqual([
      ["snmp.version", "3"],
      ["wardtap.snmp.level", "authPriv"],
      ["snmp.engineid.enterprise", "9"],
      ["snmp.engineid.mac", "00:aa:bb:cc:00:01"],
      ["snmp.engineid.data", "800000090300aabbcc0001"],
    ]);
    expect(everything(snmp, v3(0, clear), flow)).not.toContain("CANARY");
  });

  test("an encrypted request's engine is the receiver's and is not taken for the sender's", () => {
    expect(values(read(snmp, v3(3, ber(4, "encrypted")), asked).evidence, "snmp.engineid.enterprise")).toEqual([]);
  });

  test("an answer in clear tells its objects", () => {
    expect(values(read(snmp, v3(0, clear), flow).evidence, "snmp.sysname")).toEqual(["PRN-WARD7"]);
  });
});

test("calls every shorter cut malformed or not its own", () => {
  const whole = message(1, "public", system);
  for (let length = 0; length < whole.length; length++) {
    const cut = snmp.dissect(whole.subarray(0, length), flow);
    if (cut !== undefined) expect(cut, String(length)).toHaveProperty("malformed");
  }
});

test("a directory's message is not this protocol", () => {
  expect(snmp.dissect(ber(0x30, [2, 1, 7], ber(0x63, "")))).toBeUndefined();
});

test("a maker's own default is known by its digest, and is no answer for other protocols", () => {
  learnLogins([loginDigest(nameDigest(COMMUNITY), "wardtap-test")]);
  for (let turn = 0; turn < 2; turn++) {
    expect(judgeSecret("snmp-community", ascii("wardtap-test"))).toBe("default");
    expect(judgeSecret("snmp-community", ascii("wardtap-tesT"))).toBe("other");
    expect(judgeSecret("hsrp-authentication", ascii("wardtap-test"))).toBe("other");
  }
});

test("more communities than are remembered are judged all the same", () => {
  learnLogins([loginDigest(nameDigest(COMMUNITY), "wardtap-test")]);
  for (let number = 0; number < 1000; number++)
    expect(judgeSecret("snmp-community", ascii(`c${number}`))).toBe("other");
  expect(judgeSecret("snmp-community", ascii("wardtap-test"))).toBe("default");
});

test("Cisco's community@vlan is the community", () => {
  expect(values(read(snmp, message(1, "public@20", system), flow).evidence, "wardtap.snmp.community")).toEqual([
    "default",
  ]);
});

test("stands hostile bytes", () => expectHostileProof(snmp, [message(1, "public", system)], flow));

test("the community of a trap is no login that works", () => {
  const trap = ber(0xa4, ber(6, hex("2b 06 01 04 01 09 01")), hex("40040a000063 020106 020101 430101"), ber(0x30));
  const { evidence } = read(snmp, message(0, "public", trap), flowOf({ sourceIp: "10.0.0.5", destinationPort: 162 }));
  const attributes = evidence.map(({ attribute }) => attribute);
  expect(attributes).toContain("wardtap.snmp.community.sent");
  expect(attributes).not.toContain("wardtap.snmp.community");
});

test("a manager that acknowledges an inform is no agent: neither its community nor what is repeated is the manager's", () => {
  const acknowledged = flowOf({ sourcePort: 162, destinationPort: 40_000, sourceIp: "10.0.0.9" });
  const repeat = message(1, "public", system);
  expect(read(snmp, repeat, acknowledged).evidence).toEqual([
    { about: "sender", attribute: "wardtap.snmp.version.sent", value: "2c" },
    { about: "sender", attribute: "wardtap.snmp.community.sent", value: "default" },
  ]);
  const answer = snmp.definition.dissect(repeat, acknowledged);
  expect(snmp.definition.server?.(answer as object, acknowledged)).toBe("sender");
});
