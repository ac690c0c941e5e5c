import { describe, expect, test } from "vitest";
import { type Flow, flowOf, isMalformed } from "../../agent/dissectors/dissector.ts";
import hl7 from "../../agent/dissectors/hl7.ts";
import { bytes, canary } from "./bytes.ts";
import { everything, expectHostileProof, read, values } from "./hostile.ts";

const block = (...segments: string[]) => bytes([0x0b], `${segments.join("\r")}\r`, [0x1c, 0x0d]);
const MSH =
  "MSH|^~\\&|SPACEONLINE|BBRAUN|EMR|WARD7|20260822101500||ORU^R01^ORU_R01|4711|P|2.6|||NE|AL||UNICODE UTF-8|||IHE_PCD_001^IHE PCD^1.3.6^ISO";
/** A segment with values at the fields named; all others are empty. */
const segment = (name: string, fields: Record<number, string>) => {
  const last = Math.max(...Object.keys(fields).map(Number));
  return [name, ...Array.from({ length: last }, (_, index) => fields[index + 1] ?? "")].join("|");
};
const prt = (fields: Record<number, string>) => segment("PRT", fields);
const obx = (equipment: string) => segment("OBX", { 1: "1", 2: "NM", 3: "68063^MDC_X^MDC", 11: "R", 18: equipment });
const from = (sourceMac: string): Flow => flowOf({ transport: "tcp", sourceMac });
const devices = (...segments: string[]) =>
  read(hl7, block(MSH, ...segments)).evidence.filter(({ attribute }) => /^hl7\.(prt|obx)/.test(attribute));

describe("the header", () => {
  test("names both systems, the message and its version", () => {
    expect(read(hl7, block(MSH)).evidence).toEqual([
      { about: "sender", attribute: "hl7.msh.3", value: "SPACEONLINE" },
      { about: "sender", attribute: "hl7.msh.4", value: "BBRAUN" },
      { about: "receiver", attribute: "hl7.msh.5", value: "EMR" },
      { about: "receiver", attribute: "hl7.msh.6", value: "WARD7" },
      { about: "sender", attribute: "hl7.msh.9", value: "ORU^R01" },
      { about: "sender", attribute: "hl7.msh.12", value: "2.6" },
      { about: "sender", attribute: "hl7.msh.21", value: "IHE_PCD_001" },
      { about: "sender", attribute: "hl7.role", value: "sender" },
    ]);
  });

  test("may choose its own separators", () => {
    const other = block("MSH#*!?%#PUMPSRV*1*ISO#ICU###20260822##ORU*R01#1#P#2.5");
    expect(values(read(hl7, other).evidence, "hl7.msh.3")).toEqual(["PUMPSRV"]);
    expect(values(read(hl7, other).evidence, "hl7.msh.9")).toEqual(["ORU^R01"]);
  });

  test("is read in Latin-1 and in UTF-8", () => {
    expect(values(read(hl7, block("MSH|^~\\&|DR\xc4GER|X")).evidence, "hl7.msh.3")).toEqual(["DRÄGER"]);
    const utf8 = bytes([0x0b], Buffer.from("MSH|^~\\&|DRÄGER|X\r", "utf8"), [0x1c, 0x0d]);
    expect(values(read(hl7, utf8).evidence, "hl7.msh.3")).toEqual(["DRÄGER"]);
  });

  test("that isn't HL7's is left to others", () => {
    expect(hl7.dissect(block("MSHABCDEFGHI"))).toBeUndefined();
    expect(hl7.dissect(bytes("MSH is a drug|"))).toBeUndefined();
  });
});

describe("who serves", () => {
  const server = (...segments: string[]) => hl7.definition.server?.(hl7.dissect(block(...segments))!, flowOf());
  test("is the receiver of a message", () => expect(server(MSH)).toBe("receiver"));
  test("is the sender of an acknowledgement", () =>
    expect(server("MSH|^~\\&|EMR|W|S|B|2026||ACK|1|P|2.6", "MSA|AA|1")).toBe("sender"));
});

