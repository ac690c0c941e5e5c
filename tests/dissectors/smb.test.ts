import { describe, expect, test } from "vitest";
import { flowOf } from "../../agent/dissectors/dissector.ts";
import smb from "../../agent/dissectors/smb.ts";
import { bytes, canary, hex } from "./bytes.ts";
import { everything, expectHostileProof, read, values } from "./hostile.ts";
import { authenticate, challenge, wide } from "./ntlm-messages.ts";

const u16 = (value: number) => Buffer.from([value & 255, value >>> 8]);
const u32 = (value: number) => Buffer.concat([u16(value & 0xffff), u16(value >>> 16)]);
/** RFC 1002 4.3.1: type 0, 24 bits of length. */
const session = (message: Buffer) => bytes([0, 0, message.length >>> 8, message.length & 255], message);

interface Smb1Parts {
  command: number;
  reply?: boolean;
  status?: number;
  mid?: number;
  words: Buffer;
  data: Buffer;
}

/** [MS-CIFS] 2.2.3.1: the header of 32 bytes, parameter words, data. Flags2: Unicode, NT status. */
const smb1 = ({ command, reply = false, status = 0, mid = 64, words, data }: Smb1Parts) =>
  session(
    bytes(
      hex("ff 53 4d 42"),
      [command],
      u32(status),
      [reply ? 0x98 : 0x18],
      u16(0xc007),
      Buffer.alloc(12),
      hex("00 08 ff fe 00 00"),
      u16(mid),
      [words.length / 2],
      words,
      u16(data.length),
      data,
    ),
  );

const offer = (...dialects: string[]) =>
  smb1({ command: 0x72, words: Buffer.alloc(0), data: bytes(...dialects.map((name) => `\x02${name}\0`)) });

/** [MS-CIFS] 2.2.4.52.2, without extended security. */
const negotiated = (mode: number, index = 1) =>
  smb1({
    command: 0x72,
    reply: true,
    words: bytes(u16(index), [mode], Buffer.alloc(16), u32(0x0000f3fd), Buffer.alloc(10), [8]),
    data: bytes(Buffer.alloc(8, 0x41), wide("HOSPITAL\0"), wide("LAB-PC\0")),
  });

const setup = (account: string, domain: string, passwords = Buffer.alloc(48, 0x50)) =>
  smb1({
    command: 0x73,
    words: bytes(
      hex("ff 00 00 00"),
      u16(0xffff),
      u16(2),
      u16(1),
      u32(0),
      u16(passwords.length / 2),
      u16(passwords.length / 2),
      u32(0),
      u32(0xd4),
    ),
    data: bytes(passwords, [0], wide(`${account}\0${domain}\0Windows 2002 Service Pack 3 2600\0Windows 2002 5.1\0`)),
  });

const setupDone = smb1({
  command: 0x73,
  reply: true,
  words: bytes(hex("ff 00 00 00"), u16(1)),
  data: bytes([0], wide("Windows Server 2003 R2 3790 Service Pack 2\0Windows Server 2003 R2 5.2\0HOSPITAL\0")),
});

/** [MS-SMB2] 2.2.1.2 */
const smb2 = (command: number, response: boolean, body: Buffer, status = 0) =>
  session(
    bytes(
      hex("fe 53 4d 42 40 00 00 00"),
      u32(status),
      u16(command),
      u16(1),
      u32(response ? 1 : 0),
      Buffer.alloc(44),
      body,
    ),
  );

/** 2.2.4 */
const negotiated2 = (dialect: number, mode: number) =>
  smb2(0, true, bytes(u16(65), u16(mode), u16(dialect), Buffer.alloc(58), [0]));
const setup2 = (response: boolean, blob: Buffer, flags = 0) =>
  response
    ? smb2(1, true, bytes(u16(9), u16(flags), u16(72), u16(blob.length), blob), 0xc0000016)
    : smb2(1, false, bytes(u16(25), [0, 1], u32(1), u32(0), u16(88), u16(blob.length), Buffer.alloc(8), blob));

/** RFC 1001 14.1 */
const encoded = (name: string) =>
  bytes(
    [32],
    [...name.padEnd(16)]
      .map((letter) => {
        const code = letter.charCodeAt(0);
        return String.fromCharCode(0x41 + (code >> 4), 0x41 + (code & 15));
      })
      .join(""),
    [0],
  );
const sessionRequest = bytes(hex("81 00 00 44"), encoded("LAB-PC"), encoded("WARD-7"));

