import { expect, test } from "vitest";
import { flowOf } from "../../agent/dissectors/dissector.ts";
import llmnr from "../../agent/dissectors/llmnr.ts";
import { bytes, canary, hex } from "./bytes.ts";
import { everything, expectHostileProof, read, values } from "./hostile.ts";

const name = (text: string) => bytes([text.length], text, [0]);
const query = (text: string) => bytes(hex("1234 0000 0001 0000 0000 0000"), name(text), hex("0001 0001"));
const answer = (text: string, address: string) =>
  bytes(hex("1234 8000 0001 0001 0000 0000"), name(text), hex("0001 0001 c00c 0001 0001 0000001e 0004"), hex(address));

const asked = flowOf({ sourceIp: "10.0.0.5", sourcePort: 50_000, destinationPort: 5355, toMany: true });
const answered = flowOf({ sourceIp: "10.0.0.7", sourcePort: 5355, destinationPort: 50_000 });

test("a question tells only that its sender asks this way", () => {
  expect(read(llmnr, query(canary("q")), asked).evidence).toEqual([
    { about: "sender", attribute: "wardtap.llmnr", value: "query" },
  ]);
  expect(everything(llmnr, query(canary("q")), asked)).not.toContain("CANARY");
});

test("a host that answers for its own address has the name", () => {
  const { evidence } = read(llmnr, answer("ICU-PC-7", "0a 00 00 07"), answered);
  expect(values(evidence, "dns.resp.name")).toEqual(["ICU-PC-7"]);
  expect(values(evidence, "wardtap.llmnr")).toEqual(["response"]);
});

test("an answer with somebody else's address names nobody", () => {
  expect(values(read(llmnr, answer("ICU-PC-7", "0a 00 00 09"), answered).evidence, "dns.resp.name")).toEqual([]);
});

test("an answer from another port is not this protocol", () => {
  expect(llmnr.dissect(answer("A", "0a000007"), { ...answered, sourcePort: 53 })).toBeUndefined();
});

test("calls every shorter cut malformed or not its own", () => {
  const whole = answer("ICU-PC-7", "0a 00 00 07");
  for (let length = 0; length < whole.length; length++) {
    const message = llmnr.dissect(whole.subarray(0, length), answered);
    if (message !== undefined) expect(message, String(length)).toHaveProperty("malformed");
  }
});

test("stands hostile bytes", () => expectHostileProof(llmnr, [query("A"), answer("B", "0a000007")], answered));
