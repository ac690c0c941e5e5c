import { describe, expect, test } from "vitest";
import igmp from "../../agent/dissectors/igmp.ts";
import { hex } from "./bytes.ts";
import { expectHostileProof, read } from "./hostile.ts";

const query = hex("11 64 ee 9b 00 00 00 00");
const report2 = hex("16 00 fa 01 ef ff ff fa"); // 239.255.255.250
/** Three records: joins 224.0.0.251, leaves 239.1.2.3, listens to one source of 232.1.1.1. */
const report3 = hex(`22 00 00 00 00 00 00 03
  04 00 00 00 e0 00 00 fb
  03 00 00 00 ef 01 02 03
  01 00 00 01 e8 01 01 01 0a 00 00 05`);
const groups = (payload: Buffer) => read(igmp, payload).evidence.map(({ value }) => value);

describe("a report", () => {
  test("tells the group that its sender listens to", () => {
    expect(read(igmp, report2).evidence).toEqual([
      { about: "sender", attribute: "igmp.maddr", value: "239.255.255.250", atMost: 16 },
    ]);
  });

  test("of version 3 tells each, and none that is left", () => {
    expect(groups(report3)).toEqual(["224.0.0.251", "232.1.1.1"]);
  });

  test("tells no address that is no group's", () => expect(groups(hex("16 00 00 00 0a 00 00 01"))).toEqual([]));

  test("of more groups than a host has is read so far", () => {
    const record = hex("04 00 00 00 e0 00 00 00");
    const records = Array.from({ length: 500 }, (_, at) => {
      const other = Buffer.from(record);
      other.writeUInt16BE(at, 6);
      return other;
    });
    expect(groups(Buffer.concat([hex("22 00 00 00 00 00 01 f4"), ...records]))).toHaveLength(16);
  });
});

test("a query tells who asks, unless he asks with nobody's address", () => {
  expect(igmp.evidence(igmp.dissect(query)!, { sourceIp: "10.0.0.1" })).toEqual([
    { about: "sender", attribute: "igmp.role", value: "querier" },
  ]);
  expect(igmp.evidence(igmp.dissect(query)!, { sourceIp: "0.0.0.0" })).toEqual([]);
});

test("every shorter cut is malformed or not ours, with what stood before", () => {
  for (let length = 1; length < report3.length; length++) {
    const message = igmp.dissect(report3.subarray(0, length));
    expect(JSON.stringify(message)).toMatch(/malformed|224\.0\.0\.251/);
  }
});

test("stands hostile bytes", () => expectHostileProof(igmp, [query, report2, report3]));
