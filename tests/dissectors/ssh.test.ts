import { describe, expect, test } from "vitest";
import { flowOf } from "../../agent/dissectors/dissector.ts";
import ssh from "../../agent/dissectors/ssh.ts";
import { ascii, hex } from "./bytes.ts";
import { expectHostileProof, read } from "./hostile.ts";
import { talk } from "./talk.ts";

describe("both ends of a connection", () => {
  test("tell their software, and then there is no more to learn", () => {
    const { said, done } = talk(ssh, 22, ["S: SSH-2.0-OpenSSH_9.2p1 Debian-2", "C: SSH-1.99-Cisco-1.25"]);
    expect(said).toEqual([
      "server ssh.protocol SSH-2.0-OpenSSH_9.2p1 Debian-2",
      "server ssh.version 2.0",
      "client ssh.protocol SSH-1.99-Cisco-1.25",
      "client ssh.version 1.99",
    ]);
    expect(done).toBe(true);
  });

  test("of which one is never heard end the listening after a few packets", () => {
    const packet = { from: "S" as const, bytes: hex("00 00 01 00 04 14 00") };
    const { done, heard } = talk(ssh, 22, ["S: SSH-2.0-x", ...Array.from({ length: 20 }, () => packet)]);
    expect([done, heard]).toEqual([true, 9]);
  });
});

test.each(["SSH-2.0\r\n", "SSH-x\r\n", `SSH-2.0-${"x".repeat(300)}\r\n`])("%j is malformed", (line) => {
  expect(ssh.dissect(ascii(line))).toHaveProperty("malformed");
});

test("a line is waited for, and one that never ends is given up", () => {
  const length = (text: string) => ssh.definition.messageLength?.(ascii(text), flowOf());
  expect([length("SSH-2.0-"), length("SSH-2.0-x\r\n"), length(`SSH-${"x".repeat(400)}`)]).toEqual([0, 11, -1]);
});

test("other text is not SSH", () => expect(read(ssh, ascii("220 hello\r\n")).message).toBeUndefined());

test("stands hostile bytes", () => expectHostileProof(ssh, [ascii("SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n")]));