describe("SMB 1", () => {
  test("the server's dialect is the one it chose of those offered", () => {
    const flow = flowOf();
    read(smb, offer("LANMAN1.0", "NT LM 0.12"), flow);
    const { evidence } = read(smb, negotiated(0x0f), flow);
    expect(values(evidence, "smb.dialect")).toEqual(["NT LM 0.12"]);
    expect(values(evidence, "smb.sm.sig_required")).toEqual(["1"]);
    expect(values(evidence, "smb.server")).toEqual(["LAB-PC"]);
    expect(evidence.every(({ about }) => about === "sender")).toBe(true);
  });

  test("a client that only offers SMB 1 beside SMB 2 doesn't use it", () => {
    expect(read(smb, offer("NT LM 0.12", "SMB 2.002", "SMB 2.???")).evidence).toEqual([]);
  });

  test("a server that knows none of the dialects has none", () => {
    expect(read(smb, negotiated(0, 0xffff)).evidence).toEqual([]);
  });

  test("both ends name their systems, each under its own attribute", () => {
    expect(values(read(smb, setup("", "")).evidence, "smb.native_os.client")).toEqual([
      "Windows 2002 Service Pack 3 2600",
    ]);
    const server = read(smb, setupDone).evidence;
    expect(values(server, "smb.native_os")).toEqual(["Windows Server 2003 R2 3790 Service Pack 2"]);
    expect(values(server, "smb.native_lanman")).toEqual(["Windows Server 2003 R2 5.2"]);
    expect(values(server, "smb.setup.action.guest")).toEqual(["1"]);
  });

  test("a password in clear is told of server and client", () => {
    const flow = flowOf();
    read(smb, negotiated(0x01), flow);
    const { evidence } = read(smb, setup("a", "b"), flow);
    expect(evidence).toContainEqual({ about: "receiver", attribute: "wardtap.login", value: "smb" });
    expect(evidence).toContainEqual({ about: "sender", attribute: "wardtap.login.sent", value: "smb" });
  });

  test.each([
    [24, 24, ["v1"]],
    [24, 130, ["v2"]],
    [24, 0, ["lm"]],
    [1, 0, []],
  ])("responses of %i and %i bytes are %j", (lm, nt, expected) => {
    const message = setup("a", "b", Buffer.alloc(lm + nt, 0x50));
    message.writeUInt16LE(lm, 4 + 47);
    message.writeUInt16LE(nt, 4 + 49);
    const flow = flowOf();
    read(smb, negotiated(0x03), flow);
    expect(values(read(smb, message, flow).evidence, "smb.setup.response")).toEqual(expected);
  });

  test("a session setup of TRANS2 and the answer of the backdoor are told", () => {
    const flow = flowOf();
    const words = bytes(Buffer.alloc(26), [1, 0], u16(0x0e));
    const asked = smb1({ command: 0x32, mid: 65, words, data: Buffer.alloc(12) });
    const answered = (mid: number) =>
      smb1({ command: 0x32, reply: true, mid, status: 0xc0000002, words: Buffer.alloc(0), data: Buffer.alloc(0) });
    expect(values(read(smb, asked, flow).evidence, "wardtap.exploit.smb1")).toEqual(["trans2-session-setup"]);
    expect(read(smb, answered(65), flow).evidence).toEqual([]);
    expect(values(read(smb, answered(81), flow).evidence, "wardtap.exploit.smb1")).toEqual(["doublepulsar-answer"]);
  });

  test("an NT_TRANSACT too large that goes on as TRANS2 is told", () => {
    const flow = flowOf();
    const large = bytes([1, 0, 0], u32(30), u32(66_512), Buffer.alloc(27));
    read(smb, smb1({ command: 0xa0, words: large, data: Buffer.alloc(0) }), flow);
    const next = smb1({ command: 0x33, words: Buffer.alloc(18), data: Buffer.alloc(4) });
    expect(values(read(smb, next, flow).evidence, "wardtap.exploit.smb1")).toEqual(["nt-transact-continued-as-trans2"]);
  });

  test("an ordinary TRANS2 in pieces is not", () => {
    const next = smb1({ command: 0x33, words: Buffer.alloc(18), data: Buffer.alloc(4) });
    expect(read(smb, next).evidence).toEqual([]);
  });
});