describe("device fields", () => {
  test("of PRT are the sender's when they name one device", () => {
    const udi = prt({
      4: "EQUIP",
      10: "(01)00643169001763^^^",
      16: "Hospira Plum A+",
      19: "LOT7",
      20: "SN-42",
      22: "69985^MDC_DEV_PUMP_INFUS_MDS^MDC",
    });
    expect(devices(udi)).toEqual([
      { about: "sender", attribute: "hl7.prt.10", value: "(01)00643169001763" },
      { about: "sender", attribute: "hl7.prt.16", value: "Hospira Plum A+" },
      { about: "sender", attribute: "hl7.prt.19", value: "LOT7" },
      { about: "sender", attribute: "hl7.prt.20", value: "SN-42" },
      { about: "sender", attribute: "hl7.prt.22", value: "MDC_DEV_PUMP_INFUS_MDS" },
    ]);
  });

  test.each(["0012210A0B0C", "001221FFFE0A0B0C", "001221FFFF0A0B0C"])(
    "with the EUI-64 %s are the sender's when it is made of its MAC",
    (id) => {
      const message = block(MSH, obx(`X^^${id}^EUI-64`));
      const { evidence } = read(hl7, message, from("00:12:21:0a:0b:0c"));
      expect(evidence).toContainEqual({ about: "sender", attribute: "hl7.obx.18", value: id });
    },
  );

  test("with another station's EUI-64 are about that equipment", () => {
    const { evidence } = read(hl7, block(MSH, obx("PUMP^^0012210000000042^EUI-64")), from("00:50:56:aa:bb:01"));
    expect(evidence).toContainEqual({
      about: { reported: "0012210000000042" },
      attribute: "hl7.obx.18",
      value: "0012210000000042",
    });
  });

  test("with the sending application's own EUI-64 are the sender's", () => {
    const own = MSH.replace("SPACEONLINE", "SPACEONLINE^0012210000000042^EUI-64");
    const { evidence } = read(hl7, block(own, obx("^^0012210000000042^EUI-64")));
    expect(evidence).toContainEqual({ about: "sender", attribute: "hl7.obx.18", value: "0012210000000042" });
  });

  test("of several devices make the sender a gateway for each", () => {
    expect(devices(obx("PUMP-A"), obx("PUMP-B"), prt({ 20: "SN-3", 16: "Space" }))).toEqual([
      { about: { reported: "PUMP-A" }, attribute: "hl7.obx.18", value: "PUMP-A" },
      { about: { reported: "PUMP-B" }, attribute: "hl7.obx.18", value: "PUMP-B" },
      { about: { reported: "Space SN-3" }, attribute: "hl7.prt.16", value: "Space" },
      { about: { reported: "Space SN-3" }, attribute: "hl7.prt.20", value: "SN-3" },
    ]);
  });

  test("of one device after another in a flow make the sender a gateway", () => {
    const flow = from("00:50:56:aa:bb:01");
    read(hl7, block(MSH, obx("PUMP-A")), flow);
    const { evidence } = read(hl7, block(MSH, obx("PUMP-B")), flow);
    expect(evidence).toContainEqual({ about: { reported: "PUMP-B" }, attribute: "hl7.obx.18", value: "PUMP-B" });
  });

  test("said twice count once", () => {
    expect(devices(obx("PUMP-A"), obx("PUMP-A"))).toEqual([
      { about: { reported: "PUMP-A" }, attribute: "hl7.obx.18", value: "PUMP-A" },
    ]);
  });
});

