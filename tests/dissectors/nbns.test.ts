import { expect, test } from "vitest";
import { flowOf } from "../../agent/dissectors/dissector.ts";
import nbns from "../../agent/dissectors/nbns.ts";
import { bytes, canary, hex, u16 } from "./bytes.ts";
import { everything, expectHostileProof, read, values } from "./hostile.ts";

const flow = flowOf({ sourceIp: "10.0.0.5", sourcePort: 137, destinationPort: 137, toMany: true });
/** 16 bytes, each as two letters. RFC 1001, 14.1. */
const encoded = (name: string, suffix: number) => {
  const plain = bytes(name.padEnd(15, " "), [suffix]);
  return bytes([32], ...[...plain].map((byte) => [0x41 + (byte >> 4), 0x41 + (byte & 15)]), [0]);
};
const registration = (name: string, suffix: number, group = false, address = "0a 00 00 05") =>
  bytes(
    hex("1234 2910 0001 0000 0000 0001"), // operation 5, broadcast; one question, one additional
    encoded(name, suffix),
    hex("0020 0001"),
    hex("c00c 0020 0001 000493e0 0006"),
    [group ? 0x80 : 0, 0],
    hex(address),
  );
const query = (name: string) => bytes(hex("1234 0110 0001 0000 0000 0000"), encoded(name, 0x20), hex("0020 0001"));
const answer = (name: string, address: string) =>
  bytes(hex("1234 8500 0000 0001 0000 0000"), encoded(name, 0x20), hex("0020 0001 000493e0 0006 0000"), hex(address));
const status = (...names: [string, number, boolean][]) =>
  bytes(
    hex("1234 8400 0000 0001 0000 0000"),
    encoded("*", 0),
    hex("0021 0001 00000000"),
    u16(1 + names.length * 18 + 6),
    [names.length],
    ...names.flatMap(([name, suffix, group]) => [bytes(name.padEnd(15, " "), [suffix], u16(group ? 0x8400 : 0x0400))]),
    hex("00 0c 29 00 00 01"),
  );

test("a host that registers its name has it", () => {
  expect(values(read(nbns, registration("ICU-PC-7", 0), flow).evidence, "nbns.name")).toEqual(["ICU-PC-7"]);
});

test("a group's name is nobody's own", () => {
  expect(read(nbns, registration("WARD7", 0, true), flow).evidence).toEqual([]);
});

test("who registers for a domain's controllers is one", () => {
  expect(values(read(nbns, registration("WARD7", 0x1c, true), flow).evidence, "nbns.type")).toEqual([
    "domain-controller",
  ]);
});

test("a registration for somebody else's address says nothing of its sender", () => {
  expect(read(nbns, registration("ICU-PC-7", 0, false, "0a 00 00 06"), flow).evidence).toEqual([]);
});

test("the name asked for is not the asker's", () => {
  expect(everything(nbns, query("FILESRV"), flow)).not.toContain("FILESRV");
});

test("an answer for the sender's own address names the sender", () => {
  expect(read(nbns, answer("FILESRV", "0a 00 00 05"), flow).evidence).toContainEqual({
    about: "sender",
    attribute: "nbns.name",
    value: "FILESRV",
  });
});

test("a name server's answer names the host at the address it gives", () => {
  expect(read(nbns, answer("FILESRV", "0a 00 00 09"), flow).evidence).toContainEqual({
    about: { ip: "10.0.0.9" },
    attribute: "nbns.name",
    value: "FILESRV",
  });
});

test("a status answer lists the sender's names by their use", () => {
  const { evidence } = read(
    nbns,
    status(["DC1", 0, false], ["WARD", 0, true], ["DC1", 0x20, false], ["WARD", 0x1b, false]),
    flow,
  );
  expect(values(evidence, "nbns.name")).toEqual(["DC1"]);
  expect(values(evidence, "nbns.type")).toEqual(["workstation", "server", "domain-master-browser"]);
});

test("the user who is logged on, and names like a person's, are never told", () => {
  const mark = canary("u");
  const told =
    everything(nbns, registration(mark, 3), flow) +
    everything(nbns, status([mark, 3, false], ["9434765919", 0, false], ["A^B", 0x20, false]), flow);
  expect(told).not.toMatch(/CANARY|9434765919|A\^B/);
});

test("a cut registration is malformed or not this protocol, never a name", () => {
  const whole = registration("ICU-PC-7", 0);
  for (let length = 0; length < whole.length; length++)
    expect(read(nbns, whole.subarray(0, length), flow).evidence, String(length)).toEqual([]);
});

test("stands hostile bytes", () =>
  expectHostileProof(nbns, [registration("A", 0), query("B"), answer("C", "0a000005"), status(["D", 0, false])], flow));
