import { describe, expect, test } from "vitest";
import { flowOf } from "../../agent/dissectors/dissector.ts";
import ica from "../../agent/dissectors/ica.ts";
import rlogin from "../../agent/dissectors/rlogin.ts";
import sunrpc from "../../agent/dissectors/sunrpc.ts";
import teamviewer from "../../agent/dissectors/teamviewer.ts";
import x11 from "../../agent/dissectors/x11.ts";
import { bytes, canary, hex, u32 } from "./bytes.ts";
import { everything, expectHostileProof, read, values } from "./hostile.ts";

describe("Sun RPC", () => {
  /** RFC 5531 9 */
  const call = (program: number, transaction = 7) =>
    bytes(u32(transaction), u32(0), u32(2), u32(program), u32(3), u32(0), Buffer.alloc(16));
  const reply = (transaction = 7) => bytes(u32(transaction), u32(1), u32(0), u32(0), u32(0), u32(0));

  test("who answers a call to NFS serves NFS", () => {
    const flow = flowOf();
    expect(read(sunrpc, call(100003), flow).evidence).toEqual([]);
    expect(values(read(sunrpc, reply(), flow).evidence, "rpc.program")).toEqual(["nfs 3"]);
  });

  test("an answer to another call proves nothing", () => {
    const flow = flowOf();
    read(sunrpc, call(100003), flow);
    expect(sunrpc.definition.dissect(reply(8), flow)).toBeUndefined();
    expect(sunrpc.dissect(reply())).toBeUndefined();
  });

  test("over TCP a record's length stands first", () => {
    const flow = flowOf({ transport: "tcp" });
    const record = bytes(hex("80 00 00 28"), call(100000));
    expect(sunrpc.definition.messageLength?.(record, flow)).toBe(44);
    expect(sunrpc.definition.dissect(record, flow)).toMatchObject({ call: true, program: "portmap" });
  });

  test("credentials and arguments never come out", () => {
    expect(everything(sunrpc, bytes(call(100003), canary("path")))).not.toContain("CANARY");
  });

  test("damaged messages give bounded evidence", () => {
    expectHostileProof(sunrpc, [call(100003), reply()]);
    expectHostileProof(sunrpc, [bytes(hex("80 00 00 28"), call(100003))], { transport: "tcp" });
  });
});

describe("rlogin", () => {
  const start = bytes("\0", canary("here"), "\0", canary("there"), "\0xterm/38400\0");

  test("a log-in is told of both ends, its users are not", () => {
    const flow = flowOf({ sourcePort: 1023, destinationPort: 513 });
    expect(rlogin.definition.messageLength?.(start, flow)).toBe(start.length);
    expect(read(rlogin, start, flow).evidence).toEqual([
      { about: "sender", attribute: "wardtap.login.sent", value: "rlogin" },
    ]);
    const answer = flowOf({ sourcePort: 513, destinationPort: 1023, state: flow.state });
    expect(read(rlogin, bytes([0]), answer).evidence).toEqual([
      { about: "sender", attribute: "wardtap.login", value: "rlogin" },
    ]);
    expect(everything(rlogin, start)).not.toContain("CANARY");
  });

  test("bytes without a terminal are not rlogin", () => {
    expect(rlogin.dissect(bytes("\0a\0b\0c\0"))).toBeUndefined();
    expect(rlogin.dissect(hex("00 00 00 2f ff 53 4d 42"))).toBeUndefined();
  });

  test("damaged messages give bounded evidence", () => expectHostileProof(rlogin, [start]));
});

describe("X11", () => {
  const request = bytes(
    hex("6c 00 0b 00 00 00 12 00 10 00 00 00"),
    "MIT-MAGIC-COOKIE-1",
    [0, 0],
    Buffer.alloc(16, 0x5a),
  );
  const vendor = "The X.Org Foundation";
  const accepted = bytes(
    hex("01 00 0b 00 00 00 40 00"),
    hex("c0 62 b3 00"), // release 11756224
    Buffer.alloc(12),
    [vendor.length, 0],
    Buffer.alloc(14),
    vendor,
  );

  test("the server that accepts names its vendor", () => {
    const flow = flowOf();
    read(x11, request, flow);
    const { message, evidence } = read(x11, accepted, flow);
    expect(values(evidence, "x11.vendor")).toEqual([vendor]);
    expect(values(evidence, "wardtap.remote")).toEqual(["x11"]);
    expect(x11.definition.server?.(message!, flow)).toBe("sender");
  });

  test("a request whose lengths don't add up is not X11", () => {
    expect(x11.dissect(request.subarray(0, 30))).toBeUndefined();
  });

  test("the authorisation never comes out", () => {
    expect(everything(x11, request)).not.toContain("ZZZZ");
  });

  test("damaged messages give bounded evidence", () => expectHostileProof(x11, [request, accepted]));
});

describe("remote control", () => {
  test("TeamViewer's mark counts on its port only", () => {
    const payload = hex("17 24 0e 06 00 fd 0a 0a");
    expect(
      values(read(teamviewer, payload, flowOf({ transport: "tcp", destinationPort: 5938 })).evidence, "wardtap.remote"),
    ).toEqual(["teamviewer"]);
    expect(teamviewer.dissect(payload, { transport: "tcp", destinationPort: 4444 })).toBeUndefined();
  });

  test("the machine under TeamViewer is the one that isn't its server", () => {
    const payload = hex("17 24 0e 06 00 fd 0a 0a");
    expect(read(teamviewer, payload, flowOf({ transport: "tcp", sourcePort: 5938 })).evidence[0]?.about).toBe(
      "receiver",
    );
  });

  test("TeamViewer in datagrams has its mark after a counter and a session", () => {
    const payload = hex("00 01 02 03 04 05 06 07 08 09 0a 17 24 0e 06 00");
    expect(read(teamviewer, payload, flowOf({ destinationPort: 5938 })).evidence).toHaveLength(1);
    expect(teamviewer.dissect(payload.subarray(11), { destinationPort: 5938 })).toBeUndefined();
  });

  test("ICA is about the side that serves", () => {
    const payload = hex("7f 7f 49 43 41 00");
    expect(read(ica, payload, flowOf({ server: "sender" })).evidence[0]?.about).toBe("sender");
    expect(read(ica, payload, flowOf({ server: "receiver" })).evidence[0]?.about).toBe("receiver");
  });

  test("damaged messages give bounded evidence", () => {
    expectHostileProof(teamviewer, [hex("17 24 0e 06 00 fd 0a 0a")], { transport: "tcp", destinationPort: 5938 });
    expectHostileProof(ica, [hex("7f 7f 49 43 41 00")]);
  });
});
