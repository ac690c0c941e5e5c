/** Documented logins: told when the server accepted one, never when it refused, and never which. */
import { beforeAll, describe, expect, test } from "vitest";
import amqp from "../../agent/dissectors/amqp.ts";
import ftp from "../../agent/dissectors/ftp.ts";
import http from "../../agent/dissectors/http.ts";
import imap from "../../agent/dissectors/imap.ts";
import { isFactoryLogin, learnLogins, loginDigest, nameDigest } from "../../agent/dissectors/known-logins.ts";
import mqtt from "../../agent/dissectors/mqtt.ts";
import pgsql from "../../agent/dissectors/pgsql.ts";
import pop3 from "../../agent/dissectors/pop3.ts";
import rlogin from "../../agent/dissectors/rlogin.ts";
import rtsp from "../../agent/dissectors/rtsp.ts";
import smtp from "../../agent/dissectors/smtp.ts";
import tds from "../../agent/dissectors/tds.ts";
import telnet from "../../agent/dissectors/telnet.ts";
import { ascii, bytes, canary, hex, u16, u32 } from "./bytes.ts";
import { expectHostileProof } from "./hostile.ts";
import { talk } from "./talk.ts";

const USER = canary("user");
const SECRET = canary("secret");
beforeAll(() => learnLogins([loginDigest(nameDigest(USER), SECRET)]));

type Line = string | { from: "C" | "S"; bytes: Buffer };
const S = (...parts: (string | Buffer | number[])[]): Line => ({ from: "S", bytes: bytes(...parts) });
const C = (...parts: (string | Buffer | number[])[]): Line => ({ from: "C", bytes: bytes(...parts) });
const base64 = (text: string) => Buffer.from(text, "latin1").toString("base64");
const typed = (text: string): Line[] => [...text, "\r"].map((letter) => C(letter));

/** RFC 1282: NUL, user here, NUL, user there, NUL, terminal, NUL. */
const rloginStart = (user: string) => C("\0nurse\0", user, "\0xterm/38400\0");
/** OASIS MQTT 3.1.1, 3.1: name, level 4, flags, keep-alive, identifier, user, password. */
function connect(user: string, password: string): Line {
  const field = (text: string) => bytes(u16(text.length), text);
  const rest = bytes(field("MQTT"), [4, 0xc2, 0, 60], field("pump"), field(user), field(password));
  return C([0x10, rest.length], rest);
}
/** [MS-TDS] 2.2.6.4: a log-in whose user and password stand behind its fixed part. */
function login7(user: string, password: string): Line {
  const fixed = Buffer.alloc(94);
  const name = Buffer.from(user, "utf16le");
  const hidden = Buffer.from(password, "utf16le").map((byte) => (((byte << 4) | (byte >> 4)) & 0xff) ^ 0xa5);
  fixed.writeUInt32LE(94 + name.length + hidden.length, 0);
  fixed.writeUInt32LE(0x74000004, 4);
  fixed.writeUInt16LE(94, 40);
  fixed.writeUInt16LE(user.length, 42);
  fixed.writeUInt16LE(94 + name.length, 44);
  fixed.writeUInt16LE(password.length, 46);
  const body = bytes(fixed, name, Buffer.from(hidden));
  return C(hex("10 01"), u16(8 + body.length), hex("00 00 01 00"), body);
}
const tdsAnswer = (...tokens: Buffer[]): Line => {
  const body = bytes(...tokens);
  return S(hex("04 01"), u16(8 + body.length), hex("00 35 01 00"), body);
};
const head = (...lines: string[]) => ascii(`${lines.join("\r\n")}\r\n\r\n`);
const basic = (login: string) => `Authorization: Basic ${base64(login)}`;
const startup = (user: string): Line => {
  const body = bytes(u32(0x00030000), `user\0${user}\0database\0ward\0\0`);
  return C(u32(4 + body.length), body);
};
const authentication = (method: number): Line => S("R", u32(8), u32(method));

/** AMQP 0-9-1, 4.2: frame of a connection method. */
function amqpMethod(from: "C" | "S", method: number, ...body: (string | Buffer)[]): Line {
  const packed = bytes(u16(10), u16(method), ...body);
  return { from, bytes: bytes([1, 0, 0], u32(packed.length), packed, [0xce]) };
}

interface Way {
  name: string;
  dissector: typeof ftp;
  port: number;
  login: (user: string, password: string) => Line[];
  accepted: Line[];
  refused: Line[];
}

