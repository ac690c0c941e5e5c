/** The engine's flag for compiling less: there under that name, and no end of anything when used. */
import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";

test("this engine knows the flag", () => {
  expect(execFileSync(process.execPath, ["--v8-options"], { encoding: "utf8" })).toContain("--interrupt-budget ");
});

test("a program goes on when it is set in its midst, also with a name that no engine knows", () => {
  const program = `const { setFlagsFromString } = require("node:v8");
    setFlagsFromString("--interrupt-budget=540000");
    setFlagsFromString("--no-such-budget=540000");
    let sum = 0;
    for (let i = 0; i < 1e6; i++) sum += i % 3;
    console.log(sum);`;
  expect(execFileSync(process.execPath, ["-e", program], { encoding: "utf8" }).trim()).toBe("999999");
});
