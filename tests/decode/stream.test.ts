import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MAX_HELD_SEGMENTS, MAX_STREAM_BYTES, Stream } from "../../agent/decode/stream.ts";

const FIN = 0x01;
const SYN = 0x02;
const RST = 0x04;
const NOTHING = Buffer.alloc(0);

/** Pushes text that stands inside a larger buffer, as segments do. */
function push(stream: Stream, sequence: number, text: string, flags = 0, wireLength = text.length): number {
  const bytes = Buffer.from(`<<${text}>>`, "latin1");
  return stream.push(sequence, bytes, 2, text.length, wireLength, flags);
}

/** Reads everything there is, then lets the segment go and spoils its memory as a capture would. */
function readAll(stream: Stream): string {
  const text = stream.available().toString("latin1");
  stream.consume(text.length);
  stream.release();
  return text;
}

describe("segments in order", () => {
  test("are given as they come, without a copy", () => {
    const stream = new Stream();
    const frame = Buffer.from("..hello..", "latin1");
    expect(stream.push(1000, frame, 2, 5, 5)).toBe(5);
    const view = stream.available();
    expect([view.toString(), view.buffer === frame.buffer, stream.heldBytes]).toEqual(["hello", true, 0]);
    stream.consume(5);
    expect(stream.available().length).toBe(0);
  });

  test("what is not read stays when the frame's memory is used again", () => {
    const stream = new Stream();
    const frame = Buffer.from("MSH|", "latin1");
    stream.push(1000, frame, 0, 4, 4);
    stream.release();
    frame.fill(0x58);
    push(stream, 1004, "^~&");
    expect(stream.available().toString()).toBe("MSH|^~&");
  });

  test("a message is consumed and the rest waits for more", () => {
    const stream = new Stream();
    push(stream, 0, "one.tw");
    stream.consume(4);
    stream.release();
    expect(push(stream, 6, "o.")).toBe(2);
    expect(stream.available().toString()).toBe("two.");
  });

  test("numbers may wrap around", () => {
    const stream = new Stream();
    push(stream, -2, "abcd");
    stream.release();
    push(stream, 2, "ef");
    expect(stream.available().toString()).toBe("abcdef");
  });

  test("more than a segment's worth is joined again and again without growing", () => {
    const stream = new Stream();
    let sequence = 0;
    for (let round = 0; round < 2000; round++) {
      push(stream, sequence, "x".repeat(300));
      sequence += 300;
      stream.consume(stream.unread > 500 ? 500 : 0);
      stream.release();
      expect(stream.heldBytes).toBeLessThanOrEqual(4096);
      stream.consume(stream.unread > 700 ? stream.unread : 0);
    }
    expect(stream.gaps).toBe(0);
  });
});

describe("opening and closing", () => {
  test("SYN counts for one, so the data begins after it", () => {
    const stream = new Stream();
    push(stream, 99, "", SYN);
    expect(push(stream, 100, "a")).toBe(1);
    expect(readAll(stream)).toBe("a");
  });

  test("SYN may carry data and may come twice", () => {
    const stream = new Stream();
    push(stream, 99, "ab", SYN);
    push(stream, 99, "ab", SYN);
    expect(readAll(stream)).toBe("ab");
    expect([stream.gaps, stream.resynchronised]).toEqual([0, false]);
  });

  test("without SYN the first segment heard begins the stream", () => {
    const stream = new Stream();
    expect(push(stream, 123_456, "middle")).toBe(6);
    expect(stream.resynchronised).toBe(false);
  });

  test("FIN closes when everything before it was heard", () => {
    const stream = new Stream();
    push(stream, 0, "a");
    push(stream, 2, "c", FIN);
    expect(stream.closed).toBe(false);
    push(stream, 1, "b");
    expect([stream.closed, stream.available().toString()]).toEqual([true, "abc"]);
  });

  test("RST closes at once, and a new SYN opens again", () => {
    const stream = new Stream();
    push(stream, 0, "a");
    readAll(stream);
    push(stream, 1, "", RST);
    expect(stream.closed).toBe(true);
    push(stream, 5_000_000, "", SYN);
    expect([stream.closed, push(stream, 5_000_001, "new"), stream.resynchronised]).toEqual([false, 3, true]);
  });

  test("a new connection whose SYN was missed is found after a few segments", () => {
    const stream = new Stream();
    push(stream, 1_000_000_000, "old");
    readAll(stream);
    const got = [0, 1, 2, 3].map((index) => {
      push(stream, 5000 + index, "n");
      return readAll(stream);
    });
    expect([got.join(""), stream.resynchronised, stream.gaps]).toEqual(["nn", true, 0]);
  });
});