const ways: Way[] = [
  {
    name: "ftp",
    dissector: ftp,
    port: 21,
    login: (user, password) => ["S: 220 FTP ready", `C: USER ${user}`, "S: 331 Password", `C: PASS ${password}`],
    accepted: ["S: 230 In"],
    refused: ["S: 530 No", "C: USER other", "S: 331 Password", "C: PASS other", "S: 230 In"],
  },
  {
    name: "telnet",
    dissector: telnet,
    port: 23,
    login: (user, password) => [
      S(hex("ff fd 18 ff fb 01"), "\r\npump login: "),
      ...typed(user),
      S("\r\nPass"),
      S("word: "),
      ...typed(password),
    ],
    accepted: [S("\r\n"), S("\r\n\r\nBusyBox v1.1.2 Built-in shell (ash)\r\n"), S("\x1b[6n# ")],
    refused: [S("\r\nLogin incorrect\r\n"), S("pump login: "), S("\r\n# ")],
  },
  {
    name: "telnet",
    dissector: telnet,
    port: 23,
    // Slips of the finger, taken back.
    login: (user, password) => [
      S(hex("ff fb 01"), "login: "),
      ...typed(`x\x7f${user}`),
      S("\r\nPassword: "),
      ...typed(`wrong\x15${password}`),
    ],
    accepted: [S("\r\nLast login: Mon on ttyS0\r\n")],
    refused: [S("\r\n% Bad password\r\n")],
  },
  {
    name: "rlogin",
    dissector: rlogin,
    port: 513,
    login: (user, password) => [rloginStart(user), S([0]), S("Password: "), ...typed(password)],
    accepted: [S("\r\nroot@pump:~$ ")],
    refused: [S("\r\nLogin incorrect\r\nlogin: ")],
  },
  {
    name: "pop3",
    dissector: pop3,
    port: 110,
    login: (user, password) => ["S: +OK POP3", `C: USER ${user}`, "S: +OK", `C: PASS ${password}`],
    accepted: ["S: +OK 3 messages"],
    refused: ["S: -ERR no"],
  },
  {
    name: "pop3",
    dissector: pop3,
    port: 110,
    login: (user, password) => ["S: +OK POP3", "C: AUTH PLAIN", "S: + ", `C: ${base64(`\0${user}\0${password}`)}`],
    accepted: ["S: +OK"],
    refused: ["S: -ERR no"],
  },
  {
    name: "imap",
    dissector: imap,
    port: 143,
    login: (user, password) => ["S: * OK IMAP4rev1", `C: a1 LOGIN ${user} "${password}"`, "S: * CAPABILITY x"],
    accepted: ["S: a1 OK done"],
    refused: ["S: a1 NO sorry"],
  },
  {
    name: "imap",
    dissector: imap,
    port: 143,
    login: (user, password) => [
      "S: * OK IMAP4rev1",
      "C: a1 AUTHENTICATE LOGIN",
      "S: + VXNlcg==",
      `C: ${base64(user)}`,
      "S: + UGFzcw==",
      `C: ${base64(password)}`,
    ],
    accepted: ["S: a1 OK done"],
    refused: ["S: a1 BAD what"],
  },
  {
    name: "smtp",
    dissector: smtp,
    port: 25,
    login: (user, password) => ["S: 220 a ESMTP", "C: EHLO b", `C: AUTH PLAIN ${base64(`\0${user}\0${password}`)}`],
    accepted: ["S: 235 in"],
    refused: ["S: 535 no"],
  },
  {
    name: "http",
    dissector: http,
    port: 80,
    login: (user, password) => [C(head("GET / HTTP/1.1", basic(`${user}:${password}`)))],
    accepted: [S(head("HTTP/1.1 200 OK"))],
    refused: [S(head("HTTP/1.1 401 No", "WWW-Authenticate: Basic"))],
  },
  {
    name: "http",
    dissector: http,
    port: 80,
    login: (user, password) => [
      C(head("GET / HTTP/1.1")),
      S(head("HTTP/1.1 401 No", "WWW-Authenticate: Basic")),
      C(head("GET / HTTP/1.1", basic(`${user}:${password}`))),
      S(head("HTTP/1.1 100 Continue")),
    ],
    accepted: [S(head("HTTP/1.1 302 Found"))],
    refused: [S(head("HTTP/1.1 403 No"))],
  },
  {
    name: "rtsp",
    dissector: rtsp,
    port: 554,
    login: (user, password) => [C(head("DESCRIBE rtsp://10.0.0.9/1 RTSP/1.0", basic(`${user}:${password}`)))],
    accepted: [S(head("RTSP/1.0 200 OK"))],
    refused: [S(head("RTSP/1.0 401 Unauthorized"))],
  },
  {
    name: "mqtt",
    dissector: mqtt,
    port: 1883,
    login: (user, password) => [connect(user, password)],
    accepted: [S(hex("20 02 00 00"))],
    refused: [S(hex("20 02 00 05"))],
  },
  {
    name: "amqp",
    dissector: amqp,
    port: 5672,
    login: (user, password) => {
      const proof = `\0${user}\0${password}`;
      return [
        C(hex("41 4d 51 50 00 00 09 01")),
        amqpMethod("C", 11, u32(0), "\x05PLAIN", u32(proof.length), proof, "\x05en_US"),
      ];
    },
    accepted: [amqpMethod("S", 30, hex("00 00 00 00 00 00 00 00"))],
    refused: [amqpMethod("S", 50, hex("01 93 00 00 00 00 00"))],
  },
  {
    name: "pgsql",
    dissector: pgsql,
    port: 5432,
    login: (user, password) => [startup(user), authentication(3), C("p", u32(5 + password.length), password, [0])],
    accepted: [authentication(0)],
    refused: [S("E", u32(9), "C28P01", [0])],
  },
  {
    name: "tds",
    dissector: tds,
    port: 1433,
    login: (user, password) => [login7(user, password)],
    accepted: [tdsAnswer(hex("e3 01 00 01"), hex("ad 02 00 01 74"))],
    refused: [tdsAnswer(hex("aa 02 00 18 48"))],
  },
];

