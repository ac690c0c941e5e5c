/** `node scripts/advisories-bench.mjs`: how long importing advisories and judging many devices anew takes. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

const HELP = `node scripts/advisories-bench.mjs                     150 made-up advisories, 100,000 devices
node scripts/advisories-bench.mjs --from csaf/        real CSAF files instead
node scripts/advisories-bench.mjs --devices 10000     fewer devices
node scripts/advisories-bench.mjs --json              the numbers as JSON

It measures what was built last: npm run build.`;
const MAKERS = ["Philips", "Baxter", "Becton Dickinson", "GE Healthcare", "Hospira", "B. Braun", "Dräger", "Medtronic"];
const WORDS = [
  "Alaris",
  "Spectrum",
  "Carescape",
  "Plum",
  "Infusomat",
  "IntelliVue",
  "Delta",
  "Vista",
  "Medfusion",
  "Prisma",
];
/** What makes wards alike: few models, many versions. */
const MODELS = 400;
const VERSIONS = 300;

const { values: options } = parseArgs({
  options: {
    from: { type: "string" },
    devices: { type: "string", default: "100000" },
    json: { type: "boolean", default: false },
    help: { type: "boolean", short: "h", default: false },
  },
});
if (options.help) {
  console.log(HELP);
  process.exit();
}
const { importFiles } = await import("../dist/agent/knowledge/advisories/importer.js");
const { knowledgeIn } = await import("../dist/agent/knowledge/advisories/loaded.js");
const { default: knownVulnerability } = await import("../dist/agent/findings/known-vulnerability.js");

const folder = mkdtempSync(join(tmpdir(), "wardtap-advisories-"));
try {
  const source = options.from ?? madeUp(join(folder, "csaf"), 150);
  const devices = Array.from({ length: Number(options.devices) }, (_, at) => device(at));
  const store = join(folder, "knowledge");
  const [imported, importMs] = timed(() => [...importFiles([source], store)]);
  const [advisories, loadMs] = timed(() => knowledgeIn(store));
  const [verdicts, judgeMs] = timed(() =>
    knownVulnerability.judge({ devices, advisories, strangers: [], fanOuts: [], tap: [], now: 0 }),
  );
  const numbers = {
    advisories: imported.length,
    devices: devices.length,
    findings: verdicts.length,
    comparisons: advisories.comparisons,
    importMs: Math.round(importMs),
    loadMs: Math.round(loadMs),
    judgeMs: Math.round(judgeMs),
    totalSeconds: Math.round((importMs + loadMs + judgeMs) / 10) / 100,
  };
  if (options.json) console.log(JSON.stringify(numbers));
  else
    console.log(
      `${numbers.advisories} advisories imported in ${numbers.importMs} ms, loaded with the bundled ones in ${numbers.loadMs} ms\n` +
        `${numbers.devices} devices judged in ${numbers.judgeMs} ms: ${numbers.findings} findings, ${numbers.comparisons} names compared\n` +
        `together ${numbers.totalSeconds} s`,
    );
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function timed(work) {
  const startedAt = performance.now();
  const result = work();
  return [result, performance.now() - startedAt];
}

function device(at) {
  const model = at % MODELS;
  return {
    id: `dev-${at}`,
    maker: MAKERS[model % MAKERS.length],
    model: nameOf(model),
    version: `${Math.floor(at / MODELS) % VERSIONS}.${at % 10}`,
    class: "infusion-pump",
    medical: true,
    os: null,
    evidence: [],
    firstSeenAt: 0,
    lastSeenAt: 0,
  };
}

function nameOf(model) {
  return `${WORDS[model % WORDS.length]} ${1000 + model}`;
}

/** Each with eight products and six vulnerabilities, as CISA's have on average. */
function madeUp(path, count) {
  mkdirSync(path, { recursive: true });
  for (let at = 0; at < count; at++) {
    const ids = Array.from({ length: 8 }, (_, product) => `P${product}`);
    const models = ids.map(
      (_, product) => (at % MAKERS.length) + MAKERS.length * ((at * 3 + product * 7) % (MODELS / MAKERS.length)),
    );
    const branches = ids.map((id, product) => ({
      category: "product_name",
      name: nameOf(models[product]),
      branches: [
        { category: "product_version_range", name: `<= ${at}.${product}`, product: { product_id: id, name: id } },
      ],
    }));
    const tracking = {
      id: `BENCH-${at}`,
      version: "1",
      initial_release_date: "2024-01-01T00:00:00Z",
      current_release_date: "2024-01-01T00:00:00Z",
    };
    const document = {
      category: "csaf_security_advisory",
      csaf_version: "2.0",
      title: "Made up",
      publisher: { name: "Bench" },
      tracking,
    };
    const vulnerabilities = Array.from({ length: 6 }, (_, one) => ({
      cve: `CVE-2024-${100000 + at * 6 + one}`,
      product_status: { known_affected: ids },
      scores: [{ cvss_v3: { baseScore: 5 + one / 2 } }],
    }));
    const value = {
      document,
      product_tree: { branches: [{ category: "vendor", name: MAKERS[at % MAKERS.length], branches }] },
      vulnerabilities,
    };
    writeFileSync(join(path, `${at}.json`), JSON.stringify(value));
  }
  return path;
}
