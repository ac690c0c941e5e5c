import { describe, expect, test } from "vitest";
import ftp from "../../agent/dissectors/ftp.ts";
import { ascii, canary } from "./bytes.ts";
import { expectHostileProof } from "./hostile.ts";
import { talk } from "./talk.ts";

describe("a login in clear", () => {
  const login = [
    "S: 220 VxWorks (5.4.2) FTP server ready",
    `C: USER ${canary("user")}`,
    `S: 331 Password required for ${canary("user")}`,
    `C: PASS ${canary("password")}`,
    `S: 230 User ${canary("user")} logged in`,
    "C: SYST",
    "S: 215 UNIX Type: L8",
  ];
  test("tells the server's greeting and system, and that there was one", () => {
    expect(talk(ftp, 21, login).said).toEqual([
      "server ftp.greeting VxWorks (5.4.2) FTP server ready",
      "server wardtap.login ftp",
      "client wardtap.login.sent ftp",
      "server ftp.syst UNIX Type: L8",
    ]);
  });

  test("never tells whose, with what, and what is fetched", () => {
    const more = [`C: CWD /${canary("dir")}`, `S: 250 ${canary("reply")}`, `C: RETR ${canary("file")}`];
    expect(talk(ftp, 21, [...login.slice(0, 5), ...more]).text).not.toContain("CANARY");
  });

  test("on a port nobody named is known by its greeting", () => {
    expect(talk(ftp, 5555, login).said).toContain("server wardtap.login ftp");
  });

  test("has no more to teach once logged in and the system told", () => expect(talk(ftp, 21, login).done).toBe(true));
});

describe("a guest", () => {
  const asks = ["S: 220 FTP", "C: USER anonymous", "S: 331 Guest", "C: PASS me@example.org"];
  test("who is let in is told of the server, and is no login", () => {
    expect(talk(ftp, 21, [...asks, "S: 230 Welcome"]).said.slice(1)).toEqual(["server wardtap.login.anonymous ftp"]);
  });

  test("who is refused is nothing", () => expect(talk(ftp, 21, [...asks, "S: 530 No"]).said.slice(1)).toEqual([]));
});

test("after AUTH TLS nothing more is read", () => {
  const { said, done } = talk(ftp, 21, ["S: 220 FTP", "C: AUTH TLS", "S: 234 Proceed", "C: PASS x"]);
  expect(said.at(-1)).toBe("server ftp.auth TLS");
  expect(done).toBe("next");
});

test("house rules in a greeting are not told", () => {
  const { text } = talk(ftp, 21, [
    `S: 220-${canary("rules")}`,
    "S: 220-ProFTPD 1.3 Server",
    `S: 220-${canary("more")}`,
  ]);
  expect(text).toContain("ProFTPD");
  expect(text).not.toContain("CANARY");
});

test.each([
  ["a mail server's greeting", 25, "S: 220 mx.example.org ESMTP"],
  ["a greeting that names no file transfer, on another port", 5555, "S: 220 Welcome"],
  ["a command on another port", 5555, "C: USER x"],
])("%s is not FTP", (_, port, line) => expect(talk(ftp, port, [line]).text).toBe("[[],[]]"));

test("a line that never ends is bounded", () => {
  const endless = { from: "S" as const, bytes: Buffer.alloc(60_000, 0x61) };
  expect(talk(ftp, 21, ["S: 220 FTP", endless, endless]).said).toEqual(["server ftp.greeting FTP"]);
});

test("stands hostile bytes", () =>
  expectHostileProof(ftp, ["220 FTP server\r\n", "USER a\r\n", "PASS b\r\n", "215 UNIX\r\n"].map(ascii), {
    sourcePort: 21,
  }));