describe("segments out of order", () => {
  test("wait for what is missing", () => {
    const stream = new Stream();
    push(stream, 0, "", SYN);
    expect(push(stream, 4, "de")).toBe(0);
    expect(push(stream, 1, "abc")).toBe(5);
    expect(readAll(stream)).toBe("abcde");
  });

  test("repeats are trimmed: the first copy of a byte wins", () => {
    const stream = new Stream();
    push(stream, 0, "abc");
    expect(push(stream, 1, "XXde")).toBe(2);
    expect(readAll(stream)).toBe("abcde");
    push(stream, 8, "ij");
    push(stream, 6, "ghXXkl");
    push(stream, 5, "f");
    expect(readAll(stream)).toBe("fghijkl");
  });

  test("too many give the gap up: what was unread before it is dropped", () => {
    const stream = new Stream();
    push(stream, 0, "begun ");
    stream.release();
    for (let index = 0; index < MAX_HELD_SEGMENTS; index++) expect(push(stream, 100 + index * 2, "x")).toBe(0);
    expect(stream.gaps).toBe(0);
    push(stream, 100 + MAX_HELD_SEGMENTS * 2, "x");
    expect([stream.gaps, stream.resynchronised, stream.available().toString()]).toEqual([1, true, "x"]);
  });

  test("too many bytes give the gap up", () => {
    const stream = new Stream(1000);
    push(stream, 0, "a");
    readAll(stream);
    push(stream, 11, "b".repeat(900));
    expect(stream.gaps).toBe(0);
    push(stream, 911, "c".repeat(200));
    expect([stream.gaps, stream.unread]).toEqual([1, 1100]);
    expect(stream.available().toString()).toBe("b".repeat(900) + "c".repeat(200));
  });

  test("a gap can be given up from outside", () => {
    const stream = new Stream();
    push(stream, 0, "a");
    readAll(stream);
    push(stream, 5, "later");
    expect(stream.giveUpGap()).toBe(5);
    expect([readAll(stream), stream.gaps]).toEqual(["later", 1]);
  });
});

describe("what never comes", () => {
  test("bytes that the capture cut off are a gap", () => {
    const stream = new Stream();
    push(stream, 0, "head", 0, 10);
    expect(readAll(stream)).toBe("head");
    expect([stream.gaps, push(stream, 10, "next")]).toEqual([0, 4]);
    expect([stream.gaps, stream.resynchronised, readAll(stream)]).toEqual([1, true, "next"]);
  });

  test("unless the reader skipped them", () => {
    const stream = new Stream();
    push(stream, 0, "head", 0, 10);
    stream.consume(4);
    stream.skip(6);
    stream.release();
    push(stream, 10, "next");
    expect([stream.gaps, stream.resynchronised, readAll(stream)]).toEqual([0, false, "next"]);
  });

  test("beyond the byte limit further segments are lost, which the reader hears of", () => {
    const stream = new Stream(1000);
    for (let index = 0; index < 20; index++) {
      push(stream, index * 100, "x".repeat(100));
      stream.release();
    }
    expect(stream.gaps).toBeGreaterThan(0);
    expect(stream.unread).toBeLessThanOrEqual(1000);
  });
});

describe("skipping", () => {
  test("drops what is there and what is to come, without keeping it", () => {
    const stream = new Stream();
    push(stream, 0, "header+");
    stream.consume(6);
    stream.skip(1 + 50_000);
    stream.release();
    for (let at = 7; at < 7 + 50_000; at += 1000) {
      expect(push(stream, at, "x".repeat(1000))).toBe(0);
      stream.release();
      expect(stream.heldBytes).toBe(0);
    }
    push(stream, 50_007, "message");
    expect([readAll(stream), stream.gaps]).toEqual(["message", 0]);
  });

  test("does not mind losses among the skipped", () => {
    const stream = new Stream();
    push(stream, 0, "h");
    stream.skip(1 + 3000);
    stream.release();
    push(stream, 2001, `${"x".repeat(1000)}next`);
    expect([readAll(stream), stream.gaps]).toEqual(["next", 0]);
  });

  test("ends inside a held segment", () => {
    const stream = new Stream();
    push(stream, 0, "h");
    readAll(stream);
    push(stream, 3, "cdef");
    stream.skip(4);
    expect(readAll(stream)).toBe("ef");
  });

  test("further than sequence numbers reach goes in steps", () => {
    const stream = new Stream();
    const chunk = 60_000;
    push(stream, 0, "h");
    const length = 5 * 2 ** 30;
    stream.skip(1 + length);
    stream.release();
    const bytes = Buffer.alloc(chunk);
    for (let at = 1; at < 1 + length; at += chunk)
      stream.push(at | 0, bytes, 0, chunk, Math.min(chunk, 1 + length - at));
    push(stream, (1 + length) | 0, "end");
    expect([readAll(stream), stream.gaps]).toEqual(["end", 0]);
  });
});

