/** Doctor's checks as lines for people: state, what was looked at, how it stands, and under it what to do. */
import { styleText } from "node:util";
import type { Check, CheckState } from "../doctor/check.ts";

const COLOUR: Record<CheckState, "green" | "yellow" | "red"> = { ok: "green", warn: "yellow", fail: "red" };

/** Ends with a line end. */
export function doctorText(checks: readonly Check[], colour: boolean): string {
  const width = Math.max(0, ...checks.map(({ about }) => about.length));
  const lines = checks.flatMap(({ about, state, says, advice }) => {
    const word = state.padEnd(4);
    const head = `${colour ? styleText(COLOUR[state], word) : word}  ${about.padEnd(width)}  ${says}`;
    return advice === "" ? [head] : [head, `${" ".repeat(width + 8)}What to do: ${advice}`];
  });
  return `${[...lines, "", verdict(checks)].join("\n")}\n`;
}

function verdict(checks: readonly Check[]): string {
  const count = (state: CheckState) => checks.filter((check) => check.state === state).length;
  const [failed, warned] = [count("fail"), count("warn")];
  const notes = warned === 0 ? "" : ` ${warned} ${warned === 1 ? "thing is" : "things are"} worth a look.`;
  if (failed === 0) return `Nothing fails.${notes}`;
  return `${failed} ${failed === 1 ? "thing" : "things"} must be put right.${notes}`;
}
