import { describe, expect, test } from "vitest";
import { isMalformed } from "../../agent/dissectors/dissector.ts";
import lldp from "../../agent/dissectors/lldp.ts";
import { bytes, hex, u16 } from "./bytes.ts";
import { everything, expectHostileProof, read, values } from "./hostile.ts";

const tlv = (type: number, ...value: (string | Buffer | number[])[]) => {
  const body = bytes(...value);
  return bytes(u16((type << 9) | body.length), body);
};
const mandatory = [tlv(1, hex("04 00 13 21 57 ca 40")), tlv(2, [7], "Port 1"), tlv(3, u16(120))];
const END = tlv(0);
const organisation = (oui: string, subtype: number, ...value: (string | Buffer | number[])[]) =>
  tlv(127, hex(oui), [subtype], ...value);

const ward = bytes(
  ...mandatory,
  tlv(5, "S1.ward.nhs.uk"),
  tlv(6, "ProCurve J8762A Switch 2600-8-PWR, revision H.08.89"),
  tlv(7, u16(0x0014), u16(0x0014)),
  tlv(8, hex("05 01 0a 00 00 fe  02 00 00 00 01  00")),
  organisation("00 12 bb", 1, u16(0x33), [3]),
  organisation("00 12 bb", 5, "hw-2"),
  organisation("00 12 bb", 6, "fw-3"),
  organisation("00 12 bb", 7, "sw-4"),
  organisation("00 12 bb", 8, "SG123"),
  organisation("00 12 bb", 9, "HP"),
  organisation("00 12 bb", 10, "2600"),
  organisation("00 00 5e", 1, "https://mud.example.com/2600.json"),
  END,
);

describe("a switch's frame", () => {
  const { evidence } = read(lldp, ward);
  test("tells what it is", () => {
    expect(
      evidence.filter(({ about }) => about === "sender").map(({ attribute, value }) => [attribute, value]),
    ).toEqual([
      ["lldp.chassis.id.mac", "00:13:21:57:ca:40"],
      ["lldp.port.id", "Port 1"],
      ["lldp.tlv.system.name", "S1.ward.nhs.uk"],
      ["lldp.tlv.system.desc", "ProCurve J8762A Switch 2600-8-PWR, revision H.08.89"],
      ["lldp.tlv.enable_system_cap", "bridge,router"],
      ["lldp.mgn.addr.ip4", "10.0.0.254"],
      ["lldp.media.subtype.class", "3"],
      ["lldp.media.hardware", "hw-2"],
      ["lldp.media.firmware", "fw-3"],
      ["lldp.media.software", "sw-4"],
      ["lldp.media.sn", "SG123"],
      ["lldp.media.manufacturer", "HP"],
      ["lldp.media.model", "2600"],
      ["lldp.mudurl", "https://mud.example.com/2600.json"],
    ]);
  });

  test("says that the chassis' own address is the same device", () => {
    expect(evidence).toContainEqual({
      about: { mac: "00:13:21:57:ca:40" },
      attribute: "lldp.chassis.id.mac",
      value: "00:13:21:57:ca:40",
    });
  });
});

test("takes no group address for a chassis", () => {
  const group = bytes(tlv(1, hex("04 01 80 c2 00 00 0e")), ...mandatory.slice(1), END);
  expect(values(read(lldp, group).evidence, "lldp.chassis.id.mac")).toEqual([]);
});

test("takes what follows the end for padding", () => {
  expect(lldp.dissect(bytes(...mandatory, END, Buffer.alloc(30, 0xff)))).not.toHaveProperty("malformed");
});

test.each([
  ["without the mandatory three", bytes(tlv(5, "S1"), END)],
  ["with the mandatory three out of order", bytes(mandatory[1]!, mandatory[0]!, mandatory[2]!, END)],
  ["with a mandatory one twice", bytes(...mandatory, mandatory[0]!, END)],
  ["with an empty chassis id", bytes(tlv(1), ...mandatory.slice(1), END)],
  ["with a hundred bytes after its end", bytes(...mandatory, END, Buffer.alloc(100))],
  ["of no bytes", Buffer.alloc(0)],
])("calls a frame %s malformed", (_, frame) => {
  expect(lldp.dissect(frame)).toHaveProperty("malformed");
});

test("calls a TLV longer than the frame malformed and keeps what stood before it", () => {
  const { message, evidence } = read(lldp, bytes(...mandatory, tlv(5, "S1"), u16((6 << 9) | 511), "short"));
  expect(isMalformed(message)).toBe(true);
  expect(values(evidence, "lldp.tlv.system.name")).toEqual(["S1"]);
});

test("calls every shorter cut malformed, save between TLVs, where the last one may be missing", () => {
  const bounds = new Set<number>();
  for (let at = 0; at < ward.length; at += 2 + (ward.readUInt16BE(at) & 0x1ff)) bounds.add(at);
  const first = mandatory.reduce((sum, part) => sum + part.length, 0);
  for (let length = 0; length < ward.length; length++) {
    expect(isMalformed(lldp.dissect(ward.subarray(0, length)))).toBe(length < first || !bounds.has(length));
  }
});

test("keeps no system name, serial or asset number that looks like a person's", () => {
  const held = bytes(
    ...mandatory,
    tlv(5, "9434765919"),
    organisation("00 12 bb", 8, "MOUSE^MICKEY"),
    organisation("00 12 bb", 11, "18/11/1928"),
    END,
  );
  expect(everything(lldp, held)).not.toMatch(/9434765919|MICKEY|1928/);
});

test("stands hostile bytes", () => expectHostileProof(lldp, [ward], { transport: "link" }));
