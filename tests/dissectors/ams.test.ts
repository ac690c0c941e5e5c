import { describe, expect, test } from "vitest";
import ams from "../../agent/dissectors/ams.ts";
import { flowOf } from "../../agent/dissectors/dissector.ts";
import { bytes, canary, hex } from "./bytes.ts";
import { everything, expectHostileProof, read, values } from "./hostile.ts";

const le = (value: number, length: number) => {
  const out = Buffer.alloc(length);
  out.writeUIntLE(value, 0, length);
  return out;
};
const tag = (id: number, ...value: (Buffer | string)[]) => {
  const body = bytes(...value);
  return bytes(le(id, 2), le(body.length, 2), body);
};
const datagram = (service: string, ...tags: Buffer[]) =>
  bytes(hex("03 66 14 71 00 00 00 00"), hex(service), hex("05 0d 75 60 01 01 10 27"), le(tags.length, 4), ...tags);
const SYSTEM = bytes(le(276, 4), le(6, 4), le(0, 4), le(0, 4), le(3, 4));
const FOUND = datagram("01 00 00 80", tag(5, "CX_0D7560\0"), tag(4, SYSTEM), tag(3, hex("02 0b b4 08")));
const ROUTE = datagram(
  "06 00 00 00",
  tag(12, "route\0"),
  tag(13, `${canary("user")}\0`),
  tag(2, `${canary("password")}\0`),
);
const udp = flowOf({ transport: "udp" });

describe("an answer to a search", () => {
  test("tells name, TwinCAT version and system", () => {
    expect(read(ams, FOUND, udp).evidence.map(({ attribute, value }) => [attribute, value])).toEqual([
      ["ams.host_name", "CX_0D7560"],
      ["ams.system", "3 6.0.0"],
      ["ams.twincat.version", "2.11.2228"],
      ["ams.role", "server"],
    ]);
  });
});

test("a route that is added shows that a password went by, and never whose or which", () => {
  const { evidence } = read(ams, ROUTE, udp);
  expect(evidence).toEqual([
    { about: "receiver", attribute: "wardtap.login", value: "ads" },
    { about: "sender", attribute: "wardtap.login.sent", value: "ads" },
  ]);
  expect(everything(ams, ROUTE, udp)).not.toContain("CANARY");
});
test("device information over TCP names the ADS server", () => {
  const data = bytes(hex("00 00 00 00 03 01 b4 0f"), "TCatPlcCtrl".padEnd(16, "\0"));
  const head = bytes(
    hex("05 0d 75 60 01 01 21 03  01 02 03 04 01 01 89 80  01 00 05 00"),
    le(data.length, 4),
    Buffer.alloc(8),
  );
  const message = bytes(hex("00 00"), le(head.length + data.length, 4), head, data);
  expect(values(read(ams, message, flowOf({ transport: "tcp" })).evidence, "ams.device_name")).toEqual(["TCatPlcCtrl"]);
});
test("a tag that runs past the datagram is malformed", () =>
  expect(ams.dissect(FOUND.subarray(0, FOUND.length - 2), udp)).toHaveProperty("malformed"));
test("stands hostile bytes", () => {
  expectHostileProof(ams, [FOUND, ROUTE], { transport: "udp" });
  expectHostileProof(ams, [FOUND], { transport: "tcp" });
});
