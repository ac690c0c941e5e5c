/** `npm run accuracy`: replays labelled captures with the built product and prints how often it is right. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { openCaptureFiles } from "../../agent/capture/pcap-file.ts";
import { defaultConfig } from "../../agent/config.ts";
import { replay } from "../../agent/replay.ts";
import { VERSION } from "../../agent/version.ts";
import { repositoryRoot } from "../support/built.ts";
import { labelsSchema } from "./labels.ts";
import { missesOf, reportOf, type Scored } from "./report.ts";
import { type ScoredDocument, scoreFile } from "./score.ts";
import { writeSynthetic } from "./synthetic/index.ts";

const SEED = 7;

const { values } = parseArgs({
  options: { write: { type: "boolean" }, misses: { type: "boolean" }, help: { type: "boolean" } },
});
if (values.help) {
  process.stdout.write(`npm run accuracy                 precision and recall over the labelled captures
npm run accuracy -- --misses     also every wrong or missing answer
npm run accuracy -- --write      also writes docs/accuracy.md
Captures that are not part of the project are taken from WARDTAP_SHARED (default ../shared).
`);
  process.exit(0);
}

const root = repositoryRoot();
const shared = join(process.env.WARDTAP_SHARED ?? join(root, "..", "shared"), "captures");
const sets: Scored[] = [
  await scoreSet(
    "Captures of our ward (real programs, simulated devices)",
    join(root, "tests/captures"),
    readLabels(join(root, "tests/captures")),
  ),
];
if (existsSync(join(shared, "labels.json"))) sets.push(await scoreSet("Public captures", shared, readLabels(shared)));
else process.stderr.write(`There are no captures in ${shared}: those are not scored.\n`);

const folder = mkdtempSync(join(tmpdir(), "wardtap-accuracy-"));
try {
  const labels = labelsSchema.parse(writeSynthetic(folder, { seed: SEED }));
  sets.push(await scoreSet("Synthetic medical devices (written to the public standards)", folder, labels));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

const tables = sets.map(reportOf).join("\n");
process.stdout.write(tables);
if (values.misses)
  for (const set of sets) process.stdout.write(`\n### ${set.title}: misses\n${missesOf(set).join("\n")}\n`);
if (values.write) {
  const head = readFileSync(join(root, "tests/accuracy/head.md"), "utf8");
  writeFileSync(
    join(root, "docs/accuracy.md"),
    `${head}\nVersion ${VERSION}, Node ${process.versions.node}.\n\n${tables}`,
  );
}

function readLabels(captures: string) {
  return labelsSchema.parse(JSON.parse(readFileSync(join(captures, "labels.json"), "utf8")));
}

async function scoreSet(title: string, captures: string, labels: ReturnType<typeof readLabels>): Promise<Scored> {
  const files: Scored["files"] = [];
  for (const [file, label] of Object.entries(labels)) {
    const path = join(captures, file);
    if (!existsSync(path)) {
      process.stderr.write(`${file} is labelled but not there\n`);
      continue;
    }
    const { document } = await replay(await openCaptureFiles([path]), [path], { config: defaultConfig() });
    files.push({ file, score: scoreFile(file, label, document as unknown as ScoredDocument) });
  }
  return { title, files };
}
