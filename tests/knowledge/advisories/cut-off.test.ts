/** An import that is killed at any moment leaves each advisory whole, old or new. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { readFolder } from "../../../agent/knowledge/advisories/folder.ts";
import { startWardtap } from "../../support/wardtap.ts";
import { csaf } from "./given.ts";

const ADVISORIES = 200;
const KILLS = 6;

test("killed six times, all that is there can be read, and the next run ends the work", async () => {
  const folder = mkdtempSync(join(tmpdir(), "wardtap-cut-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const [source, knowledge] = [join(folder, "csaf"), join(folder, "knowledge")];
  mkdirSync(source);
  let earlier = 0;
  for (let kill = 0; kill <= KILLS; kill++) {
    for (let at = 0; at < ADVISORIES; at++)
      writeFileSync(join(source, `${at}.json`), JSON.stringify(csaf({ id: `TEST-${at}`, version: `${kill + 1}` })));
    const child = startWardtap(["knowledge", "import", source, "--folder", knowledge]);
    const ended = new Promise((resolve) => child.once("close", resolve));
    let lines = 0;
    child.stdout?.on("data", (chunk: Buffer) => {
      lines += chunk.toString().split("added:").length + chunk.toString().split("replaced").length - 2;
      if (kill < KILLS && lines > 5 + kill * 10) child.kill("SIGKILL");
    });
    await ended;
    const { advisories, problems } = readFolder(knowledge);
    expect([problems, advisories.size >= earlier]).toEqual([[], true]);
    earlier = advisories.size;
  }
  const revisions = [...readFolder(knowledge).advisories.values()].map(({ revision }) => revision);
  expect([revisions.length, new Set(revisions)]).toEqual([ADVISORIES, new Set([`${KILLS + 1}`])]);
});
