import { describe, expect, test } from "vitest";
import { type Flow, flowOf } from "../../agent/dissectors/dissector.ts";
import hl7 from "../../agent/dissectors/hl7.ts";
import { ascii, bytes, canary } from "./bytes.ts";
import { everything, expectHostileProof, read, values } from "./hostile.ts";

const header = (sender: string) =>
  `MSH|^~\\&|${sender}|WARD|EPR|HOSPITAL|20260822||ORU^R01^ORU_R01|1|P|2.6|||NE|AL|||||IHE_PCD_001^IHE PCD^1.3.6^ISO`;
const mds = (place: string, kind: string, equipment: string) => `OBX|1||${kind}|${place}|||||||X|||||||${equipment}`;
const PUMP = "69985^MDC_DEV_PUMP_INFUS_MDS^MDC";
const SYRINGE = "70053^MDC_DEV_PUMP_INFUS_SYRINGE_MDS^MDC";
const framed = (...segments: string[]) => bytes([0x0b], `${segments.join("\r")}\r`, [0x1c, 0x0d]);
const from = (sourceMac = "00:50:56:00:00:01"): Flow => flowOf({ transport: "tcp", sourceMac });
const evidence = (payload: Buffer, flow = from()) => read(hl7, payload, flow).evidence;

describe("a device report", () => {
  test("gives each piece of equipment its own kind", () => {
    const told = evidence(
      framed(
        header("GATEWAY"),
        mds("1.0.0.0", PUMP, "A1^BBRAUN^0012210A0B0C0001^EUI-64"),
        mds("2.0.0.0", SYRINGE, "A2^BBRAUN^0012210A0B0C0002^EUI-64"),
      ),
    );
    expect(told).toContainEqual({
      about: { reported: "0012210A0B0C0001" },
      attribute: "hl7.obx.3",
      value: "MDC_DEV_PUMP_INFUS_MDS",
    });
    expect(told).toContainEqual({
      about: { reported: "0012210A0B0C0002" },
      attribute: "hl7.obx.3",
      value: "MDC_DEV_PUMP_INFUS_SYRINGE_MDS",
    });
    expect(told).toContainEqual({ about: "sender", attribute: "wardtap.reports", value: "hl7" });
  });
  test("names the maker that stands beside the identity", () => {
    const told = evidence(framed(header("GATEWAY"), mds("1.0.0.0", PUMP, "A1^BBRAUN^0012210A0B0C0001^EUI-64")));
    expect(values(told, "hl7.obx.18.namespace")).toEqual(["BBRAUN"]);
  });
  test("tells pumps apart that share one maker's number", () => {
    const told = evidence(
      framed(
        header("GATEWAY"),
        mds("1.0.0.0", SYRINGE, "P52814^^0012210000000000^EUI-64"),
        mds("2.0.0.0", SYRINGE, "P52815^^0012210000000000^EUI-64"),
      ),
    );
    expect(told.filter(({ attribute }) => attribute === "hl7.obx.3").map(({ about }) => about)).toEqual([
      { reported: "P52814" },
      { reported: "P52815" },
    ]);
  });
  test("of one piece of equipment doesn't make its gateway a pump", () => {
    const told = evidence(framed(header("GATEWAY"), mds("1.0.0.0", PUMP, "A1")));
    expect(told.filter(({ about, attribute }) => about === "sender" && attribute.startsWith("hl7.obx"))).toEqual([]);
  });
  test("of the sender's own is about the sender, also without OBX-18", () => {
    const own = framed(header("PUMP^001221FFFE0A0B0C^EUI-64"), `OBX|1||${PUMP}|1.0.0.0|||||||X`);
    expect(evidence(own, from("00:12:21:0a:0b:0c"))).toContainEqual({
      about: "sender",
      attribute: "hl7.obx.3",
      value: "MDC_DEV_PUMP_INFUS_MDS",
    });
    expect(values(evidence(own, from()), "hl7.obx.3")).toEqual([]);
  });
  test("may name kinds by code alone", () =>
    expect(
      values(
        evidence(framed(header("G"), mds("1.0.0.0", "70001", "0012210A0B0C0001^^0012210A0B0C0001^EUI-64"))),
        "hl7.obx.3",
      ),
    ).toEqual(["MDC_DEV_SYS_PT_VENT_MDS"]));
  test("never gives away what was measured", () => {
    const told = everything(
      hl7,
      framed(
        header("G"),
        mds("1.0.0.0", PUMP, "0012210A0B0C0001^^0012210A0B0C0001^EUI-64"),
        `OBX|2|ST|68063^MDC_ATTR_PT_WEIGHT^MDC|1.0.0.1|${canary("value")}`,
        `OBX|3|ST|0^MDC_${canary("code")}|1.0.0.2|1`,
      ),
      from(),
    );
    expect(told).not.toContain("CANARY");
    expect(told).not.toContain("MDC_ATTR");
  });
});

describe("HL7 without frames", () => {
  const BARE = ascii(`${header("PUMP")}\rPID|1||${canary("number")}||${canary("name")}\r`);
  test("is read like any other", () => expect(values(evidence(BARE), "hl7.msh.3")).toEqual(["PUMP"]));
  test("is waited for until a line ends", () => {
    expect(hl7.definition.messageLength!(BARE.subarray(0, BARE.length - 1), from())).toBe(0);
    expect(hl7.definition.messageLength!(BARE, from())).toBe(BARE.length);
  });
  test("ends where the next message begins", () =>
    expect(hl7.definition.messageLength!(bytes(BARE, BARE), from())).toBe(BARE.length));
  test("holds no person either", () => expect(everything(hl7, BARE, from())).not.toContain("CANARY"));
  test("stands hostile bytes", () =>
    expectHostileProof(hl7, [BARE, framed(header("G"), mds("1.0.0.0", PUMP, "A1^BBRAUN^0012210000000000^EUI-64"))], {
      transport: "tcp",
    }));
});
