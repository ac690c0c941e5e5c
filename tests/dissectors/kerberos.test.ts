import { describe, expect, test } from "vitest";
import { flowOf } from "../../agent/dissectors/dissector.ts";
import kerberos from "../../agent/dissectors/kerberos.ts";
import { ber } from "./ber-build.ts";
import { bytes, canary, u32 } from "./bytes.ts";
import { everything, expectHostileProof, read, values } from "./hostile.ts";

/** RFC 4120 5.2, 5.4: explicitly tagged members of sequences. */
const text = (value: string) => ber(0x1b, value);
const number = (value: number) => ber(2, [value]);
const principal = (...parts: string[]) => ber(0x30, ber(0xa0, number(1)), ber(0xa1, ber(0x30, ...parts.map(text))));
const address = (type: number, value: string) => ber(0x30, ber(0xa0, number(type)), ber(0xa1, ber(4, value)));

const request = (tag: number, client: string[], ...addresses: Buffer[]) =>
  ber(
    tag,
    ber(
      0x30,
      ber(0xa1, number(5)),
      ber(0xa2, number(tag - 0x60)),
      ber(
        0xa4,
        ber(
          0x30,
          ber(0xa0, ber(3, [0, 0x40, 0x81, 0, 0x10])),
          ...(client.length > 0 ? [ber(0xa1, principal(...client))] : []),
          ber(0xa2, text("WARD.TEST")),
          ber(0xa3, principal("krbtgt", "WARD.TEST")),
          ...(addresses.length > 0 ? [ber(0xa9, ber(0x30, ...addresses))] : []),
        ),
      ),
    ),
  );
const reply = (tag: number, client: string, type: number) =>
  ber(
    tag,
    ber(
      0x30,
      ber(0xa0, number(5)),
      ber(0xa1, number(tag - 0x60)),
      ber(0xa3, text("WARD.TEST")),
      ber(0xa4, principal(client)),
      ber(0xa5, ber(0x61, canary("ticket"))),
      ber(0xa6, ber(0x30, ber(0xa0, number(type)), ber(0xa2, ber(4, canary("cipher"))))),
    ),
  );
const error = ber(0x7e, ber(0x30, ber(0xa0, number(5)), ber(0xa1, number(30)), ber(0xa9, text("WARD.TEST"))));

test("a machine that logs on names itself", () => {
  const { evidence } = read(kerberos, request(0x6a, ["ward-pc-7$"], address(20, "WARD-PC-7       ")));
  expect(values(evidence, "kerberos.machine")).toEqual(["WARD-PC-7"]);
  expect(values(evidence, "kerberos.addr_nb")).toEqual(["WARD-PC-7"]);
  expect(values(evidence, "kerberos.realm")).toEqual(["WARD.TEST"]);
});

test("a user's log-on tells the computer's name and not the user's", () => {
  const told = everything(kerberos, request(0x6a, [canary("user")], address(20, "WARD-PC-7       ")));
  expect(told).not.toContain("CANARY");
  expect(told).toContain("WARD-PC-7");
});

test("a name of several parts is a service's, not a machine's", () => {
  expect(values(read(kerberos, request(0x6a, ["host", "pc$"])).evidence, "kerberos.machine")).toEqual([]);
});

test("an answer makes its sender the realm's server", () => {
  const { message, evidence } = read(kerberos, error);
  expect(values(evidence, "wardtap.role")).toEqual(["kerberos-server"]);
  expect(kerberos.definition.server?.(message!, flowOf())).toBe("sender");
});

describe("the seal of an answer", () => {
  test.each([
    [3, ["des-cbc-md5"]],
    [23, ["rc4-hmac"]],
    [18, []],
  ])("of type %i is weak: %j", (type, weak) => {
    const { evidence } = read(kerberos, reply(0x6b, "ward-pc-7$", type));
    expect(values(evidence, "kerberos.etype.weak")).toEqual(weak);
  });
});

test("a machine named in an answer is the receiver", () => {
  expect(read(kerberos, reply(0x6d, "xp1$", 18)).evidence).toContainEqual({
    about: "receiver",
    attribute: "kerberos.machine",
    value: "XP1",
  });
});

test("users, tickets and what is sealed never come out", () => {
  expect(everything(kerberos, reply(0x6b, canary("user"), 23))).not.toContain("CANARY");
});

test("over TCP the length comes first and must agree", () => {
  const flow = flowOf({ transport: "tcp" });
  const framed = bytes(u32(error.length), error);
  expect(kerberos.definition.messageLength?.(framed, flow)).toBe(framed.length);
  expect(kerberos.definition.messageLength?.(bytes(u32(error.length + 1), error), flow)).toBe(-1);
  expect(values(read(kerberos, framed, flow).evidence, "kerberos.realm")).toEqual(["WARD.TEST"]);
});

test("every shorter cut is malformed or not ours", () => {
  for (let length = 1; length < error.length; length++)
    expect(kerberos.dissect(error.subarray(0, length))).toHaveProperty("malformed");
});

test("damaged messages give bounded evidence", () => {
  const good = [request(0x6a, ["pc$"], address(20, "PC")), reply(0x6b, "pc$", 23), error];
  expectHostileProof(kerberos, good);
  expectHostileProof(
    kerberos,
    good.map((message) => bytes(u32(message.length), message)),
    { transport: "tcp" },
  );
});