const told = ({ dissector, port, name }: Way, lines: Line[]) =>
  talk(dissector, port, lines).said.filter((line) => line === `server wardtap.login.default ${name}`);

describe.each(ways)("$name", (way) => {
  test("tells of the server that it let in a documented login", () => {
    expect(told(way, [...way.login(USER, SECRET), ...way.accepted])).toHaveLength(1);
  });

  test("says nothing of a documented login that was refused", () => {
    expect(told(way, [...way.login(USER, SECRET), ...way.refused])).toEqual([]);
  });

  test("says nothing while the server is silent", () => expect(told(way, way.login(USER, SECRET))).toEqual([]));

  test.each([
    ["another password", USER, "other"],
    ["another user", "other", SECRET],
    ["user and password exchanged", SECRET, USER],
  ])("says nothing of a login with %s that was accepted", (_, user, password) => {
    expect(told(way, [...way.login(user, password), ...way.accepted])).toEqual([]);
  });

  test("never tells the user or the password", () => {
    const { text } = talk(way.dissector, way.port, [...way.login(USER, SECRET), ...way.accepted]);
    expect(text).not.toContain("CANARY");
    expect(text).not.toContain(base64(SECRET).slice(0, 12));
  });

  test("stands hostile bytes in the middle of a login", () => {
    const good = way
      .login(USER, SECRET)
      .concat(way.accepted)
      .map((line) => (typeof line === "string" ? ascii(`${line.slice(3)}\r\n`) : line.bytes));
    expectHostileProof(way.dissector, good, { transport: "tcp", sourcePort: way.port });
  });
});

test("an answer to one of several requests at once is nobody's", () => {
  const request = C(head("GET / HTTP/1.1", basic(`${USER}:${SECRET}`)));
  const said = talk(http, 80, [C(head("GET /a HTTP/1.1")), request, S(head("HTTP/1.1 200 OK"))]).said;
  expect(said.join()).not.toContain("wardtap.login.default");
});

test("an answer longer than any documented login is none, and the next one counts again", () => {
  const endless = typed("x".repeat(4000));
  const asks = S(hex("ff fb 01"), "login: ");
  expect(
    talk(telnet, 23, [asks, ...endless, S("Password: "), ...typed(SECRET), S("\r\n# ")]).said.join(),
  ).not.toContain("default");
});

test("a password whose user went by unheard is not judged", () => {
  expect(isFactoryLogin(undefined, SECRET)).toBe(false);
});

describe("after a documented login over telnet", () => {
  const following = (...lines: Line[]) =>
    talk(telnet, 23, [
      S(hex("ff fb 01"), "login: "),
      ...typed(USER),
      S("Password: "),
      ...typed(SECRET),
      ...lines,
    ]).said.join();

  test.each([
    "\r\n# ",
    "\r\nroot@pump:~$ ",
    "\r\n\x1b[1;32mpump\x1b[0m> ",
    "\r\nMicrosoft Telnet\r\n\r\nC:\\>",
    "\r\n-> ",
    "\r\nward8% ",
    "\r\n\x1b]0;pump\x07[admin@pump] > ",
    `\r\n*** Ward 8 ***\r\nProperty of the trust.\r\n${"Access by others is denied. ".repeat(20)}\r\n# `,
  ])("%j is a shell", (text) => expect(following(S(text))).toContain("wardtap.login.default"));

  test.each([
    "\r\nLogin incorrect\r\n# ",
    "\r\nAuthentication failed\r\n\r\n$ ",
    "\r\n",
    "\r\nWelcome.\r\n1) Settings\r\n2) Quit\r\nChoice: ",
    "\r\n100% ",
    "\r\nNew password: ",
    "\r\n% Error in authentication.\r\n\r\nhub>",
    "\r\n% Bad secrets\r\n\r\nhub>",
    "\r\nsu: Sorry\r\n$ ",
    "\r\nConnection rejected\r\n> ",
  ])("%j is none", (text) => expect(following(S(text))).not.toContain("wardtap.login.default"));

  test("what is refused in pieces is refused", () => {
    expect(following(S("\r\n"), S("Login "), S("incorrect"), S("\r\n"), S("# "))).not.toContain(
      "wardtap.login.default",
    );
  });
});

