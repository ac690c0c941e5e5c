import { describe, expect, test } from "vitest";
import { flowOf } from "../../agent/dissectors/dissector.ts";
import mysql from "../../agent/dissectors/mysql.ts";
import pgsql from "../../agent/dissectors/pgsql.ts";
import tds from "../../agent/dissectors/tds.ts";
import tns from "../../agent/dissectors/tns.ts";
import { bytes, canary, hex, u16, u32 } from "./bytes.ts";
import { everything, expectHostileProof, read, values } from "./hostile.ts";
import { authenticate, wide } from "./ntlm-messages.ts";

const le16 = (value: number) => Buffer.from([value & 255, value >>> 8]);
const le32 = (value: number) => Buffer.concat([le16(value & 0xffff), le16(value >>> 16)]);

describe("Microsoft SQL Server", () => {
  /** [MS-TDS] 2.2.3.1: type, status, length, process, packet, window. */
  const packet = (type: number, body: Buffer) => bytes([type, 1], u16(body.length + 8), [0, 0, 1, 0], body);
  /** 2.2.6.5: version at 11, encryption at 17. */
  const prelogin = (type: number, encryption: number) =>
    packet(type, bytes(hex("00 00 0b 00 06  01 00 11 00 01  ff"), hex("0f 00 07 d0 00 00"), [encryption]));
  /** 2.2.6.4: a fixed part of 94 bytes, then what its offsets point to. */
  const login = (parts: { host: string; user: string; password: string; sspi?: Buffer }) => {
    const pieces = [
      wide(parts.host),
      wide(parts.user),
      wide(parts.password),
      wide(canary("app")),
      parts.sspi ?? Buffer.alloc(0),
    ];
    const offsets = pieces.map((_, index) => 94 + Buffer.concat(pieces.slice(0, index)).length);
    const at = (index: number, divisor = 2) => bytes(le16(offsets[index]!), le16(pieces[index]!.length / divisor));
    const fixed = bytes(
      hex("04 00 00 74"), // TDS 7.4
      Buffer.alloc(28),
      at(0),
      at(1),
      at(2),
      at(3),
      Buffer.alloc(26), // server, extension, library, language, database, client id
      at(4, 1),
      Buffer.alloc(12),
    );
    const body = bytes(le32(fixed.length + 4), fixed, ...pieces);
    return packet(0x10, body);
  };

  test("the server's version and encryption stand in its prelogin answer", () => {
    const flow = flowOf();
    expect(values(read(tds, prelogin(0x12, 0), flow).evidence, "tds.prelogin.option.encryption.client")).toEqual([
      "off",
    ]);
    const { message, evidence } = read(tds, prelogin(0x04, 2), flow);
    expect(values(evidence, "tds.prelogin.option.version")).toEqual(["15.0.2000"]);
    expect(values(evidence, "tds.prelogin.option.encryption")).toEqual(["not-supported"]);
    expect(tds.definition.server?.(message!, flow)).toBe("sender");
  });

  test("a log-in in clear names the computer and is told as such", () => {
    const { evidence } = read(tds, login({ host: "LAB-PC-3", user: "sa", password: "x" }));
    expect(values(evidence, "tds.login.hostname")).toEqual(["LAB-PC-3"]);
    expect(values(evidence, "wardtap.login")).toEqual(["tds"]);
  });

  test("an integrated log-in has no password in clear", () => {
    const sspi = authenticate({ user: canary("user"), workstation: "LAB-PC-3", nt: 200, lm: 24 });
    const { evidence } = read(tds, login({ host: "LAB-PC-3", user: "", password: "", sspi }));
    expect(values(evidence, "wardtap.login")).toEqual([]);
    expect(values(evidence, "ntlmssp.auth.hostname")).toEqual(["LAB-PC-3"]);
  });

  test("users, passwords and programs never come out", () => {
    const told = everything(tds, login({ host: "A", user: canary("user"), password: canary("pw") }));
    expect(told).not.toContain("CANARY");
  });

  test("TLS and HTTP are not TDS", () => {
    expect(tds.dissect(hex("16 03 01 00 05 01 00 00 01 00"))).toBeUndefined();
    expect(tds.dissect(bytes("GET / HTTP/1.1\r\n\r\n"))).toBeUndefined();
  });

  test("damaged messages give bounded evidence", () => {
    expectHostileProof(tds, [prelogin(0x12, 0), prelogin(0x04, 1), login({ host: "A", user: "b", password: "c" })]);
  });
});

