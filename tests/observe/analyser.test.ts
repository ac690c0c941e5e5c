/** Payloads to messages: over segments, cut, lost, repeated, too long, or nobody's. */
import { describe, expect, test } from "vitest";
import { defineDissector, malformed } from "../../agent/dissectors/dissector.ts";
import { type Ends, FIN, frameOf, Listening, PUSH_ACK, SYN, tcp, udp } from "./support/wire.ts";

interface Message {
  said: string;
}
/** What the dissector below was given, for tests of how often and how much it is asked. */
const asked: { bytes: number; times: number } = { bytes: 0, times: 0 };

/** "<12:hello world!>": a length, a colon, as many letters, between angle brackets. "<!" lies. */
const speaker = defineDissector<Message>({
  protocol: "test",
  over: ["tcp", "udp"],
  recognise: [{ at: 0, bytes: "3c" }],
  messageLength(payload) {
    asked.times++;
    if (payload[0] !== 0x3c) return -1;
    if (payload[1] === 0x21) return payload.indexOf(0x3e) + 1;
    const colon = payload.indexOf(0x3a);
    if (colon < 0) return payload.length > 8 ? -1 : 0;
    const length = Number(payload.toString("latin1", 1, colon));
    return Number.isInteger(length) ? colon + length + 2 : -1;
  },
  dissect(payload, flow) {
    asked.bytes += payload.length;
    if (payload[0] !== 0x3c) return undefined;
    if (payload[1] === 0x21) return malformed("it lies");
    const colon = payload.indexOf(0x3a);
    const said = payload.toString("latin1", colon + 1, flow.cut ? payload.length : payload.length - 1);
    return { said: said.length > 40 ? `${said.slice(0, 4)}... ${said.length} ${flow.cut}` : said };
  },
  evidence: ({ said }) => [{ about: "sender", attribute: "test.said", value: said }],
  server: ({ said }) => (said === "welcome" ? "sender" : undefined),
  done: ({ said }) => said === "bye",
});

const say = (text: string) => `<${text.length}:${text}>`;
const ends: Ends = { from: 1, to: 2 };

/** One side of a connection; each piece continues where the one before ended. */
class Speaker {
  sequence = 1000;
  readonly #listening: Listening;

  constructor(listening: Listening) {
    this.#listening = listening;
  }

  send(payload: string, segmentBytes = 1460): this {
    for (let at = 0; at < payload.length; at += segmentBytes) this.piece(payload.slice(at, at + segmentBytes));
    return this;
  }

  piece(payload: string, wireLength?: number): this {
    const bytes = tcp({ ...ends, sequence: this.sequence, payload });
    const missing = (wireLength ?? payload.length) - payload.length;
    if (missing > 0) bytes.writeUInt16BE(bytes.readUInt16BE(16) + missing, 16);
    this.#listening.hear(bytes, { wireLength: bytes.length + missing });
    this.sequence += payload.length + missing;
    return this;
  }

  lose(bytes: number): this {
    this.sequence += bytes;
    return this;
  }
}

const listen = () => {
  const listening = new Listening([speaker]);
  return { listening, speaker: new Speaker(listening), said: () => listening.drain().values("test.said") };
};

describe("a message", () => {
  test("in one segment is read", () => {
    const { speaker, said } = listen();
    speaker.send(say("hello"));
    expect(said()).toEqual(["hello"]);
  });

  test("in segments of any size is read whole", () => {
    for (const size of [1, 2, 3, 7, 30]) {
      const { speaker, said } = listen();
      speaker.send(say("spread over segments"), size);
      expect(said()).toEqual(["spread over segments"]);
    }
  });

  test("whose segments come in the wrong order, and one twice, is read whole", () => {
    const { listening, said } = listen();
    const text = say("in the wrong order");
    const parts: [number, number][] = [
      [0, 4],
      [12, 30],
      [4, 8],
      [4, 8],
      [8, 12],
    ];
    for (const [from, to] of parts)
      listening.hear(tcp({ ...ends, sequence: 1000 + from, payload: text.slice(from, to) }));
    expect(said()).toEqual(["in the wrong order"]);
  });

  test("behind another in one segment is read too", () => {
    const { speaker, said } = listen();
    speaker.send(say("one") + say("two") + say("three"));
    expect(said()).toEqual(["one", "three", "two"]);
  });

  test("that the capture cut is read as far as it was captured, and the next one too", () => {
    const { speaker, said } = listen();
    const text = say("x".repeat(500));
    speaker.piece(text.slice(0, 100), text.length).send(say("next"));
    expect(said()).toEqual(["next", "xxxx... 95 true"]);
  });

  test("longer than 64 KiB is read at its beginning, the rest skipped, and the next one read", () => {
    const { speaker, said } = listen();
    speaker.send(say("y".repeat(200_000)) + say("next"));
    const found = said();
    expect(found[0]).toBe("next");
    expect(found[1]).toMatch(/^yyyy\.\.\. 6\d{4} true$/);
    expect(found).toHaveLength(2);
  });

  test("of a claimed length beyond everything keeps no more than its bound and does no harm", () => {
    const { speaker, said } = listen();
    speaker.piece("<999999999:abc");
    for (let i = 0; i < 100; i++) speaker.piece("z".repeat(1400));
    expect(said()).toHaveLength(1);
  });

  test("says which side serves", () => {
    const { listening } = listen();
    listening.hear(tcp({ from: 2, to: 1, fromPort: 80, toPort: 40_000, payload: say("welcome") }));
    expect(listening.drain().flows()).toMatchObject([{ server: "a", serverBy: "content", protocol: "test", port: 80 }]);
  });

  test("that lies is counted and teaches nothing", () => {
    const { speaker, said, listening } = listen();
    speaker.send("<!3:abc>").send(say("true"));
    said();
    expect(listening.watch.totals().malformed).toEqual({ test: 1 });
  });

  test("in a datagram is read, repeated ones are counted without being read", () => {
    const { listening, said } = listen();
    const before = asked.bytes;
    for (let i = 0; i < 50; i++) listening.hear(udp({ ...ends, toPort: 7000, payload: say("again") }));
    expect(said()).toEqual(["again"]);
    expect(listening.evidence()[0]?.count).toBe(50);
    expect(asked.bytes - before).toBeLessThan(5 * say("again").length);
  });

  test("of both directions is read, each with its own sender", () => {
    const { listening } = listen();
    listening.hear(tcp({ ...ends, payload: say("there") }));
    listening.hear(tcp({ from: 2, to: 1, fromPort: 80, toPort: 40_000, payload: say("back") }));
    const who = listening
      .drain()
      .evidence()
      .map(({ about, value }) => ["ip" in about && about.ip, value]);
    expect(who.sort()).toEqual([
      ["10.0.0.1", "there"],
      ["10.0.0.2", "back"],
    ]);
  });
});

