import { expect, test } from "vitest";
import eapol from "../../agent/dissectors/eapol.ts";
import { bytes, canary, hex, u16 } from "./bytes.ts";
import { everything, expectHostileProof, read, values } from "./hostile.ts";

const eap = (code: number, type: number, data: string | Buffer = "") =>
  bytes([2, 0], u16(5 + data.length), [code, 9], u16(5 + data.length), [type], data);
const identity = (text: string) => eap(2, 1, text);

test("of a person's login only the realm is told", () => {
  const login = identity(`${canary("user")}@ward.nhs.uk`);
  expect(values(read(eapol, login).evidence, "eap.identity.realm")).toEqual(["ward.nhs.uk"]);
  expect(everything(eapol, login)).not.toContain("CANARY");
});

test.each([canary("user"), `WARD\\${canary("user")}`, "0234150999999999", `${canary("a")}@${canary("b")}`])(
  "a login without a realm (%#) tells nothing of who it is",
  (text) => {
    expect(everything(eapol, identity(text))).not.toMatch(/CANARY|0234150999999999/);
  },
);

test("a computer's own login tells its name", () => {
  expect(values(read(eapol, identity("host/ICU-PC-7.ward.nhs.uk")).evidence, "eap.identity.machine")).toEqual([
    "ICU-PC-7.ward.nhs.uk",
  ]);
});

test("who asks is the authenticator, who answers the supplicant", () => {
  expect(values(read(eapol, eap(1, 25)).evidence, "wardtap.role")).toEqual(["802.1x-authenticator"]);
  expect(values(read(eapol, eap(2, 25)).evidence, "wardtap.role")).toEqual(["802.1x-supplicant"]);
  expect(values(read(eapol, hex("01 01 0000")).evidence, "wardtap.role")).toEqual(["802.1x-supplicant"]);
});

test("methods are told, offered or wanted instead", () => {
  expect(values(read(eapol, eap(1, 4, "x")).evidence, "eap.type")).toEqual(["MD5"]);
  expect(values(read(eapol, eap(2, 3, Buffer.from([25]))).evidence, "eap.type")).toEqual(["PEAP"]);
});

test("calls every shorter cut malformed", () => {
  const whole = identity("host/ICU-PC-7.ward.nhs.uk");
  for (let length = 0; length < whole.length; length++)
    expect(eapol.dissect(whole.subarray(0, length)), String(length)).toHaveProperty("malformed");
});

test("stands hostile bytes", () =>
  expectHostileProof(eapol, [identity("a@b.example"), eap(1, 25), identity("host/pc")], { transport: "link" }));