describe("whatever comes", () => {
  const message = "Whoever writes to a ward writes twice, and the network turns the pages. ".repeat(8);

  test("any order, repeat and overlap of segments gives the text once", () => {
    const cuts = fc.array(fc.tuple(fc.nat(message.length - 1), fc.integer({ min: 1, max: 90 })), { maxLength: 12 });
    const reading = fc.array(fc.nat(120), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(fc.integer(), cuts, fc.integer(), reading, (start, extra, seed, reads) => {
        const pieces: [number, number][] = [];
        for (let at = 0; at < message.length; at += 31) pieces.push([at, Math.min(at + 31, message.length)]);
        for (const [at, length] of extra) pieces.push([at, Math.min(at + length, message.length)]);
        // A seeded shuffle within a window, so that no more wait than the stream holds.
        let random = seed;
        const order = pieces
          .sort((a, b) => a[0] - b[0])
          .map((piece, index) => {
            random = (Math.imul(random, 1_103_515_245) + 12_345) | 0;
            return { piece, key: index + ((random >>> 16) % 12) };
          })
          .sort((a, b) => a.key - b.key);
        const stream = new Stream();
        push(stream, (start - 1) | 0, "", SYN);
        let text = "";
        order.forEach(({ piece: [from, to] }, index) => {
          const frame = Buffer.from(message.slice(from, to), "latin1");
          const before = stream.unread;
          const fresh = stream.push((start + from) | 0, frame, 0, frame.length, frame.length);
          expect(stream.unread).toBe(before + fresh);
          const wanted = reads[index % reads.length]!;
          text += stream.available().toString("latin1", 0, wanted);
          stream.consume(wanted);
          stream.release();
          frame.fill(0);
        });
        text += readAll(stream);
        expect(text).toBe(message);
        expect(stream.gaps).toBe(0);
      }),
      { numRuns: 500 },
    );
  });

  test("memory stays bounded and nothing throws for hostile segments", () => {
    const step = fc.record({
      sequence: fc.oneof(fc.integer({ min: 0, max: 200_000 }), fc.integer()),
      length: fc.nat(65_535),
      cut: fc.nat(2000),
      flags: fc.constantFrom(0, 0, 0, 0, SYN, FIN, RST, SYN | FIN),
      read: fc.constantFrom("all", "some", "none", "skip", "far"),
    });
    const bytes = Buffer.alloc(65_535, 0x41);
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        const stream = new Stream();
        for (const { sequence, length, cut, flags, read } of steps) {
          const fresh = stream.push(sequence, bytes, 0, length, length + cut, flags);
          expect(fresh).toBeGreaterThanOrEqual(0);
          expect(stream.available().length).toBe(stream.unread);
          if (read === "all") stream.consume(stream.unread);
          if (read === "some") stream.consume(100);
          if (read === "skip") stream.skip(70_000);
          if (read === "far") stream.skip(2 ** 32);
          stream.release();
          // One segment over the limit, rounded up to the buffer's size, and the held ones.
          expect(stream.unread).toBeLessThan(MAX_STREAM_BYTES + 65_536);
          expect(stream.heldBytes).toBeLessThanOrEqual(2 * MAX_STREAM_BYTES + 65_536);
        }
      }),
      { numRuns: 300 },
    );
  });

  test("an empty segment changes nothing", () => {
    const stream = new Stream();
    expect(stream.push(5, NOTHING, 0, 0, 0)).toBe(0);
    expect(push(stream, 5, "a")).toBe(1);
  });
});
