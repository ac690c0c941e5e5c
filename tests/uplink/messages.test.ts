/** Messages are checked, hostile ones give a short problem, and what is unknown is kept. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { fromTapSchema, MAX_DEPTH, readMessage } from "../../agent/uplink/messages.ts";

const ROW = { kind: "device", key: "dev-1", revision: 1, version: 1, body: {} };
const ROWS = { type: "rows", ledgerId: "0".repeat(32), rows: [ROW], upTo: 1 };
const problem = (message: unknown) => readMessage(fromTapSchema, JSON.stringify(message));

test("unknown fields and unknown kinds are kept", () => {
  const message = { ...ROWS, newer: 1, rows: [{ ...ROW, kind: "weather", newer: [1] }] };
  expect(problem(message)).toEqual({ message });
});

test.each([
  ["an unknown type", { type: "nonsense" }],
  ["no object", 5],
  ["a negative revision", { ...ROWS, upTo: -1 }],
  ["a revision past the safe integers", { ...ROWS, upTo: 2 ** 60 }],
  ["a ledger id of another form", { ...ROWS, ledgerId: "../../etc" }],
  ["a body that is a list", { ...ROWS, rows: [{ ...ROW, body: [] }] }],
  ["too many rows", { ...ROWS, rows: Array(501).fill(ROW) }],
  [
    "a tap id with a slash",
    { type: "hello", tapId: "a/b", name: "", ledgerId: "0".repeat(32), version: "", revision: 0 },
  ],
])("%s is a problem", (_name, message) => {
  expect(problem(message)).toHaveProperty("problem");
});

test("a value nested too deep is refused before it is parsed", () => {
  const deep = (levels: number) => `{"type":"rows","x":${"[".repeat(levels)}${"]".repeat(levels)}}`;
  expect(readMessage(fromTapSchema, deep(MAX_DEPTH))).toEqual({ problem: "nested too deep" });
  expect(readMessage(fromTapSchema, deep(400_000))).toEqual({ problem: "nested too deep" });
  expect(readMessage(fromTapSchema, deep(2))).not.toEqual({ problem: "nested too deep" });
});

test("brackets inside text are no depth", () => {
  const message = { ...ROWS, rows: [{ ...ROW, body: { why: `\\"${"[{".repeat(1000)}` } }] };
  expect(problem(message)).toEqual({ message });
});

test("any text gives a message or a problem that repeats nothing of it", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json(), fc.constant("__proto__")), (text) => {
      const read = readMessage(fromTapSchema, text);
      if ("problem" in read) expect(read.problem.length).toBeLessThan(200);
    }),
  );
});
