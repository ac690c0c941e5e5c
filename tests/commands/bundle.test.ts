/** The built command starts from its bundle, which is the same program as the modules it was made of. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openCaptureFiles } from "../../agent/capture/pcap-file.ts";
import { defaultConfig } from "../../agent/config.ts";
import { replay } from "../../agent/replay.ts";
import { builtPath, repositoryRoot } from "../support/built.ts";

const capture = join(repositoryRoot(), "tests/captures/ward.pcap");

/** Compiled only, without `node scripts/assets.mjs` after it, the command runs file by file. */
const isBundled = readFileSync(builtPath("agent/cli.js"), "utf8").includes("./bundle/cli.js");

test.skipIf(process.env.CI !== "true")("the built command leads to the bundle", () => expect(isBundled).toBe(true));

test.skipIf(!isBundled)("the bundle finds the modules' data and prints what they say", async () => {
  const words = [builtPath("agent/cli.js"), "replay", capture, "--json"];
  const { stdout, stderr } = spawnSync(process.execPath, words, { encoding: "utf8", maxBuffer: 1 << 26 });
  expect(stderr).toBe("");
  const { document } = await replay(await openCaptureFiles([capture]), [capture], { config: defaultConfig() });
  expect(JSON.parse(stdout)).toEqual(JSON.parse(JSON.stringify(document)));
});
