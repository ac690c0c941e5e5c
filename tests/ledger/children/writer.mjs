/** Writes batches for ever and says each acknowledged one on stdout: node writer.mjs LEDGER-MODULE PATH. */
import { writeSync } from "node:fs";

const [module, path] = process.argv.slice(2);
const { openLedger } = await import(module);
const ROWS_PER_BATCH = 20;
const ledger = openLedger(path, { clock: () => Date.now() * 1000 });
if (ledger.repaired) writeSync(1, `repaired ${ledger.repaired}\n`);
let batch = Number(ledger.get("device", "latest")?.body.batch ?? 0);
for (;;) {
  batch++;
  const rows = Array.from({ length: ROWS_PER_BATCH }, (_, n) => ({
    kind: "evidence",
    key: `dev-${batch} arp n ${n}`,
    body: { batch, n, text: "x".repeat((batch * 7 + n * 131) % 900) },
  }));
  const { revision } = ledger.write([...rows, { kind: "device", key: "latest", body: { batch } }]);
  writeSync(1, `acknowledged ${batch} ${revision}\n`);
}