describe("a client that ends its lines in two pieces", () => {
  const asks = S(hex("ff fb 01"), "login: ");
  const inPieces = (text: string, end: Line) => [...typed(text), end];
  const nobody = canary("nobody");
  beforeAll(() => learnLogins([loginDigest(nameDigest(nobody), "")]));

  test.each([
    ["CR LF", C("\n")],
    ["CR NUL", C("\0")],
  ])("of %s answers no prompt with nothing by that", (_, end) => {
    const name = [...typed(nobody), S("\r\nPassword: "), end];
    const said = talk(telnet, 23, [asks, ...name, ...inPieces("other", end), S("\r\n# ")]).said.join();
    expect(said).not.toContain("wardtap.login.default");
    const good = talk(telnet, 23, [asks, ...inPieces(USER, end), S("Password: "), ...inPieces(SECRET, end), S("# ")]);
    expect(good.said.join()).toContain("wardtap.login.default");
  });
});

test.each([
  ["an HTTP server", http, 80, "OPTIONS / HTTP/1.1", "HTTP/1.1 200 OK"],
  ["a camera", rtsp, 554, "OPTIONS rtsp://10.0.0.9/1 RTSP/1.0", "RTSP/1.0 200 OK"],
])("%s that says to anybody what it can do has let nobody in by that", (_, dissector, port, first, answer) => {
  const lines = [C(head(first, basic(`${USER}:${SECRET}`))), S(head(answer))];
  expect(talk(dissector as typeof http, port as number, lines).said.join()).not.toContain("wardtap.login.default");
});

test("a server that gives its pages to anybody has let nobody in by a login, until it asks for one", () => {
  const open = [C(head("GET / HTTP/1.1")), S(head("HTTP/1.1 200 OK"))];
  const login = C(head("GET /a HTTP/1.1", basic(`${USER}:${SECRET}`)));
  const ok = S(head("HTTP/1.1 200 OK"));
  expect(talk(http, 80, [...open, login, ok]).said.join()).not.toContain("wardtap.login.default");
  const asked = [C(head("GET /a HTTP/1.1")), S(head("HTTP/1.1 401 No", "WWW-Authenticate: Basic"))];
  expect(talk(http, 80, [...open, ...asked, login, ok]).said.join()).toContain("wardtap.login.default");
});

test("a camera that told anybody what it can do lets in by a login all the same", () => {
  const lines = [C(head("OPTIONS rtsp://10.0.0.9/1 RTSP/1.0")), S(head("RTSP/1.0 200 OK"))];
  const login = C(head("DESCRIBE rtsp://10.0.0.9/1 RTSP/1.0", basic(`${USER}:${SECRET}`)));
  expect(talk(rtsp, 554, [...lines, login, S(head("RTSP/1.0 200 OK"))]).said.join()).toContain("wardtap.login.default");
});

test("a proxy that hands a documented login on has not let it in", () => {
  const request = C(head("GET http://ward.example/ HTTP/1.1", basic(`${USER}:${SECRET}`)));
  expect(talk(http, 8080, [request, S(head("HTTP/1.1 200 OK"))]).said.join()).not.toContain("wardtap.login.default");
});

test("of POP3 commands sent in one go the user's good reply is not the password's", () => {
  const sent = ["S: +OK POP3", `C: USER ${USER}`, `C: PASS ${SECRET}`, "S: +OK"];
  expect(talk(pop3, 110, [...sent, "S: -ERR no"]).said.join()).not.toContain("wardtap.login.default");
  expect(talk(pop3, 110, [...sent, "S: +OK in"]).said.join()).toContain("wardtap.login.default");
});

test("what a mail server lists as its commands is no command", () => {
  const listed = ["S: +OK POP3", "C: CAPA", "S: +OK", "S: PASS", "S: AUTH PLAIN", "S: USER", "S: ."];
  expect(talk(pop3, 110, listed).said.join()).not.toContain("wardtap.login");
  const login = [`C: USER ${USER}`, "S: +OK", `C: PASS ${SECRET}`, "S: +OK"];
  expect(talk(pop3, 110, [...listed, ...login]).said.join()).toContain("wardtap.login.default");
});

test("a line of an FTP server's long greeting is no command, whatever it begins with", () => {
  const greeting = ["S: 220-FTP ready", "S: pass words on to nobody", "S: 220 Go on"];
  expect(talk(ftp, 21, greeting).said.join()).not.toContain("wardtap.login");
});
