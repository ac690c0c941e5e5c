/** SMTP, POP3 and IMAP: what their servers say, and logins that anybody could read. */
import { describe, expect, test } from "vitest";
import imap from "../../agent/dissectors/imap.ts";
import pop3 from "../../agent/dissectors/pop3.ts";
import smtp from "../../agent/dissectors/smtp.ts";
import { ascii, canary } from "./bytes.ts";
import { expectHostileProof } from "./hostile.ts";
import { talk } from "./talk.ts";

describe("SMTP", () => {
  const opening = [
    "S: 220 mx.ward.example Microsoft ESMTP MAIL Service ready at Mon, 1 Jan 2018 00:00:00 +0000",
    "C: EHLO analyser-4.ward.example",
    "S: 250-STARTTLS",
  ];
  test("tells the server's name and software without the time, and the client's name", () => {
    expect(talk(smtp, 25, opening).said).toEqual([
      "server smtp.greeting.host mx.ward.example",
      "server smtp.greeting Microsoft ESMTP MAIL Service",
      "client smtp.ehlo analyser-4.ward.example",
      "server smtp.starttls offered",
    ]);
  });

  test.each([
    ["PLAIN", "server wardtap.login smtp"],
    ["LOGIN", "server wardtap.login smtp"],
    ["XOAUTH2", "server wardtap.login.token smtp"],
  ])("AUTH %s is a login, and its secret stays unread", (mechanism, expected) => {
    const answers = [`C: AUTH ${mechanism} ${canary("secret")}`, "S: 334 UGFzc3dvcmQ6", `C: ${canary("secret")}`];
    const { said, text, done } = talk(smtp, 25, [...opening, ...answers]);
    expect(said).toContain(expected);
    expect(text).not.toContain("CANARY");
    expect(done).toBe(true);
  });

  test("AUTH CRAM-MD5 hides its password", () => {
    expect(talk(smtp, 25, [...opening, "C: AUTH CRAM-MD5"]).text).not.toContain("wardtap.login");
  });

  test.each(["MAIL FROM:<CANARYFROMX@x>", "DATA"])("%s ends the listening, unread", (line) => {
    const { done, text } = talk(smtp, 25, [...opening, `C: ${line}`, `C: ${canary("letter")}`]);
    expect(done).toBe(true);
    expect(text).not.toContain("CANARY");
  });

  test("STARTTLS makes way for TLS once it is granted, and only then", () => {
    expect(talk(smtp, 25, [...opening, "C: STARTTLS", "S: 220 go ahead"]).done).toBe("next");
    expect(talk(smtp, 25, [...opening, "C: STARTTLS", "S: 454 no", "C: AUTH PLAIN x"]).text).toContain("wardtap.login");
  });

  test("is known on any port by its own word, and not without", () => {
    expect(talk(smtp, 9999, ["S: 220 a.example ESMTP Postfix"]).said).toContain("server smtp.greeting ESMTP Postfix");
    expect(talk(smtp, 9999, ["S: 220 a.example ready"]).said).toEqual([]);
  });

  test("stands hostile bytes", () =>
    expectHostileProof(smtp, ["220 a ESMTP\r\n", "EHLO b\r\n", "AUTH PLAIN x\r\n"].map(ascii), { sourcePort: 25 }));
});

describe("POP3", () => {
  test("tells the greeting without its time stamp, and a login in clear", () => {
    const { said, text } = talk(pop3, 110, [
      `S: +OK Dovecot ready. <1.${canary("stamp")}@mx>`,
      `C: USER ${canary("user")}`,
      `S: +OK ${canary("user")}`,
      `C: PASS ${canary("password")}`,
    ]);
    expect(said).toEqual([
      "server pop.greeting Dovecot ready.",
      "server wardtap.login pop3",
      "client wardtap.login.sent pop3",
    ]);
    expect(text).not.toContain("CANARY");
  });

  test("a token in clear is told apart", () => {
    expect(talk(pop3, 110, ["C: CAPA", "S: +OK", "C: AUTH XOAUTH2"]).said).toEqual(["server wardtap.login.token pop3"]);
  });

  test.each(["APOP x y", "RETR 1"])("%s is no login in clear and ends the listening", (line) => {
    const { said, done } = talk(pop3, 110, ["S: +OK POP3", `C: ${line}`]);
    expect([said.length, done]).toEqual([1, true]);
  });

  test("STLS makes way for TLS once it is granted", () => {
    expect(talk(pop3, 110, ["S: +OK POP3", "C: STLS", "S: +OK"]).done).toBe("next");
    expect(talk(pop3, 110, ["S: +OK POP3", "C: STLS", "S: -ERR"]).done).toBe(false);
  });

  test("is not seen in any +OK", () => expect(talk(pop3, 6379, ["S: +OK"]).said).toEqual([]));

  test("stands hostile bytes", () =>
    expectHostileProof(pop3, ["+OK POP3\r\n", "PASS b\r\n", "AUTH PLAIN\r\n"].map(ascii), { sourcePort: 110 }));
});

describe("IMAP", () => {
  test("tells the greeting without its list of capabilities, and a login in clear", () => {
    const { said, text } = talk(imap, 143, [
      "S: * OK [CAPABILITY IMAP4rev1] Dovecot (Ubuntu) ready.",
      `C: a1 LOGIN ${canary("user")} ${canary("password")}`,
    ]);
    expect(said).toEqual([
      "server imap.greeting Dovecot (Ubuntu) ready.",
      "server wardtap.login imap",
      "client wardtap.login.sent imap",
    ]);
    expect(text).not.toContain("CANARY");
  });

  test.each([
    ["AUTHENTICATE PLAIN", "wardtap.login imap"],
    ["AUTHENTICATE XOAUTH2", "wardtap.login.token imap"],
  ])("%s is a login", (line, expected) => {
    expect(talk(imap, 143, ["S: * OK IMAP4", `C: a ${line} ${canary("x")}`]).said).toContain(`server ${expected}`);
  });

  test("STARTTLS makes way for TLS once it is granted", () => {
    expect(talk(imap, 143, ["S: * OK IMAP4", "C: a STARTTLS", "S: a OK begin"]).done).toBe("next");
    expect(talk(imap, 143, ["S: * OK IMAP4", "C: a STARTTLS", "S: a BAD no"]).done).toBe(false);
  });

  test("is not seen in any * OK", () => expect(talk(imap, 9999, ["S: * OK hello"]).said).toEqual([]));

  test("stands hostile bytes", () =>
    expectHostileProof(imap, ["* OK IMAP4\r\n", "a LOGIN b c\r\n"].map(ascii), { sourcePort: 143 }));
});
