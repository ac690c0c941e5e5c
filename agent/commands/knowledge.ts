/** `wardtap knowledge import|list|show|remove|affected`: published vulnerabilities, and which of our devices they concern. */
import { existsSync } from "node:fs";
import type { Command } from "commander";
import { DEFAULT_CONFIG_PATH, defaultConfig } from "../config.ts";
import { readConfig } from "../config-file.ts";
import { KEV_ID } from "../knowledge/advisories/catalogue.ts";
import { readFolder } from "../knowledge/advisories/folder.ts";
import { type FileReport, ImportError, importFiles } from "../knowledge/advisories/importer.ts";
import { removeAdvisory, removeCatalogue } from "../knowledge/advisories/keep.ts";
import { knowledgeWith, merged } from "../knowledge/advisories/loaded.ts";
import { devicesFromLedger } from "../ledger/restore.ts";
import { jsonText, printable } from "../ledger/text.ts";
import { affectedDevices, scopeOf } from "./knowledge-affected.ts";
import { advisoryList, advisoryText, affectedText, importSummary, reportText } from "./knowledge-text.ts";
import { withLedger } from "./ledger.ts";
import { CommandError, EXIT, writeOut } from "./output.ts";

interface Place {
  config: string;
  folder?: string;
}
const DEFAULT_COLUMNS = 100;

export function addKnowledgeCommand(program: Command): void {
  const knowledge = program
    .command("knowledge")
    .description("published vulnerabilities: import advisories, look at them, see which devices they concern");
  const at = (command: Command) =>
    command
      .option("--folder <folder>", "where imported advisories lie; default: the configuration's")
      .option("--config <file>", "configuration file", DEFAULT_CONFIG_PATH);

  at(
    knowledge
      .command("import")
      .argument("<file...>", "CSAF 2.0 advisories, folders of them, or the CISA KEV catalogue"),
  )
    .description("take in advisories; says of each what could be used and what could not")
    .option("--dry-run", "say what would happen, change nothing")
    .option("--json", "print one JSON document")
    .addHelpText("after", IMPORT_HELP)
    .action(async (files: string[], options: Place & { dryRun?: boolean; json?: boolean }) => {
      process.exitCode = await runImport(files, options);
    });
  at(knowledge.command("list"))
    .description("all advisories, those that come with the program and imported ones")
    .option("--json", "print one JSON document")
    .action(async (options: Place & { json?: boolean }) => {
      const imported = read(options);
      const all = merged(imported);
      await writeOut(options.json ? `${jsonText(advisoryList(all).json, 2)}\n` : advisoryList(all).text(columns()));
    });
  at(knowledge.command("show").argument("<advisory>", "its id, for example ICSMA-17-017-02"))
    .description("one advisory: products, versions, vulnerabilities with their scores")
    .option("--json", "print it as it is kept")
    .action(async (id: string, options: Place & { json?: boolean }) => {
      const index = knowledgeWith(read(options));
      const advisory = [...index.advisories.values()].find((one) => one.id.toLowerCase() === id.toLowerCase());
      if (advisory === undefined) throw new CommandError(`There is no advisory ${printable(id)}.`);
      await writeOut(options.json ? `${jsonText(advisory, 2)}\n` : advisoryText(advisory, index));
    });
  at(
    knowledge
      .command("remove")
      .argument("<advisory>", `its id; ${KEV_ID} is the catalogue of exploited vulnerabilities`),
  )
    .description("forget an imported advisory; what comes with the program stays")
    .action(async (id: string, options: Place) => {
      await writeOut(`${remove(id, options)}\n`);
    });
  at(knowledge.command("affected").argument("<what>", "a CVE or an advisory"))
    .description("which of the tap's devices it concerns, how surely and why")
    .option("--ledger <file>", "ledger file; default: the configuration's")
    .option("--json", "print one JSON document")
    .addHelpText(
      "after",
      "\nExamples:\n  wardtap knowledge affected CVE-2019-12255\n  wardtap knowledge affected ICSMA-20-170-04 --json",
    )
    .action(async (what: string, options: Place & { ledger?: string; json?: boolean }) => {
      const scope = scopeOf(what, knowledgeWith(read(options)));
      if (scope === undefined) throw new CommandError(`No advisory here tells of ${printable(what)}.`);
      await withLedger(options, async (ledger) => {
        const found = affectedDevices(devicesFromLedger(ledger), scope);
        await writeOut(options.json ? `${jsonText({ schema: 1, ...found }, 2)}\n` : affectedText(found, columns()));
      });
    });
}

const IMPORT_HELP = `
Examples:
  wardtap knowledge import icsma-23-194-01.json
  wardtap knowledge import csaf/ known_exploited_vulnerabilities.json
  wardtap knowledge import --dry-run csaf/

The agent notices within a minute and judges anew.
Exit codes: 0 every file could be used; 1 some could not, or an older version was refused; 2 wrong usage.`;

async function runImport(
  files: readonly string[],
  options: Place & { dryRun?: boolean; json?: boolean },
): Promise<number> {
  const folder = folderOf(options);
  const reports: FileReport[] = [];
  try {
    for (const report of importFiles(files, folder, options.dryRun)) {
      reports.push(report);
      if (!options.json) await writeOut(reportText(report));
    }
  } catch (error) {
    if (error instanceof ImportError) throw new CommandError(error.message, EXIT.usage);
    throw error;
  }
  const summary = importSummary(reports, folder, options.dryRun === true);
  await writeOut(options.json ? `${jsonText({ schema: 1, ...summary.json, files: reports }, 2)}\n` : summary.text);
  return reports.every(({ status }) => status !== "unusable" && status !== "older") ? EXIT.ok : EXIT.failed;
}

function remove(id: string, options: Place): string {
  const folder = folderOf(options);
  const imported = readFolder(folder);
  const isCatalogue = id.toUpperCase() === KEV_ID;
  const held = imported.advisories.get(id.toLowerCase());
  if (isCatalogue ? imported.catalogue === null : held === undefined)
    throw new CommandError(`${printable(id)} was not imported into ${folder}.`);
  try {
    if (held === undefined) removeCatalogue(folder);
    else removeAdvisory(folder, held.id);
  } catch (error) {
    throw new CommandError(`${folder} can't be written (${(error as NodeJS.ErrnoException).code ?? "unknown error"}).`);
  }
  return `${held?.id ?? KEV_ID} is removed.`;
}

function read(options: Place) {
  const imported = readFolder(folderOf(options));
  for (const { file, problem } of imported.problems) process.stderr.write(`wardtap: ${printable(file)} ${problem}\n`);
  return imported;
}

function folderOf({ folder, config }: Place): string {
  if (folder !== undefined) return folder;
  const isDefault = config === DEFAULT_CONFIG_PATH && !existsSync(config);
  return (isDefault ? defaultConfig() : readConfig(config)).knowledge.path;
}

const columns = () => process.stdout.columns ?? DEFAULT_COLUMNS;
