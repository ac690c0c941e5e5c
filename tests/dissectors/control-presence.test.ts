import { describe, expect, test } from "vitest";
import { flowOf, isMalformed } from "../../agent/dissectors/dissector.ts";
import dnp3 from "../../agent/dissectors/dnp3.ts";
import iec104 from "../../agent/dissectors/iec104.ts";
import opcua from "../../agent/dissectors/opcua.ts";
import rmcp from "../../agent/dissectors/rmcp.ts";
import { bytes, canary, hex } from "./bytes.ts";
import { everything, expectHostileProof, read } from "./hostile.ts";

describe("OPC UA", () => {
  const url = `opc.tcp://plc-roof.ward.nhs.uk:4840/${canary("path")}`;
  const HELLO = bytes(
    "HELF",
    [32 + url.length, 0, 0, 0],
    hex("00 00 00 00  00 00 01 00  00 00 01 00  00 00 00 00  00 00 00 00"),
    [url.length, 0, 0, 0],
    url,
  );
  const ACKNOWLEDGE = bytes(
    "ACKF",
    hex("1c 00 00 00  00 00 00 00  00 00 01 00  00 00 01 00  00 00 00 00  00 00 00 00"),
  );

  test("names the server's host as the client calls it, without the path", () => {
    expect(read(opcua, HELLO).evidence).toEqual([
      { about: "receiver", attribute: "opcua.transport.endpoint", value: "plc-roof.ward.nhs.uk" },
    ]);
    expect(everything(opcua, HELLO)).not.toContain("CANARY");
  });
  test("an acknowledgement proves the server and ends the reading", () => {
    const { message, evidence } = read(opcua, ACKNOWLEDGE);
    expect(evidence).toEqual([{ about: "sender", attribute: "opcua.role", value: "server" }]);
    expect(opcua.definition.done!(message!, flowOf())).toBe(true);
  });
  test("every shorter cut is malformed or not OPC UA", () => {
    for (let length = 0; length < HELLO.length; length++) {
      const message = opcua.dissect(HELLO.subarray(0, length));
      expect(message === undefined || isMalformed(message), `${length}`).toBe(true);
    }
  });
  test("stands hostile bytes", () => expectHostileProof(opcua, [HELLO, ACKNOWLEDGE], { transport: "tcp" }));
});

describe("DNP3", () => {
  // Reset link from master 1 to outstation 1024, as in IEEE 1815.
  const RESET = hex("05 64 05 c0 01 00 00 04 e9 21");
  test("is believed only with its checksum", () => {
    expect(read(dnp3, RESET).evidence).toEqual([{ about: "sender", attribute: "dnp3.role", value: "master" }]);
    const wrong = Buffer.from(RESET);
    wrong[9]! ^= 1;
    expect(dnp3.dissect(wrong)).toBeUndefined();
  });
  test("stands hostile bytes", () => expectHostileProof(dnp3, [RESET], { transport: "tcp" }));
});

describe("IEC 104", () => {
  test("tells the controlling station from the controlled one", () => {
    expect(read(iec104, hex("68 04 07 00 00 00")).evidence[0]!.value).toBe("controlling");
    expect(read(iec104, hex("68 04 0b 00 00 00")).evidence[0]!.value).toBe("controlled");
  });
  test("is not a letter h with four bytes", () => expect(iec104.dissect(Buffer.from("h\x04llo!"))).toBeUndefined());
  test("stands hostile bytes", () => expectHostileProof(iec104, [hex("68 04 0b 00 00 00")], { transport: "tcp" }));
});

describe("IPMI and ASF", () => {
  const PING = hex("06 00 ff 06 00 00 11 be 80 00 00 00");
  const PONG = hex("06 00 ff 06 00 00 11 be 40 00 00 10 00 00 11 be 00 00 00 00 81 00 00 00 00 00 00 00");
  const IPMI = hex("06 00 ff 07 00 00 00 00 00 00 00 00 00 09 20 18 c8 81 00 38 8e 04 b5");
  test("only who answers is a management controller", () => {
    expect(read(rmcp, PING, flowOf({ destinationPort: 623 })).evidence).toEqual([]);
    expect(read(rmcp, PONG, flowOf({ sourcePort: 623 })).evidence[0]).toMatchObject({ value: "asf" });
    expect(read(rmcp, IPMI, flowOf({ destinationPort: 623 })).evidence).toEqual([]);
    expect(read(rmcp, IPMI, flowOf({ sourcePort: 623 })).evidence[0]).toMatchObject({ value: "ipmi" });
  });
  test("stands hostile bytes", () => expectHostileProof(rmcp, [PING, PONG, IPMI], { sourcePort: 623 }));
});
