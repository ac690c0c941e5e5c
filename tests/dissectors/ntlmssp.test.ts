import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ntlmsspEvidence, readNtlmssp } from "../../agent/dissectors/ntlmssp.ts";
import { canary, hex } from "./bytes.ts";
import { expectBounded } from "./hostile.ts";
import { authenticate, challenge, negotiate } from "./ntlm-messages.ts";

test("a challenge names the server's computer, domain and Windows build", () => {
  const message = challenge({
    computer: "WARDSRV1",
    domain: "HOSPITAL",
    dns: "wardsrv1.hospital.test",
    version: "0a 00 63 45 00 00 00 0f",
  });
  expect(readNtlmssp(message)).toEqual({
    type: "challenge",
    version: "10.0.17763",
    computer: "WARDSRV1",
    domain: "HOSPITAL",
    dnsComputer: "wardsrv1.hospital.test",
  });
});

test("a message inside SPNEGO is found", () => {
  const wrapped = Buffer.concat([hex("60 48 06 06 2b 06 01 05 05 02 a0 3e"), negotiate()]);
  expect(readNtlmssp(wrapped)?.type).toBe("negotiate");
});

test("a client's workstation and version stand in its authenticate message, its user doesn't", () => {
  const message = authenticate({ user: canary("user"), workstation: "NURSE-PC-7", nt: 200, lm: 24 });
  expect(readNtlmssp(message)).toEqual({
    type: "authenticate",
    version: "6.1.7601",
    computer: "NURSE-PC-7",
    response: "v2",
  });
});

describe("the form of the response", () => {
  test.each([
    [{ nt: 24, lm: 24 }, "v1"],
    [{ nt: 24, lm: 24, flags: 0x82080201 }, "v1-ess"],
    [{ nt: 0, lm: 24 }, "v1"],
    [{ nt: 40, lm: 24 }, "v2"],
    [{ nt: 0, lm: 1, user: "", flags: 0x82000a01 }, "anonymous"],
  ])("%j is %s", (parts, form) => {
    expect(readNtlmssp(authenticate(parts))?.response).toBe(form);
  });
});

test("neither user, user's domain nor responses come out", () => {
  const message = authenticate({ user: canary("user"), domain: canary("domain"), nt: 64, lm: 24, fill: 0x58 });
  const told = JSON.stringify([readNtlmssp(message), ntlmsspEvidence(readNtlmssp(message)!)]);
  expect(told).not.toContain("CANARY");
  expect(told).not.toContain("XXXX");
});

test("every shorter cut gives a value, not an exception", () => {
  for (const whole of [challenge({ computer: "A", domain: "B", dns: "a.b" }), authenticate({ nt: 24, lm: 24 })])
    for (let length = 0; length < whole.length; length++) {
      const message = readNtlmssp(whole.subarray(0, length));
      if (message !== undefined) expectBounded(ntlmsspEvidence(message));
    }
});

test("damaged bytes give bounded evidence", () => {
  const good = [challenge({ computer: "A", domain: "B", dns: "a.b" }), authenticate({ nt: 24, lm: 24 }), negotiate()];
  fc.assert(
    fc.property(
      fc.constantFrom(...good),
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 6 }),
      (whole, changes) => {
        const copy = Buffer.from(whole);
        for (const [at, value] of changes) copy[8 + (at % (copy.length - 8))] = value;
        const message = readNtlmssp(copy);
        if (message !== undefined) expectBounded(ntlmsspEvidence(message));
      },
    ),
    { numRuns: 500 },
  );
});
