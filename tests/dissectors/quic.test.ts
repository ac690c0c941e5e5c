import { createCipheriv, createHmac } from "node:crypto";
import { describe, expect, test } from "vitest";
import { flowOf } from "../../agent/dissectors/dissector.ts";
import quic from "../../agent/dissectors/quic.ts";
import { bytes, hex, u16, u32 } from "./bytes.ts";
import { expectHostileProof, read, values } from "./hostile.ts";
import { BROWSER, BROWSER_JA4 } from "./tls-hellos.ts";

const SALT = hex("38762cf7f55934b34d179ae6a4c80cadccbb7f0a");
/** The connection id of RFC 9001, A.1. */
const ID = hex("8394c8f03e515708");

/** RFC 8446, 7.1: for so few bytes one HMAC. */
const label = (secret: Buffer, name: string, length: number) =>
  createHmac("sha256", secret)
    .update(bytes(u16(length), [name.length + 6], `tls13 ${name}`, [0, 1]))
    .digest()
    .subarray(0, length);

/** RFC 9001, 5: an Initial packet of a client, protected as it says. */
function initial(frames: Buffer, number = 0): Buffer {
  const secret = label(createHmac("sha256", SALT).update(ID).digest(), "client in", 32);
  const padded = bytes(frames, Buffer.alloc(Math.max(0, 1162 - frames.length)));
  const header = bytes([0xc3], u32(1), [ID.length], ID, [0], [0], u16(0x4000 | (padded.length + 20)), u32(number));
  const iv = label(secret, "quic iv", 12);
  iv[11]! ^= number;
  const cipher = createCipheriv("aes-128-gcm", label(secret, "quic key", 16), iv);
  cipher.setAAD(header);
  const sealed = bytes(cipher.update(padded), cipher.final(), cipher.getAuthTag());
  const mask = createCipheriv("aes-128-ecb", label(secret, "quic hp", 16), null).update(sealed.subarray(0, 16));
  const packet = bytes(header, sealed);
  packet[0]! ^= mask[0]! & 0x0f;
  for (let i = 0; i < 4; i++) packet[header.length - 4 + i]! ^= mask[1 + i]!;
  return packet;
}

/** RFC 9000, 19.6. */
const crypto = (offset: number, data: Buffer) => bytes([6], u16(0x4000 | offset), u16(0x4000 | data.length), data);
const whole = initial(crypto(0, BROWSER));

test("keys are those of the standard's example", () => {
  const secret = label(createHmac("sha256", SALT).update(ID).digest(), "client in", 32);
  expect(label(secret, "quic key", 16).toString("hex")).toBe("1f369613dd76d5467730efcbe3b1a22d");
});

describe("a client's first packet", () => {
  test("tells whom it asks, in which version, and which program it is", () => {
    const { evidence } = read(quic, whole);
    expect(values(evidence, "quic.version")).toEqual(["1"]);
    expect(values(evidence, "tls.handshake.extensions_server_name")).toEqual(["pacs.ward.example"]);
    expect(values(evidence, "tls.handshake.ja4")).toEqual([`q${BROWSER_JA4}`]);
  });

  test("shows who serves and ends the listening", () => {
    const message = quic.dissect(whole)!;
    expect(quic.definition.server?.(message, flowOf())).toBe("receiver");
    expect(quic.definition.done?.(message, flowOf())).toBe(true);
  });

  test("may hold the hello in pieces out of order", () => {
    const pieces = bytes(crypto(60, BROWSER.subarray(60)), [1], Buffer.alloc(9), crypto(0, BROWSER.subarray(0, 60)));
    expect(values(read(quic, initial(pieces)).evidence, "tls.handshake.ja4")).toHaveLength(1);
  });

  test("may be two packets", () => {
    const flow = flowOf();
    expect(values(read(quic, initial(crypto(0, BROWSER.subarray(0, 99))), flow).evidence, "tls.handshake.ja4")).toEqual(
      [],
    );
    const rest = initial(crypto(99, BROWSER.subarray(99)), 1);
    expect(values(read(quic, rest, flow).evidence, "tls.handshake.ja4")).toHaveLength(1);
  });

  test("that never holds a whole hello is given up", () => {
    const flow = flowOf();
    const piece = initial(crypto(500, Buffer.from("x")));
    const done = [1, 2, 3, 4].map(() => quic.definition.done?.(quic.definition.dissect(piece, flow)!, flow));
    expect(done).toEqual([false, false, false, true]);
  });

  test("with a piece far beyond any hello costs no memory", () => {
    expect(values(read(quic, initial(crypto(0x3fff, Buffer.from("x")))).evidence, "tls.handshake.ja4")).toEqual([]);
  });
});

test("a packet that doesn't open is nobody's", () => {
  const spoilt = Buffer.from(whole);
  spoilt[spoilt.length - 1]! ^= 1;
  expect(quic.dissect(spoilt)).toBeUndefined();
});

test.each(["40 00 00 00 01", "c0 00 00 00 00 00 00", "e0 00 00 00 01 00 00"])("%s is no Initial", (start) => {
  expect(quic.dissect(bytes(hex(start), Buffer.alloc(40)))).toBeUndefined();
});

test("every shorter cut is malformed", () => {
  for (let cut = 7; cut < whole.length; cut++) expect(quic.dissect(whole.subarray(0, cut))).toHaveProperty("malformed");
});

test("stands hostile bytes", () => {
  expectHostileProof(quic, [whole, initial(bytes([6, 0x40])), initial(crypto(0, Buffer.from([1, 255, 255, 255])))], {
    transport: "udp",
  });
});