describe("SMB 2 and 3", () => {
  test.each([
    [0x0202, "2.0.2"],
    [0x0210, "2.1"],
    [0x0300, "3.0"],
    [0x0302, "3.0.2"],
    [0x0311, "3.1.1"],
  ])("revision %i is dialect %s", (revision, dialect) => {
    expect(values(read(smb, negotiated2(revision, 1)).evidence, "smb2.dialect")).toEqual([dialect]);
  });

  test.each([
    ["a guest", 1, 0, ["smb-guest"]],
    ["nobody, as every client begins", 2, 0, []],
    ["a user", 0, 0, []],
    ["a guest, once more was asked for", 1, 0xc0000016, []],
  ])("a session for %s", (_, flags, status, expected) => {
    const done = smb2(1, true, bytes(u16(9), u16(flags), u16(72), u16(0)), status);
    expect(values(read(smb, done).evidence, "wardtap.login.anonymous")).toEqual(expected);
  });

  test("the wildcard revision is no dialect yet", () => {
    expect(read(smb, negotiated2(0x02ff, 1)).evidence).toEqual([]);
  });

  test("signing is told as enabled and as required", () => {
    const { evidence } = read(smb, negotiated2(0x0311, 3));
    expect(values(evidence, "smb2.sec_mode.sign_enabled")).toEqual(["1"]);
    expect(values(evidence, "smb2.sec_mode.sign_required")).toEqual(["1"]);
  });

  test("a challenge names the server", () => {
    const blob = challenge({ computer: "WARDSRV1", domain: "HOSPITAL", dns: "wardsrv1.hospital.test" });
    const { evidence } = read(smb, setup2(true, blob));
    expect(values(evidence, "ntlmssp.challenge.target_info.nb_computer_name")).toEqual(["WARDSRV1"]);
  });

  test("of shares and files only those that administer are named", () => {
    const path = (share: string) => {
      const name = wide(`\\\\10.0.0.5\\${share}`);
      return smb2(3, false, bytes(u16(9), u16(0), u16(72), u16(name.length), name));
    };
    expect(values(read(smb, path("ADMIN$")).evidence, "wardtap.smb.share")).toEqual(["ADMIN$"]);
    expect(read(smb, path(canary("share"))).evidence).toEqual([]);
    const create = (name: string) =>
      smb2(5, false, bytes(u16(57), Buffer.alloc(42), u16(120), u16(name.length * 2), Buffer.alloc(8), wide(name)));
    expect(values(read(smb, create("svcctl")).evidence, "wardtap.smb.pipe")).toEqual(["svcctl"]);
    expect(read(smb, create(canary("file"))).evidence).toEqual([]);
  });

  test("an offset of compressed data that overflows is told, a sane one isn't", () => {
    const packed = (offset: number) => session(bytes(hex("fc 53 4d 42"), u32(50), u16(1), u16(0), u32(offset)));
    expect(values(read(smb, packed(0xffffffff)).evidence, "wardtap.exploit.smb2")).toEqual(["compression-offset"]);
    expect(read(smb, packed(64)).evidence).toEqual([]);
  });
});

test("a NetBIOS session names the caller and the called", () => {
  const { evidence } = read(smb, sessionRequest);
  expect(evidence).toEqual([
    { about: "receiver", attribute: "nbss.called_name", value: "LAB-PC" },
    { about: "sender", attribute: "nbss.calling_name", value: "WARD-7" },
  ]);
});

test("the response's sender is the server", () => {
  const message = smb.dissect(setupDone)!;
  expect(smb.definition.server?.(message, flowOf())).toBe("sender");
});

test("accounts, their domains and passwords never come out", () => {
  const flow = flowOf();
  read(smb, negotiated(0x01), flow);
  const told =
    everything(smb, setup(canary("user"), canary("domain"), Buffer.from(canary("pw").padEnd(20))), flow) +
    everything(smb, setup2(false, authenticate({ user: canary("user"), domain: canary("domain"), nt: 200, lm: 24 })));
  expect(told).not.toContain("CANARY");
});

test("every shorter cut of a message is malformed or not ours", () => {
  for (const whole of [setupDone, negotiated(3), negotiated2(0x0311, 1), sessionRequest])
    for (let length = 1; length < whole.length; length++)
      expect(() => read(smb, whole.subarray(0, length))).not.toThrow();
  expect(smb.dissect(setupDone.subarray(0, 20))).toHaveProperty("malformed");
});

test("a frame's length is read from its head", () => {
  expect(smb.definition.messageLength?.(setupDone.subarray(0, 4), flowOf())).toBe(setupDone.length);
  expect(smb.definition.messageLength?.(setupDone.subarray(0, 3), flowOf())).toBe(0);
  expect(smb.definition.messageLength?.(Buffer.from("GET / HTTP/1.1"), flowOf())).toBe(-1);
});

test("damaged messages give bounded evidence", () => {
  expectHostileProof(smb, [
    offer("LANMAN1.0", "NT LM 0.12"),
    negotiated(3),
    setup("user", "domain"),
    setupDone,
    negotiated2(0x0311, 1),
    setup2(true, challenge({ computer: "A", domain: "B", dns: "a.b" })),
    setup2(false, authenticate({ nt: 100, lm: 24 })),
    sessionRequest,
  ]);
});
