import { describe, expect, test } from "vitest";
import telnet from "../../agent/dissectors/telnet.ts";
import { ascii, bytes, canary, hex } from "./bytes.ts";
import { expectHostileProof } from "./hostile.ts";
import { talk } from "./talk.ts";

const S = (...parts: (string | Buffer)[]) => ({ from: "S" as const, bytes: bytes(...parts) });
const C = (text: string) => ({ from: "C" as const, bytes: ascii(text) });
/** IAC DO terminal type, IAC WILL echo. */
const NEGOTIATION = hex("ff fd 18 ff fb 01");

describe("a login letter by letter", () => {
  const login = [
    S(NEGOTIATION),
    S("\r\nVxWorks login: "),
    ...[...canary("user"), "\r"].map(C),
    S("Pass"),
    S("word: "),
    ...[...canary("password"), "\r"].map(C),
  ];
  test("is told as one login, with the system that asked", () => {
    expect(talk(telnet, 23, login).said.filter((line) => !line.includes("role"))).toEqual([
      "server telnet.banner VxWorks",
      "server wardtap.login telnet",
      "client wardtap.login.sent telnet",
    ]);
  });

  test("never tells a letter of it", () => {
    const { text } = talk(telnet, 23, [...login, S(`\r\nLast login by ${canary("name")} `), S(`$ ${canary("work")}`)]);
    expect(text).not.toMatch(/CANARY|[A-Z]X"/);
  });

  test("without anything typed is none", () => {
    expect(talk(telnet, 23, [S(NEGOTIATION), S("login: "), C("a\r"), S("Password: "), C("\r")]).text).not.toContain(
      "wardtap.login",
    );
  });

  test("on a port nobody named is known by its negotiation and prompts", () => {
    expect(talk(telnet, 9000, login).said).toContain("server wardtap.login telnet");
  });
});

test("a shell that greets after the login is told too", () => {
  const { said } = talk(telnet, 23, [
    S(NEGOTIATION),
    S("Password: "),
    C("x\r"),
    S("\r\nBusyBox v1.19.4 shell (ash)\r\n"),
  ]);
  expect(said).toContain("server telnet.banner BusyBox v1.19.4");
});

test("a prompt on telnet's port is enough where nothing is negotiated", () => {
  expect(talk(telnet, 23, [S("User Access Verification\r\n\r\nUsername: ")]).said[0]).toBe(
    "server telnet.banner User Access Verification",
  );
});

test.each([
  ["bytes of another protocol that begin with 255", hex("ff fe 00 00")],
  ["an option nobody registered", hex("ff fb 77")],
  ["text on another port", ascii("login: ")],
])("%s are not telnet", (_, payload) =>
  expect(talk(telnet, 9000, [{ from: "S", bytes: payload }]).text).toBe("[[],[]]"),
);

test("megabytes without a line end are given up, and cost no memory", () => {
  const endless = S("x".repeat(1400));
  const { done, heard } = talk(telnet, 23, [S(NEGOTIATION), ...Array.from({ length: 2000 }, () => endless)]);
  expect(done).toBe(true);
  expect(heard).toBeLessThan(20);
});

test("stands hostile bytes", () => {
  expectHostileProof(telnet, [NEGOTIATION, ascii("login: "), ascii("Password: "), hex("ff fa 18 00 ff f0")], {
    sourcePort: 23,
  });
});