describe("a patient's data", () => {
  /** Every field of every segment that may hold a person carries its own mark. */
  const marked = (name: string, fields: number, allowed: readonly number[] = []) =>
    segment(
      name,
      Object.fromEntries(
        Array.from({ length: fields }, (_, index) => [
          index + 1,
          allowed.includes(index + 1) ? "" : canary(`${name}${index + 1}`),
        ]),
      ),
    );
  const header = MSH.split("|")
    .map((value, index) => (index > 5 && value === "" ? canary(`MSH${index + 1}`) : value))
    .join("|");
  const message = block(
    header,
    ...[
      "PID",
      "PD1",
      "NK1",
      "PV1",
      "PV2",
      "AL1",
      "DG1",
      "ORC",
      "OBR",
      "NTE",
      "IN1",
      "GT1",
      "ZPI",
      "EVN",
      "TXA",
      "MRG",
      "ROL",
      "CTD",
    ].map((name) => marked(name, 50)),
    marked("OBX", 30, [18]),
    marked("PRT", 24, [10, 16, 19, 20, 22]),
    marked("PRT", 24, [10, 16, 19, 20, 22]).replace("PRT", "PRTX"),
    `MSA|AA|1|${canary("msa3")}`,
  );

  test("is never read: no mark of any forbidden field comes out", () => {
    expect(values(read(hl7, message).evidence, "wardtap.clinical")).toHaveLength(2);
    expect(everything(hl7, message)).not.toContain("CANARY");
  });

  test("that went into a device field by mistake is dropped when it looks like a person", () => {
    const held = block(
      "MSH|^~\\&|9434765919|18/11/1928|MOUSE\\S\\MICKEY|X",
      prt({ 10: "943 476 5919", 16: "19281118", 20: "9434765919", 22: "^MOUSE\\S\\MICKEY" }),
      obx("9434765919"),
    );
    expect(everything(hl7, held)).not.toMatch(/9434765919|943 476|1928|MICKEY/);
  });

  test("is said to go by in clear, about both ends, without its content", () => {
    for (const data of ["PID|1||X", obx("")]) {
      const found = read(hl7, block(MSH, data)).evidence.filter(({ attribute }) => attribute === "wardtap.clinical");
      expect(found).toEqual([
        { about: "sender", attribute: "wardtap.clinical", value: "hl7" },
        { about: "receiver", attribute: "wardtap.clinical", value: "hl7" },
      ]);
    }
  });

  test("is not said to go by where there is none", () => {
    expect(values(read(hl7, block(MSH, "MSA|AA|1")).evidence, "wardtap.clinical")).toEqual([]);
  });
});

describe("the block", () => {
  const length = (payload: Buffer) => hl7.definition.messageLength?.(payload, flowOf({ transport: "tcp" }));
  const message = block(MSH, "PID|1", prt({ 16: "Plum A+" }));

  test("ends behind its end mark", () => {
    expect(length(bytes(message, block(MSH)))).toBe(message.length);
  });

  test("needs more bytes until then", () => {
    for (let cut = 1; cut < message.length; cut++) expect(length(message.subarray(0, cut))).toBe(0);
  });

  test("ends before the next start where the last return is missing", () => {
    expect(length(bytes(message.subarray(0, -1), block(MSH)))).toBe(message.length - 1);
  });

  test("takes line ends behind it along", () => {
    expect(length(bytes(message, "\r\n"))).toBe(message.length + 2);
  });

  test("is not HL7 when it begins otherwise", () => {
    expect(length(bytes("GET / HTTP/1.1"))).toBe(-1);
    expect(length(bytes([0x0b], "MSX"))).toBe(-1);
  });

  test("of every shorter cut is malformed, or not HL7", () => {
    for (let cut = 0; cut < message.length - 1; cut++) {
      const found = hl7.dissect(message.subarray(0, cut));
      expect(found === undefined || isMalformed(found)).toBe(true);
    }
  });

  test("cut by the byte limit is read without its last, half segment", () => {
    const half = message.subarray(0, message.length - 5);
    expect(values(read(hl7, half, flowOf({ cut: true })).evidence, "hl7.prt.16")).toEqual([]);
    expect(values(read(hl7, half, flowOf({ cut: true })).evidence, "wardtap.clinical")).toHaveLength(2);
  });
});

test("keeps a bounded number of devices of one message", () => {
  const many = Array.from({ length: 500 }, (_, index) => obx(`PUMP-${index}`));
  expect(devices(...many)).toHaveLength(32);
});

test("stands hostile bytes", () => {
  expectHostileProof(
    hl7,
    [block(MSH, "PID|1", prt({ 10: "A^^0012210000000042^EUI-64", 16: "Plum A+", 22: "1^B" }), obx("X\\S\\Y"))],
    {
      transport: "tcp",
      sourceMac: "00:50:56:aa:bb:01",
    },
  );
});
