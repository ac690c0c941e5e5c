/** What people call their own phone stays on the tap: rows of personal devices leave without names. */
import { createHash } from "node:crypto";
import { type Row, rowKey } from "../ledger/rows.ts";
import type { UplinkLedger } from "./batch.ts";

const PERSONAL_CLASSES: ReadonlySet<string> = new Set(["phone", "tablet"]);
/** Attributes in which a device gives itself or its owner a name. */
const NAME_ATTRIBUTE = /hostname|\bfqdn|\.name$|_name$|instance$|\.(?:fn|sn)$|nbns|friendly|computer/i;
const KEPT = "(kept on the tap)";

type Named = UplinkLedger & { get(kind: Row["kind"], key: string): Row | undefined };

/** The ledger as the console may see it. */
export function withoutPersonalNames(ledger: Named): UplinkLedger {
  return {
    get ledgerId() {
      return ledger.ledgerId;
    },
    get ackedRevision() {
      return ledger.ackedRevision;
    },
    set ackedRevision(revision) {
      ledger.ackedRevision = revision;
    },
    revision: () => ledger.revision(),
    backlog: () => ledger.backlog(),
    rowsAbove: (revision, limit) => ledger.rowsAbove(revision, limit).map((row) => redact(row, ledger)),
  };
}

function redact(row: Row, ledger: Named): Row {
  if (row.kind === "device")
    return isPersonal(row) ? { ...row, body: { ...row.body, names: [], why: withoutQuotes(row.body.why) } } : row;
  if (row.kind !== "evidence" && row.kind !== "tombstone") return row;
  const isName =
    row.kind === "tombstone"
      ? row.body.kind === "evidence" && NAME_ATTRIBUTE.test(attributeOf(row.body.key))
      : NAME_ATTRIBUTE.test(String(row.body.attribute));
  if (!isName) return row;
  const key = row.kind === "tombstone" ? String(row.body.key) : row.key;
  const device = ledger.get("device", key.split(" ")[0] ?? "");
  if (device === undefined || !isPersonal(device)) return row;
  const hidden = hiddenKey(key);
  if (row.kind === "tombstone")
    return { ...row, key: rowKey(String(row.body.kind), hidden), body: { ...row.body, key: hidden } };
  return { ...row, key: hidden, body: { ...row.body, value: KEPT } };
}

const isPersonal = ({ body }: Row) => PERSONAL_CLASSES.has(String(body.class)) || body.randomisedMac === true;

/** Reasons quote what was said: "said so itself (dhcp.option.hostname "…")". */
const withoutQuotes = (why: unknown) => String(why ?? "").replace(/"[^"]*"/g, KEPT);

const attributeOf = (key: unknown) => String(key).split(" ")[2] ?? "";

/** The same row always has the same key, which tells nothing of the name. */
function hiddenKey(key: string): string {
  const parts = key.split(" ");
  const value = createHash("sha256").update(key).digest("hex").slice(0, 16);
  return [...parts.slice(0, 3), `hidden:${value}`].join(" ");
}