describe("MySQL", () => {
  const greeting = (version: string, plugin: string) => {
    const body = bytes(
      [10],
      `${version}\0`,
      le32(7),
      Buffer.alloc(8, 0x41),
      [0],
      le16(0xf7ff),
      [8],
      le16(2),
      le16(0x81ff),
      [21],
      Buffer.alloc(10),
      Buffer.alloc(12, 0x42),
      [0],
      `${plugin}\0`,
    );
    return bytes(le16(body.length), [0, 0], body);
  };

  test("a greeting names version and plug-in", () => {
    const { evidence } = read(mysql, greeting("8.0.36-0ubuntu0.22.04.1", "caching_sha2_password"));
    expect(values(evidence, "mysql.version")).toEqual(["8.0.36-0ubuntu0.22.04.1"]);
    expect(values(evidence, "mysql.auth_plugin")).toEqual(["caching_sha2_password"]);
  });

  test("a client's answer is not read", () => {
    const flow = flowOf();
    read(mysql, greeting("5.7.1", "mysql_native_password"), flow);
    const body = bytes(Buffer.alloc(32, 1), `${canary("user")}\0`, Buffer.alloc(20), `${canary("db")}\0`);
    expect(everything(mysql, bytes(le16(body.length), [0, 1], body), flow)).not.toContain("CANARY");
  });

  test("asking for TLS ends the reading", () => {
    const flow = flowOf();
    read(mysql, greeting("5.7.1", "mysql_native_password"), flow);
    const { message } = read(mysql, bytes([32, 0, 0, 1], Buffer.alloc(32)), flow);
    expect(mysql.definition.done?.(message!, flow)).toBe(true);
  });

  test("a text that is no version is no greeting", () => {
    expect(mysql.dissect(greeting(`5.${canary("x")} y`, "x"))).toBeUndefined();
  });

  test("damaged messages give bounded evidence", () => {
    expectHostileProof(mysql, [greeting("5.7.1", "mysql_native_password"), greeting("10.11.6-MariaDB", "dialog")]);
  });
});

describe("PostgreSQL", () => {
  const startup = bytes(u32(8 + 5 + 9 + 1), u32(0x00030000), "user\0", "someone1\0", "\0");
  const message = (letter: string, body: Buffer) => bytes(letter, u32(body.length + 4), body);
  const asks = (method: number) => message("R", u32(method));
  const password = message("p", bytes(`${canary("pw")}\0`));

  test("a password asked for in clear goes by in clear", () => {
    const flow = flowOf();
    read(pgsql, startup, flow);
    expect(values(read(pgsql, asks(3), flow).evidence, "pgsql.authtype")).toEqual(["cleartext"]);
    const { evidence } = read(pgsql, password, flow);
    expect(evidence).toContainEqual({ about: "receiver", attribute: "wardtap.login", value: "pgsql" });
    expect(JSON.stringify(evidence)).not.toContain("CANARY");
  });

  test("a password that is proven by SCRAM doesn't", () => {
    const flow = flowOf();
    read(pgsql, startup, flow);
    read(pgsql, asks(10), flow);
    expect(read(pgsql, password, flow).evidence).toEqual([]);
  });

  test("of the parameters only the server's version is read", () => {
    const flow = flowOf();
    read(pgsql, startup, flow);
    const parameter = (name: string, value: string) => message("S", bytes(`${name}\0${value}\0`));
    expect(values(read(pgsql, parameter("server_version", "15.6"), flow).evidence, "pgsql.server_version")).toEqual([
      "15.6",
    ]);
    expect(read(pgsql, parameter("session_authorization", canary("user")), flow).evidence).toEqual([]);
  });

  test("an accepted wish for TLS ends the reading", () => {
    const flow = flowOf();
    read(pgsql, bytes(u32(8), u32(80877103)), flow);
    const { message: accepted } = read(pgsql, bytes("S"), flow);
    expect(pgsql.definition.done?.(accepted!, flow)).toBe(true);
  });

  test("user and database never come out", () => {
    const payload = bytes(
      u32(8 + 5 + canary("user").length + 2),
      u32(0x00030000),
      "user\0",
      `${canary("user")}\0`,
      "\0",
    );
    expect(everything(pgsql, payload)).not.toContain("CANARY");
  });

  test("damaged messages give bounded evidence", () => {
    expectHostileProof(pgsql, [startup, asks(3), password, message("S", bytes("server_version\0", "15.6\0"))]);
  });
});

describe("Oracle", () => {
  const packet = (type: number, body: Buffer) => bytes(u16(body.length + 8), [0, 0, type, 0, 0, 0], body);
  const connect = packet(1, bytes(u16(314), u16(300), Buffer.alloc(46), `(CONNECT_DATA=(USER=${canary("user")}))`));

  test("an acceptance tells the protocol's version, a refusal the server's", () => {
    const flow = flowOf();
    read(tns, connect, flow);
    expect(values(read(tns, packet(2, bytes(u16(314), Buffer.alloc(16))), flow).evidence, "tns.version")).toEqual([
      "314",
    ]);
    const refusal = packet(4, bytes([0, 0], u16(60), "(DESCRIPTION=(TMP=)(VSNNUM=186647040)(ERR=12505))"));
    expect(values(read(tns, refusal).evidence, "tns.server_version")).toEqual(["11.2.0.2.0"]);
  });

  test("what a connect carries never comes out", () => {
    expect(everything(tns, connect)).not.toContain("CANARY");
  });

  test("damaged messages give bounded evidence", () => {
    expectHostileProof(tns, [connect, packet(4, bytes([0, 0], "TNSLSNR for Linux: Version 11.2.0.1.0"))]);
  });
});
