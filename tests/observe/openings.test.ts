/** How a host opens connections is told once and counted ever after, however it varies. */
import { describe, expect, test } from "vitest";
import { ACK, Listening, SYN, tcp } from "./support/wire.ts";

const options = (timestamp: number) => {
  const bytes = Buffer.from("020405b40402080a000000000000000001030307", "hex");
  bytes.writeUInt32BE(timestamp, 8);
  return bytes;
};
const signatures = (listening: Listening, attribute: string) =>
  listening
    .drain()
    .evidence()
    .filter((piece) => piece.attribute === attribute)
    .map(({ value, count }) => [value, count]);

describe("a host's openings", () => {
  test("are one signature, counted, whatever their ports and time stamps", () => {
    const listening = new Listening();
    for (let i = 0; i < 5; i++)
      listening.hear(
        tcp({ from: 1, to: 2 + i, fromPort: 40_000 + i, flags: SYN, window: 29_200, options: options(i), sequence: i }),
      );
    expect(signatures(listening, "tcp.syn.signature")).toEqual([["64:mss*20,7:mss,sok,ts,nop,ws:1460:df", 5]]);
  });

  test("and its answers are told apart", () => {
    const listening = new Listening();
    listening.hear(tcp({ from: 1, to: 2, flags: SYN, window: 1000 }));
    listening.hear(tcp({ from: 1, to: 2, flags: SYN | ACK, window: 1000, sequence: 2 }));
    const evidence = listening.drain().evidence();
    expect(evidence.map(({ attribute }) => attribute)).toEqual(["tcp.syn.signature", "tcp.synack.signature"]);
  });

  test("that never repeat stop being read", () => {
    const listening = new Listening();
    for (let window = 1; window < 200; window++)
      listening.hear(tcp({ from: 1, to: 2, fromPort: 40_000 + window, flags: SYN, window }));
    expect(signatures(listening, "tcp.syn.signature").length).toBeLessThan(20);
  });

  test("of two hosts are two hosts' openings", () => {
    const listening = new Listening();
    for (const from of [1, 2, 1, 2]) listening.hear(tcp({ from, to: 3, flags: SYN, window: 1000, sequence: from }));
    expect(signatures(listening, "tcp.syn.signature")).toEqual([
      ["64:1000,*::0:df", 2],
      ["64:1000,*::0:df", 2],
    ]);
  });
});

test("a segment that both opens and closes is nobody's way of opening", () => {
  const listening = new Listening();
  listening.hear(tcp({ from: 1, to: 2, flags: SYN | 1 }));
  expect(signatures(listening, "tcp.syn.signature")).toEqual([]);
});
