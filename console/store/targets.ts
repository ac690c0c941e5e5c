/** What of a device is matched against advisories: devices alike in it share one judgement. */
import type { StackSign, Target } from "../../agent/findings/affected-by.ts";
import { stackSigns } from "../../agent/findings/stack-signs.ts";
import type { DeviceView } from "../api/shapes.ts";

type Alike = Pick<DeviceView, "maker" | "model" | "version" | "class" | "medical" | "os">;

/** As SQLite's json_array writes it: the column of devices that were kept before was filled by that. */
export const targetKey = ({ maker, model, version, class: kind, medical, os }: Alike): string =>
  JSON.stringify([maker, model, version, kind, Number(medical), os]);

type Parts = [string | null, string | null, string | null, string, number, string | null];

/** Rules of the taps that tell of network software inside a device. */
const STACK_OF: Readonly<Record<string, StackSign["stack"]>> = { "ipnet-stack": "ipnet", "treck-stack": "treck" };
export const STACK_RULES = Object.keys(STACK_OF);

/** `signs`: the device's open findings of those rules, each with its certainty: "ipnet-stack likely". Null: none. */
export function readTarget(key: string, signs: string | null): Target {
  const [maker, model, version, kind, medical, os] = JSON.parse(key) as Parts;
  const stacks = new Map<string, StackSign>(stackSigns({ os, evidence: [] }).map((sign) => [sign.stack, sign]));
  for (const sign of signs?.split(",") ?? []) {
    const [rule = "", certainty] = sign.split(" ");
    const stack = STACK_OF[rule];
    if (stack === undefined) continue;
    const version = stacks.get(stack)?.version ?? null;
    stacks.set(stack, { stack, version, certainty: certainty === "possible" ? "possible" : "likely" });
  }
  return { maker, model, version, class: kind, medical: medical === 1, stacks: [...stacks.values()] };
}
