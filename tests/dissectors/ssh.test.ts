import { describe, expect, test } from "vitest";
import { flowOf } from "../../agent/dissectors/dissector.ts";
import ssh from "../../agent/dissectors/ssh.ts";
import { ascii, bytes, canary, hex, u32 } from "./bytes.ts";
import { expectHostileProof, read } from "./hostile.ts";
import { talk } from "./talk.ts";

const lines = ["S: SSH-2.0-OpenSSH_9.2p1 Debian-2", "C: SSH-2.0-PuTTY"];
/** MD5 of "curve25519-sha256;aes128-ctr;hmac-sha2-256;none". */
const HASSH = "e97d07603350d1111ec2b64bf25413c9";

interface Lists {
  kex?: string;
  key?: string;
  cipher?: string;
  mac?: string;
}
const SOUND: Required<Lists> = {
  kex: "curve25519-sha256",
  key: "ssh-ed25519",
  cipher: "aes128-ctr",
  mac: "hmac-sha2-256",
};

/** RFC 4253, 7.1: length, padding length, 20, cookie, ten lists with their lengths, two fields more. */
function offer(from: "C" | "S", lists: Lists = {}): { from: "C" | "S"; bytes: Buffer } {
  const { kex, key, cipher, mac } = { ...SOUND, ...lists };
  const fields = [kex, key, cipher, cipher, mac, mac, "none", "none", "", ""].map((list) =>
    bytes(u32(list.length), list),
  );
  const packet = bytes([4, 20], Buffer.alloc(16, 0x63), ...fields, [0], u32(0), Buffer.alloc(4));
  return { from, bytes: bytes(u32(packet.length), packet) };
}
const weak = (client: Lists, server: Lists) =>
  talk(ssh, 22, [...lines, offer("C", client), offer("S", server)]).said.filter((line) => line.includes("weak"));

describe("both ends of a connection", () => {
  test("tell their software, and then what they offer, and no more", () => {
    const { said, done } = talk(ssh, 22, [...lines, offer("S"), offer("C")]);
    expect(said).toEqual([
      "server ssh.protocol SSH-2.0-OpenSSH_9.2p1 Debian-2",
      "server ssh.version 2.0",
      "client ssh.protocol SSH-2.0-PuTTY",
      "client ssh.version 2.0",
      `server ssh.kex.hasshserver ${HASSH}`,
      `client ssh.kex.hassh ${HASSH}`,
    ]);
    expect(done).toBe(true);
  });

  test("of which one is never heard end the listening after a few packets", () => {
    const packet = { from: "S" as const, bytes: hex("00 00 01 00 04 15 00") };
    const { done, heard } = talk(ssh, 22, ["S: SSH-2.0-x", ...Array.from({ length: 20 }, () => packet)]);
    expect([done, heard]).toEqual([true, 9]);
  });

  test("in version 1 offer nothing that is read", () => {
    expect(talk(ssh, 22, ["S: SSH-1.5-1.2.26", "C: SSH-1.5-1.2.26"]).done).toBe(true);
  });
});

describe("weak protection", () => {
  test.each<[string, Lists, string]>([
    ["key exchange", { kex: "diffie-hellman-group1-sha1" }, "diffie-hellman-group1-sha1"],
    ["host key", { key: "ssh-dss" }, "ssh-dss"],
    ["cipher", { cipher: "3des-cbc" }, "3des-cbc"],
    ["MAC", { mac: "hmac-md5" }, "hmac-md5"],
  ])("by its only %s is told of the server, agreed on or not", (_, lists, name) => {
    expect(weak(lists, lists)).toEqual([`server wardtap.ssh.weak ${name}`]);
    expect(weak({}, lists)).toEqual([`server wardtap.ssh.weak ${name}`]);
  });

  test("that the client prefers and the server takes is told of the server, whoever speaks first", () => {
    const client = { cipher: "arcfour,aes128-ctr" };
    const server = { cipher: "aes128-ctr,arcfour" };
    expect(weak(client, server)).toEqual(["server wardtap.ssh.weak arcfour"]);
    const { said } = talk(ssh, 22, [...lines, offer("S", server), offer("C", client)]);
    expect(said).toContain("server wardtap.ssh.weak arcfour");
  });

  test("that a sound server offers too, and nobody takes, is nothing", () => {
    const server = {
      kex: `${SOUND.kex},diffie-hellman-group1-sha1,kex-strict-s-v00@openssh.com`,
      key: "rsa-sha2-256,ssh-rsa",
      cipher: "aes128-ctr,3des-cbc",
      mac: "hmac-sha2-256,hmac-md5",
    };
    const client = { ...server, kex: `${SOUND.kex},ext-info-c,diffie-hellman-group1-sha1` };
    expect(weak(client, server)).toEqual([]);
  });

  test("by a MAC is none where the cipher proves what it carries", () => {
    const lists = { cipher: "chacha20-poly1305@openssh.com", mac: "hmac-md5" };
    expect(weak(lists, lists)).toEqual([]);
  });

  test("is not told of a client that would take it: the server decides", () => {
    expect(weak({ kex: "diffie-hellman-group1-sha1,curve25519-sha256" }, {})).toEqual([]);
  });

  test("of two ends nobody can tell apart is not told", () => {
    const { said } = talk(ssh, 9000, [...lines, offer("S", { mac: "hmac-md5" }), offer("C", { mac: "hmac-md5" })]);
    expect(said.join()).not.toContain("weak");
  });
});

test("what an offer says in its lists is never told", () => {
  const { text } = talk(ssh, 22, [...lines, offer("S", { kex: canary("kex") }), offer("C", { kex: canary("kex") })]);
  expect(text).not.toContain("CANARY");
});

test("a packet is waited for by its own length", () => {
  const { bytes: packet } = offer("S");
  const state = {};
  const length = (part: Buffer) => ssh.definition.messageLength?.(part, flowOf({ state }));
  expect([length(packet.subarray(0, 5)), length(packet.subarray(0, 40)), length(packet)]).toEqual([
    0,
    packet.length,
    packet.length,
  ]);
});

test.each(["SSH-2.0\r\n", "SSH-x\r\n", `SSH-2.0-${"x".repeat(300)}\r\n`])("%j is malformed", (line) => {
  expect(ssh.dissect(ascii(line))).toHaveProperty("malformed");
});

test("a line is waited for, and one that never ends is given up", () => {
  const length = (text: string) => ssh.definition.messageLength?.(ascii(text), flowOf());
  expect([length("SSH-2.0-"), length("SSH-2.0-x\r\n"), length(`SSH-${"x".repeat(400)}`)]).toEqual([0, 11, -1]);
});

test("other text is not SSH", () => expect(read(ssh, ascii("220 hello\r\n")).message).toBeUndefined());

test("stands hostile bytes", () =>
  expectHostileProof(ssh, [ascii("SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n"), offer("S").bytes, offer("C").bytes], {
    sourcePort: 22,
  }));

test("a long offer is stepped over: what is held of one connection stays small", () => {
  const lists = { kex: "a,".repeat(500), key: "b,".repeat(500), cipher: "c,".repeat(500), mac: "d,".repeat(500) };
  expect(talk(ssh, 22, [...lines, offer("C", lists), offer("S", lists)]).said.join()).not.toContain("hassh");
});
