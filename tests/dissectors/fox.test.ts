import { expect, test } from "vitest";
import { flowOf } from "../../agent/dissectors/dissector.ts";
import fox from "../../agent/dissectors/fox.ts";
import { ascii, canary } from "./bytes.ts";
import { everything, expectHostileProof, read, values } from "./hostile.ts";

const HELLO = ascii(
  [
    "fox a 0 -1 fox hello",
    "{",
    "fox.version=s:1.0.1",
    "id=i:1",
    "hostName=s:JACE-ROOF",
    "app.name=s:Station",
    "app.version=s:3.7.108",
    "os.name=s:QNX",
    "station.name=s:Roof_Plant",
    "brandId=s:vykon",
    `username=s:${canary("user")}`,
    `sysInfo=o:bog 61[<bog>${canary("info")}</bog>]`,
    "};;",
    "",
  ].join("\n"),
);

test("a station's greeting tells what it is", () => {
  const { evidence } = read(fox, HELLO, flowOf({ transport: "tcp" }));
  expect(values(evidence, "fox.app.name")).toEqual(["Station"]);
  expect(values(evidence, "fox.app.version")).toEqual(["3.7.108"]);
  expect(values(evidence, "fox.os.name")).toEqual(["QNX"]);
  expect(values(evidence, "fox.station.name")).toEqual(["Roof_Plant"]);
});
test("nothing else of it is read", () => expect(everything(fox, HELLO)).not.toContain("CANARY"));
test("a greeting is waited for until its end", () => {
  const flow = flowOf({ transport: "tcp" });
  for (let length = 1; length < HELLO.length; length++) {
    expect(fox.definition.messageLength!(HELLO.subarray(0, length), flow), `${length}`).toBe(0);
  }
  expect(fox.definition.messageLength!(HELLO, flow)).toBe(HELLO.length);
});
test("an endless greeting is given up", () =>
  expect(fox.definition.messageLength!(Buffer.alloc(9000, HELLO.subarray(0, HELLO.length - 3)), flowOf())).toBe(-1));
test("stands hostile bytes", () => expectHostileProof(fox, [HELLO], { transport: "tcp" }));
