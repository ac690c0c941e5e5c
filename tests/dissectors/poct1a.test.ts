import { describe, expect, test } from "vitest";
import { flowOf } from "../../agent/dissectors/dissector.ts";
import poct1a from "../../agent/dissectors/poct1a.ts";
import { canary } from "./bytes.ts";
import { everything, expectHostileProof, read, values } from "./hostile.ts";

const HELLO = Buffer.from(
  `<?xml version="1.0" encoding="utf-8"?>\n<HEL.R01><HDR><HDR.message_type V="HEL.R01"/></HDR><DEV><DEV.device_id V="00-13-DD-01-02-03"/><DEV.vendor_id V="Nova &amp; Co"/><DEV.model_id V="StatStrip"/><DEV.serial_id V="SN123"/><DEV.sw_version V="1.2.3"/></DEV><OPR><OPR.operator_id V="${canary("operator")}"/></OPR></HEL.R01>\r\n`,
);
const RESULT = Buffer.from(
  `<OBS.R01><SVC><PT><PT.patient_id V="${canary("patient")}"/><DEV.model_id V="${canary("model")}"/></PT></SVC></OBS.R01>`,
);
const tcp = () => flowOf({ transport: "tcp" });

describe("a meter's hello", () => {
  const { evidence } = read(poct1a, HELLO, tcp());
  test("tells what it is", () => {
    expect(
      evidence.filter(({ about }) => about === "sender").map(({ attribute, value }) => [attribute, value]),
    ).toEqual([
      ["poct1a.role", "device"],
      ["poct1a.dev.device_id", "00-13-DD-01-02-03"],
      ["poct1a.dev.vendor_id", "Nova & Co"],
      ["poct1a.dev.model_id", "StatStrip"],
      ["poct1a.dev.serial_id", "SN123"],
      ["poct1a.dev.sw_version", "1.2.3"],
    ]);
  });
  test("makes the other end its manager", () =>
    expect(evidence).toContainEqual({ about: "receiver", attribute: "poct1a.role", value: "manager" }));
  test("is waited for until its end", () => {
    for (let length = 1; length < HELLO.length - 2; length++)
      expect(poct1a.definition.messageLength!(HELLO.subarray(0, length), tcp()), `${length}`).toBe(0);
    expect(poct1a.definition.messageLength!(HELLO, tcp())).toBe(HELLO.length);
  });
});

test("results are known to go by in clear, and nothing of them is read", () => {
  const flow = tcp();
  read(poct1a, HELLO, flow);
  expect(values(read(poct1a, RESULT, flow).evidence, "wardtap.clinical")).toEqual(["poct1a", "poct1a"]);
  expect(everything(poct1a, RESULT, flow) + everything(poct1a, HELLO, tcp())).not.toContain("CANARY");
});
test("other XML is left to others", () => {
  const other = Buffer.from('<?xml version="1.0"?><stream:stream to="ward">');
  expect(poct1a.definition.messageLength!(other, tcp())).toBe(-1);
  expect(poct1a.dissect(other)).toBeUndefined();
});
test("stands hostile bytes", () => expectHostileProof(poct1a, [HELLO, RESULT], { transport: "tcp" }));
