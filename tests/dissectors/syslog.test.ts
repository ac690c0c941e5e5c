import { expect, test } from "vitest";
import { flowOf } from "../../agent/dissectors/dissector.ts";
import syslog from "../../agent/dissectors/syslog.ts";
import { ascii, canary } from "./bytes.ts";
import { everything, expectHostileProof, read } from "./hostile.ts";

const pairs = (line: string) => read(syslog, ascii(line)).evidence.map(({ attribute, value }) => [attribute, value]);
const SENDER = ["wardtap.syslog", "sender"];

test.each([
  ["the old form", "<38>Sep  4 19:16:12 pump-gw sshd[812]: Accepted", "pump-gw", "sshd"],
  [
    "the new form",
    "<165>1 2026-10-11T22:14:15.003Z gw.ward.nhs.uk evntslog 812 ID47 - text",
    "gw.ward.nhs.uk",
    "evntslog",
  ],
  ["rsyslog's forwarding", "<13>2026-09-12T19:16:34.457849+01:00 nas smbd: text", "nas", "smbd"],
  ["a path as program", "<13>Sep 14 19:16:12 nas /usr/sbin/cron[1]: text", "nas", "cron"],
])("%s tells host and program", (_, line, host, program) => {
  const told = pairs(line);
  expect(told).toEqual([["syslog.hostname", host], ["syslog.appname", program], SENDER]);
});

test("Cisco's marks tell the part that speaks", () => {
  expect(pairs("<189>45: sw1: *Mar  1 18:46:11: %LINEPROTO-5-UPDOWN: Line protocol")).toContainEqual([
    "syslog.cisco",
    "LINEPROTO",
  ]);
  expect(pairs("<166>%ASA-6-302013: Built outbound")).toContainEqual(["syslog.cisco", "ASA"]);
});

test("what is written is never told", () => {
  const lines = [
    `<38>Sep  4 19:16:12 gw sshd[812]: Accepted password for ${canary("user")}`,
    `<38>Sep  4 19:16:12 gw ${canary("x")} y ${canary("free")}`,
    `<165>1 - gw app - - [a b="${canary("sd")}"] ${canary("text")}`,
    `<13>${canary("bare")}`,
    `<13>Sep  4 19:16:12 patient ${canary("name")}: arrived`,
  ];
  for (const line of lines) expect(everything(syslog, ascii(line))).not.toContain("CANARY");
});

test("a flow is left after its host and programs are known", () => {
  const flow = flowOf();
  let done: boolean | "next" = false;
  for (let index = 0; index < 64; index++) {
    const message = syslog.definition.dissect(ascii("<13>x"), flow)!;
    done = syslog.definition.done!(message, flow);
    expect(done).toBe(index === 63);
  }
});

test.each(["<192>x", "<>x", "<1234>x", "<13>", "<?xml version"])("%s is not this protocol", (line) => {
  expect(syslog.dissect(ascii(line))).toBeUndefined();
});

test("stands hostile bytes", () =>
  expectHostileProof(syslog, [ascii("<38>Sep  4 19:16:12 gw sshd[812]: text"), ascii("<165>1 - gw app - - -")]));
