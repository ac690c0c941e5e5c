/** `wardtap lights test|card`: try the four lights, print the card that explains them. */
import { setTimeout as sleep } from "node:timers/promises";
import { type Command, Option } from "commander";
import { printedCard } from "../../hardware/card.ts";
import { lampTest } from "../../hardware/lamp-test.ts";
import { defaultConfig } from "../config.ts";
import { openLights } from "../lights.ts";
import { CommandError, writeOut } from "./output.ts";

export function addLightsCommand(program: Command): void {
  const lights = program.command("lights").description("the four lights of a tap");
  lights
    .command("test")
    .description("each light in turn, every pattern it can show, then all off")
    .addOption(new Option("--driver <driver>", "where to show").choices(["gpio", "panel"]).default("gpio"))
    .addHelpText(
      "after",
      "\nExamples:\n  wardtap lights test                 on the LEDs (stop the agent first)\n  wardtap lights test --driver panel  in this terminal",
    )
    .action(async ({ driver }: { driver: "gpio" | "panel" }) => {
      let problem: string | undefined;
      const say = { info: () => undefined, warn: (_: object, message: string) => (problem = message) };
      const opened = await openLights({ ...defaultConfig().lights, driver }, say, () => undefined);
      if (problem !== undefined) throw new CommandError(problem);
      const stop = new AbortController();
      process.once("SIGINT", () => stop.abort());
      try {
        await lampTest(
          opened,
          (ms) => sleep(ms, undefined, { signal: stop.signal }),
          (line) => process.stderr.write(`${line}\n`),
        );
      } catch (error) {
        if (!stop.signal.aborted) throw error;
      } finally {
        await opened.close();
      }
    });
  lights
    .command("card")
    .description("print the card for the wall (HTML): what each light says")
    .addHelpText("after", "\nExample:\n  wardtap lights card > card.html")
    .action(() => writeOut(printedCard()));
}
