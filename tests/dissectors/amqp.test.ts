import { expect, test } from "vitest";
import amqp from "../../agent/dissectors/amqp.ts";
import { flowOf } from "../../agent/dissectors/dissector.ts";
import { ascii, bytes, canary, hex, u16, u32 } from "./bytes.ts";
import { expectHostileProof } from "./hostile.ts";
import { talk } from "./talk.ts";

const short = (text: string) => bytes([text.length], text);
const long = (text: string) => bytes(u32(text.length), text);
const table = (...fields: Buffer[]) => {
  const packed = bytes(...fields);
  return bytes(u32(packed.length), packed);
};
const text = (name: string, value: string) => bytes(short(name), "S", long(value));
/** 2.3.5: type 1, channel 0, length, class, method, arguments, end. */
const frame = (classId: number, method: number, ...body: Buffer[]) => {
  const packed = bytes(u16(classId), u16(method), ...body);
  return bytes([1, 0, 0], u32(packed.length), packed, [0xce]);
};
const S = (payload: Buffer) => ({ from: "S" as const, bytes: payload });
const C = (payload: Buffer) => ({ from: "C" as const, bytes: payload });

const head = hex("41 4d 51 50 00 00 09 01");
const start = frame(
  10,
  10,
  hex("00 09"),
  table(
    bytes(short("capabilities"), "F", table(bytes(short("x"), "t", [1]))),
    text("cluster_name", canary("cluster")),
    text("product", "RabbitMQ"),
    text("version", "3.8.9"),
    text("platform", "Erlang/OTP 23"),
  ),
  long("AMQPLAIN PLAIN"),
  long("en_US"),
);
const startOk = (mechanism: string) =>
  frame(
    10,
    11,
    table(text("product", "pika")),
    short(mechanism),
    long(`\0${canary("user")}\0${canary("password")}`),
    short("en"),
  );

test("broker and client tell their products, and a password in clear is noticed", () => {
  const heard = talk(amqp, 5672, [C(head), S(start), C(startOk("PLAIN"))]);
  expect(heard.said).toEqual([
    "client amqp.version 0.9.1",
    "server amqp.server.product RabbitMQ",
    "server amqp.server.version 3.8.9",
    "server amqp.server.platform Erlang/OTP 23",
    "client amqp.client.product pika",
    "server wardtap.login amqp",
    "client wardtap.login.sent amqp",
  ]);
  expect(heard.done).toBe(true);
});

test("no user, password or cluster comes out", () => {
  expect(talk(amqp, 5672, [C(head), S(start), C(startOk("PLAIN"))]).text).not.toContain("CANARY");
});

test("a login by certificate is none in clear", () => {
  expect(talk(amqp, 5672, [C(head), S(start), C(startOk("EXTERNAL"))]).text).not.toContain("wardtap.login");
});

test("AMQP 1.0 tells its version only", () => {
  const heard = talk(amqp, 5672, [C(hex("41 4d 51 50 03 01 00 00"))]);
  expect([heard.said, heard.done]).toEqual([["client amqp.version 1.0.0"], true]);
});

test("a broker is known from the middle by its first frame", () => {
  expect(talk(amqp, 9999, [S(start)]).said).toContain("server amqp.server.product RabbitMQ");
});

test("lengths are of a head or a frame", () => {
  const length = (payload: Buffer) => amqp.definition.messageLength?.(payload, flowOf());
  expect([length(bytes(head, start)), length(bytes(start, "x")), length(ascii("AMQ")), length(ascii("GET"))]).toEqual([
    8,
    start.length,
    0,
    -1,
  ]);
});

test("a table that runs past its frame is malformed", () => {
  const lying = Buffer.from(start);
  lying.writeUInt32BE(60_000, 13);
  expect(amqp.dissect(lying)).toHaveProperty("malformed");
});

test("stands hostile bytes", () => expectHostileProof(amqp, [head, start, startOk("PLAIN")]));