describe("after a loss", () => {
  test("in the middle of a message the next message is read", () => {
    const { speaker, said } = listen();
    speaker.send(say("before")).piece("<500:cut").lose(400);
    for (let i = 0; i < 90; i++) speaker.send("rest of it");
    for (let i = 0; i < 5; i++) speaker.send(say("after"));
    expect(said()).toContain("after");
  });

  test("between two messages the next one is read", () => {
    const { speaker, said } = listen();
    speaker.send(say("before")).lose(say("never heard").length);
    for (let i = 0; i < 40; i++) speaker.send(say(`after ${i}`));
    expect(said()).toEqual(expect.arrayContaining(["before", "after 39"]));
  });

  test("a connection joined in the middle of a message is understood from its next message on", () => {
    const { speaker, said } = listen();
    speaker.send("the end of something>").send(say("first whole one"));
    expect(said()).toEqual(["first whole one"]);
  });
});

describe("a connection", () => {
  test("that says goodbye is not looked at any more", () => {
    const { speaker, said } = listen();
    speaker.send(say("bye"));
    const before = asked.times;
    for (let i = 0; i < 50; i++) speaker.send(say("whatever"));
    expect(asked.times).toBe(before);
    expect(said()).toEqual(["bye"]);
  });

  test("on ports used before is a new one: its message is read although the old one was finished", () => {
    const { listening, speaker, said } = listen();
    speaker.send(say("bye"));
    listening.hear(tcp({ ...ends, flags: FIN | PUSH_ACK, sequence: speaker.sequence }));
    listening.hear(tcp({ ...ends, flags: SYN, sequence: 9_000_000 }));
    listening.hear(tcp({ ...ends, sequence: 9_000_001, payload: say("new") }));
    expect(said()).toEqual(["bye", "new"]);
  });

  test("on ports used before does not join its bytes to what the old one left unfinished", () => {
    const { listening, speaker, said } = listen();
    speaker.send("<10:unfin");
    listening.hear(tcp({ ...ends, flags: SYN, sequence: 5_000_000 }));
    listening.hear(tcp({ ...ends, sequence: 5_000_001, payload: say("fresh") }));
    expect(said()).toEqual(["fresh"]);
  });

  test("that nobody understands is given up after a bounded number of bytes", () => {
    const { listening, speaker } = listen();
    const before = asked.times;
    for (let i = 0; i < 2000; i++) speaker.send("<nonsense without end");
    expect(asked.times - before).toBeLessThan(600);
    expect(listening.watch.totals().malformed).toEqual({});
  });

  test("that nobody understood gets another chance after a pause", () => {
    const { listening, speaker, said } = listen();
    for (let i = 0; i < 200; i++) speaker.send("the middle of something long");
    speaker.send(say("too late"));
    expect(said()).toEqual([]);
    listening.at += 6_000_000;
    speaker.send(say("after the pause"));
    expect(said()).toEqual(["after the pause"]);
  });

  test("whose protocol falls apart is given up too", () => {
    const { speaker } = listen();
    speaker.send(say("hello"));
    const before = asked.times;
    for (let i = 0; i < 2000; i++) speaker.send("no message at all");
    expect(asked.times - before).toBeLessThan(1200);
  });
});

test("what is learnt is not tied to the frame's memory, which the capture fills again", () => {
  const { listening, said } = listen();
  const memory = Buffer.alloc(200);
  const text = say("kept safe");
  for (const [at, part] of [
    [0, text.slice(0, 5)],
    [5, text.slice(5)],
  ] as const) {
    memory.fill(0xff);
    const bytes = tcp({ ...ends, sequence: 1000 + at, payload: part });
    bytes.copy(memory);
    listening.watch.frame({ ...frameOf(memory), length: bytes.length, wireLength: bytes.length });
  }
  memory.fill(0xff);
  expect(said()).toEqual(["kept safe"]);
});
