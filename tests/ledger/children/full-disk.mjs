/** Fills the disk under a ledger and says on stdout what happened, as JSON: node full-disk.mjs LEDGER-MODULE FOLDER. */
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const [module, folder] = process.argv.slice(2);
const { openLedger } = await import(module);
const path = join(folder, "ledger.db");
const ballast = join(folder, "ballast");
const clock = () => 1_777_636_800_000_000;
const batch = (n) =>
  Array.from({ length: 10 }, (_, i) => ({ kind: "device", key: `b${n} r${i}`, body: { n, text: "x".repeat(500) } }));
const attempt = (work) => {
  try {
    return { result: work() };
  } catch (error) {
    return { name: error.name, code: error.code, message: error.message };
  }
};

writeFileSync(ballast, Buffer.alloc(400_000));
let ledger = openLedger(path, { clock });
let n = 0;
let failed;
while (!failed && n < 1000) {
  n++;
  const outcome = attempt(() => ledger.write(batch(n)));
  if (outcome.code) failed = outcome;
}
const full = () => ({
  count: ledger.count("device"),
  revision: ledger.revision(),
  half: ledger.get("device", `b${n} r0`) ?? null,
});
const atFull = full();
const again = attempt(() => ledger.write(batch(n)));
const sameAgain = attempt(() => ledger.write(batch(1)).written);
ledger.close();
const reopened = attempt(() => {
  ledger = openLedger(path, { clock });
  return { repaired: ledger.repaired, ...full() };
});
if (!reopened.code) ledger.close();
rmSync(ballast);
ledger = openLedger(path, { clock });
const freed = { repaired: ledger.repaired, ...full() };
const written = ledger.write(batch(n));
const after = { count: ledger.count("device"), revision: ledger.revision() };
ledger.close();
process.stdout.write(JSON.stringify({ batches: n, failed, atFull, again, sameAgain, reopened, freed, written, after }));
