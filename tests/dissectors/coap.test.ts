import { expect, test } from "vitest";
import coap from "../../agent/dissectors/coap.ts";
import { flowOf } from "../../agent/dissectors/dissector.ts";
import { bytes, canary, hex } from "./bytes.ts";
import { everything, expectHostileProof, read } from "./hostile.ts";

/** Version 1, confirmable, token of 2; GET; message id; token; Uri-Path (11) of three letters. */
const get = bytes(hex("42 01 12 34 aa bb b3"), "bed");
/** Acknowledgement 2.05 with payload. */
const content = bytes(hex("62 45 12 34 aa bb ff"), canary("payload"));

test("a request has a server, an answer is from one", () => {
  expect(coap.definition.server?.(coap.dissect(get)!, flowOf())).toBe("receiver");
  expect(read(coap, content).evidence).toMatchObject([{ about: "sender", attribute: "coap.role", value: "server" }]);
});

test("no path or payload comes out", () => {
  expect(everything(coap, content) + everything(coap, get)).not.toMatch(/CANARY|bed/);
});

test.each([
  ["another version", "82 01 12 34"],
  ["a token of nine", "49 01 12 34 00 00 00 00 00 00 00 00 00"],
  ["a method nobody defined", "40 1f 12 34"],
  ["an option past the end", "40 01 12 34 b9 01"],
  ["an option head of 15", "40 01 12 34 f0"],
  ["a payload mark without payload", "40 01 12 34 ff"],
  ["nothing but a head", "40 00 12 34"],
])("%s is not CoAP", (_, payload) => expect(coap.dissect(hex(payload))).toBeUndefined());

test("is asked only on its port", () => expect(coap.definition.recognise).toBeUndefined());
test("stands hostile bytes", () => expectHostileProof(coap, [get, content], { transport: "udp" }));
