/** The linter stops imports that go the wrong way between rooms; judged by running it over small files that try. */
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { repositoryRoot } from "../support/built.ts";

/** [who imports, what] */
type Import = readonly [string, string];

const FORBIDDEN: Import[] = [
  // frame → packet → message → evidence → observation → device → finding → summary; nothing flows back.
  ["agent/capture/x.ts", "../decode/packet.ts"],
  ["agent/decode/x.ts", "../dissectors/dissector.ts"],
  ["agent/dissectors/x.ts", "../observe/observation.ts"],
  ["agent/observe/x.ts", "../identify/device.ts"],
  ["agent/pipe/x.ts", "../ledger/rows.ts"],
  ["agent/knowledge/x.ts", "../identify/device.ts"],
  ["agent/identify/x.ts", "../findings/finding.ts"],
  ["agent/identify/rules/x.ts", "../../findings/finding.ts"],
  ["agent/findings/x.ts", "../ledger/ledger.ts"],
  ["agent/ledger/x.ts", "../uplink/messages.ts"],
  ["agent/uplink/x.ts", "../capture/source.ts"],
  ["agent/uplink/x.ts", "../control/decide.ts"],
  ["agent/control/x.ts", "../identify/identifier.ts"],
  // No room knows who wires it.
  ["agent/capture/x.ts", "../sniffer.ts"],
  ["agent/decode/x.ts", "../config.ts"],
  ["agent/identify/rules/x.ts", "../../agent.ts"],
  ["agent/ledger/x.ts", "../commands/output.ts"],
  ["agent/capture/x.ts", "../doctor/port.ts"],
  ["agent/control/x.ts", "../agent.ts"],
  ["agent/control/x.ts", "node:http"],
  ["agent/uplink/x.ts", "../../hardware/lights.ts"],
  ["agent/ledger/x.ts", "../../console/bus.ts"],
  // Rooms on the way from packet to finding are handed what they need.
  ["agent/decode/x.ts", "node:fs"],
  ["agent/dissectors/x.ts", "node:net"],
  ["agent/observe/x.ts", "node:child_process"],
  ["agent/identify/x.ts", "better-sqlite3"],
  ["agent/identify/x.ts", "../sqlite.ts"],
  ["agent/findings/x.ts", "ws"],
  // The sniffer has no disk, no network and no lights; the agent reads no frames.
  ["agent/sniffer.ts", "./ledger/ledger.ts"],
  ["agent/sniffer.ts", "./uplink/uplink.ts"],
  ["agent/sniffer.ts", "./sqlite.ts"],
  ["agent/sniffer.ts", "./control/server.ts"],
  ["agent/sniffer.ts", "../hardware/gpio.ts"],
  ["agent/commands/sniff.ts", "../ledger/ledger.ts"],
  ["agent/agent.ts", "./capture/source.ts"],
  ["agent/agent.ts", "./decode/packet.ts"],
  ["agent/commands/agent.ts", "../dissectors/index.ts"],
  // The console shares the contract, the knowledge, the judgement and the light table.
  ["console/intake/x.ts", "../../agent/uplink/uplink.ts"],
  ["console/store/x.ts", "../../agent/ledger/rows.ts"],
  ["console/x.ts", "../agent/config.ts"],
  ["console/page/x.tsx", "../../hardware/gpio.ts"],
  ["console/intake/x.ts", "../../hardware/state.ts"],
  // No SQL outside the store, no reaching past the page's contract.
  ["console/api/x.ts", "better-sqlite3"],
  ["console/x.ts", "better-sqlite3"],
  ["console/x.ts", "../agent/sqlite.ts"],
  // One place chooses the release of better-sqlite3 that fits this Node.
  ["agent/ledger/x.ts", "better-sqlite3"],
  ["console/store/x.ts", "better-sqlite3"],
  ["console/page/x.tsx", "../store/store.ts"],
  ["console/page/x.tsx", "../api/http.ts"],
  ["console/store/x.ts", "../intake/intake.ts"],
  ["hardware/x.ts", "../agent/config.ts"],
  ["hardware/x.ts", "../console/bus.ts"],
];

const ALLOWED: Import[] = [
  ["agent/decode/x.ts", "../capture/source.ts"],
  ["agent/dissectors/x.ts", "../decode/addresses.ts"],
  ["agent/observe/x.ts", "../dissectors/dissector.ts"],
  ["agent/identify/rules/x.ts", "../../observe/observation.ts"],
  ["agent/identify/rules/x.ts", "../rule.ts"],
  ["agent/findings/x.ts", "../identify/device.ts"],
  ["agent/ledger/x.ts", "../time.ts"],
  ["agent/ledger/x.ts", "../sqlite.ts"],
  ["agent/control/x.ts", "../findings/work/act.ts"],
  ["agent/control/x.ts", "../ledger/ledger.ts"],
  ["agent/sniffer.ts", "./pipe/writer.ts"],
  ["agent/agent.ts", "../hardware/driver.ts"],
  ["console/intake/x.ts", "../../agent/uplink/messages.ts"],
  ["console/x.ts", "../agent/knowledge/knowledge.ts"],
  ["console/x.ts", "../agent/findings/judge.ts"],
  ["console/page/x.tsx", "../../hardware/lights.ts"],
  ["console/page/x.tsx", "../api/shapes.ts"],
  ["console/store/x.ts", "../../agent/sqlite.ts"],
];

const root = repositoryRoot();
const line = ([file, specifier]: Import) => `${file} ← ${specifier}`;
let folder: string;
/** What the linter stopped, as `line` writes it. */
let stopped: string[];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "wardtap-rooms-"));
  copyFileSync(join(root, "biome.json"), join(folder, "biome.json"));
  const files = new Map<string, string[]>();
  for (const [file, specifier] of [...FORBIDDEN, ...ALLOWED]) files.set(file, [...(files.get(file) ?? []), specifier]);
  for (const [file, specifiers] of files) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), specifiers.map((specifier) => `import "${specifier}";\n`).join(""));
  }
  const words = ["lint", "--only=style/noRestrictedImports", "--reporter=json", "--max-diagnostics=none", "."];
  const { stdout } = spawnSync(join(root, "node_modules/.bin/biome"), words, { cwd: folder, encoding: "utf8" });
  const report = JSON.parse(stdout) as { diagnostics: { location: { path: string; start: { line: number } } }[] };
  stopped = report.diagnostics.map(({ location: { path, start } }) =>
    line([path, files.get(path)?.[start.line - 1] ?? `line ${start.line}`]),
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

test.each(FORBIDDEN)("%s may not import %s", (...one) => {
  expect(stopped).toContain(line(one));
});

test.each(ALLOWED)("%s may import %s", (...one) => {
  expect(stopped).not.toContain(line(one));
});

test("every room of the agent has its rule", () => {
  const { overrides } = JSON.parse(readFileSync(join(root, "biome.json"), "utf8")) as {
    overrides: { includes: string[] }[];
  };
  const ruled = overrides.flatMap((override) => override.includes);
  const rooms = readdirSync(join(root, "agent"), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  // commands/ wires rooms together and doctor/ looks into all of them: they may import from any.
  const without = rooms.map((entry) => entry.name).filter((name) => !ruled.includes(`agent/${name}/**`));
  expect(without).toEqual(["commands", "doctor"]);
});
