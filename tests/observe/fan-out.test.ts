/** Who tries to reach many: what is told, and that late answers are told too. */
import { expect, test } from "vitest";
import { type FanOutCount, FanOutWatch, MIN_TOLD } from "../../agent/observe/fan-out.ts";

const told = (watch: FanOutWatch, at: number): FanOutCount[] => {
  const counts: FanOutCount[] = [];
  watch.drain(at, (count) => counts.push(count));
  return counts;
};

test("an answer that comes after the attempts were told is told at the next drain", () => {
  const watch = new FanOutWatch();
  for (let target = 1; target <= MIN_TOLD; target++) watch.attempt(1, target, 445, { at: 1000, ordinal: 1 });
  expect(told(watch, 2000)).toMatchObject([{ what: "hosts", tried: MIN_TOLD, answered: 0 }]);
  expect(told(watch, 3000)).toEqual([]);
  for (let target = 1; target <= MIN_TOLD; target++) watch.answer(1, target, 445);
  expect(told(watch, 4000)).toMatchObject([{ what: "hosts", tried: MIN_TOLD, answered: MIN_TOLD }]);
});
