import { expect, test } from "vitest";
import { flowOf } from "../../agent/dissectors/dissector.ts";
import rtsp from "../../agent/dissectors/rtsp.ts";
import { ascii, bytes, canary } from "./bytes.ts";
import { everything, expectHostileProof, read } from "./hostile.ts";

const message = (...lines: string[]) => ascii(`${lines.join("\r\n")}\r\n\r\n`);
const describeRequest = message(
  `DESCRIBE rtsp://10.0.0.9/${canary("path")}?user=${canary("user")} RTSP/1.0`,
  "CSeq: 2",
  `Authorization: Basic ${canary("secret")}`,
  "User-Agent: LibVLC/3.0 guid/7405E143-26AC-4B37-9802-A35EE8C6CFA7",
);
const refusal = message(
  "RTSP/1.0 401 Unauthorized",
  "Server: Hipcam RealServer/V1.0",
  'WWW-Authenticate: Basic realm="IP Camera"',
);
const said = (payload: Buffer) =>
  read(rtsp, payload, flowOf()).evidence.map(({ about, attribute, value }) => `${about} ${attribute} ${value}`);

test("a camera tells its software and what it calls itself", () => {
  expect(said(refusal)).toEqual([
    "sender rtsp.server Hipcam RealServer/V1.0",
    "sender rtsp.www_authenticate.scheme Basic",
    "sender rtsp.www_authenticate.realm IP Camera",
    "sender rtsp.role server",
  ]);
});

test("a viewer's password in clear is noticed, its number dropped", () => {
  expect(said(describeRequest)).toEqual([
    "sender rtsp.user_agent LibVLC/3.0",
    "receiver wardtap.login rtsp",
    "sender wardtap.login.sent rtsp",
  ]);
});

test("no path, user or password comes out", () => expect(everything(rtsp, describeRequest)).not.toContain("CANARY"));

test("lengths are of head and body; pictures in between are none", () => {
  const length = (payload: Buffer) => rtsp.definition.messageLength?.(payload, flowOf());
  const answer = bytes(message("RTSP/1.0 200 OK", "Content-Length: 3"), "v=0");
  expect([length(answer), length(refusal), length(ascii("$\0\0\x04")), length(ascii("OPTIONS rtsp"))]).toEqual([
    answer.length,
    refusal.length,
    -1,
    0,
  ]);
});

test.each(["HTTP/1.1 200 OK\r\n\r\n", "OPTIONS / HTTP/1.1\r\n\r\n"])("%j is not RTSP", (text) => {
  expect(rtsp.dissect(ascii(text))).toBeUndefined();
});

test("stands hostile bytes", () => expectHostileProof(rtsp, [describeRequest, refusal]));
