import { describe, expect, test } from "vitest";
import { flowOf } from "../../agent/dissectors/dissector.ts";
import sip from "../../agent/dissectors/sip.ts";
import { ascii, bytes, canary } from "./bytes.ts";
import { everything, expectHostileProof, read } from "./hostile.ts";

const message = (...lines: string[]) => ascii(`${lines.join("\r\n")}\r\n\r\n`);
const register = message(
  `REGISTER sip:${canary("domain")} SIP/2.0`,
  "Via: SIP/2.0/UDP 10.0.0.5:5060;branch=z9hG4bK1",
  `From: "${canary("name")}" <sip:${canary("number")}@x>;tag=1`,
  `To: <sip:${canary("number")}@x>`,
  "CSeq: 1 REGISTER",
  `Contact: <sip:${canary("contact")}@10.0.0.5>`,
  `Authorization: Digest username="${canary("user")}"`,
  "User-Agent: Yealink SIP-T46S 66.84.0.15",
  "Content-Length: 0",
);
const answer = message("SIP/2.0 200 OK", "Via: SIP/2.0/UDP 10.0.0.5", "CSeq: 1 REGISTER", "Server: Asterisk PBX 16.2");
const said = (payload: Buffer) =>
  read(sip, payload, flowOf()).evidence.map(({ attribute, value }) => `${attribute} ${value}`);

test("a phone that registers tells its make", () => {
  expect(said(register)).toEqual(["sip.User-Agent Yealink SIP-T46S 66.84.0.15", "sip.role user-agent"]);
});

test("a registrar tells its software", () => {
  expect(said(answer)).toEqual(["sip.Server Asterisk PBX 16.2", "sip.role registrar"]);
});

test("no name, number or address of anybody comes out", () => {
  expect(everything(sip, register)).not.toContain("CANARY");
});

describe("what was handed on", () => {
  test("says nothing of who handed it on", () => {
    const relayed = message(
      "INVITE sip:x@y SIP/2.0",
      "Via: SIP/2.0/UDP proxy",
      "Via: SIP/2.0/UDP phone",
      "CSeq: 1 INVITE",
      "User-Agent: Phone",
    );
    expect(said(relayed)).toEqual([]);
    expect(said(ascii(relayed.toString().replace("proxy\r\nVia: ", "proxy, ")))).toEqual([]);
  });

  test("in answers to calls may be anybody's", () => {
    expect(said(message("SIP/2.0 200 OK", "CSeq: 1 INVITE", "User-Agent: Phone"))).toEqual([]);
  });
});

describe("over TCP", () => {
  const length = (payload: Buffer) => sip.definition.messageLength?.(payload, flowOf({ transport: "tcp" }));
  test("a message is its head and body", () => {
    const invite = bytes(message("INVITE sip:x@y SIP/2.0", "l: 5"), "v=0\r\n");
    expect([length(invite), length(answer)]).toEqual([invite.length, answer.length]);
  });
  test("a keep-alive is stepped over, what is arriving waited for, and the rest refused", () => {
    expect([
      length(ascii("\r\n\r\n")),
      length(ascii("INVITE si")),
      length(ascii("<xml>")),
      length(message("GET / HTTP/1.1")),
    ]).toEqual([4, 0, -1, -1]);
  });
});

test("after eight messages a flow has no more to teach", () => {
  const flow = flowOf();
  const done = Array.from({ length: 8 }, () => sip.definition.done?.(sip.definition.dissect(register, flow)!, flow));
  expect(done.indexOf(true)).toBe(7);
});

test.each(["HTTP/1.1 200 OK\r\n\r\n", "INVITE me\r\n\r\n", ""])("%j is not SIP", (text) => {
  expect(sip.dissect(ascii(text))).toBeUndefined();
});

test("stands hostile bytes", () => expectHostileProof(sip, [register, answer], { transport: "udp" }));
