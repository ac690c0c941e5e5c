/** What people call their own phone stays on the tap: rows of personal devices leave without names. */
import { createHash } from "node:crypto";
import { holdsName } from "../ledger/naming.ts";
import { type Row, rowKey } from "../ledger/rows.ts";
import type { UplinkLedger } from "./batch.ts";

const PERSONAL_CLASSES: ReadonlySet<string> = new Set(["phone", "tablet"]);
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
  if (row.kind === "finding") return withoutNamesIn(withoutMarks(row), ledger);
  if (row.kind !== "evidence" && row.kind !== "tombstone") return row;
  const named =
    row.kind === "tombstone"
      ? row.body.kind === "evidence" && holdsName(attributeOf(row.body.key))
      : holdsName(String(row.body.attribute));
  if (!named) return row;
  const key = row.kind === "tombstone" ? String(row.body.key) : row.key;
  const device = ledger.get("device", key.split(" ")[0] ?? "");
  if (device === undefined || !isPersonal(device)) return row;
  const hidden = hiddenKey(key);
  if (row.kind === "tombstone")
    return { ...row, key: rowKey(String(row.body.kind), hidden), body: { ...row.body, key: hidden } };
  return { ...row, key: hidden, body: { ...row.body, value: KEPT } };
}

/**
 * The hashes by which the tap knows its findings again would let names be guessed: nobody else needs them, so they stay
 * on the tap, whosever device it is (a device becomes a personal one as it is known better).
 */
function withoutMarks(row: Row): Row {
  const { marks: _, ...body } = row.body;
  if (typeof body.work !== "object" || body.work === null) return { ...row, body };
  return { ...row, body: { ...body, work: { ...body.work, basis: null } } };
}

/** A finding shows what it rests on: names among it stay on the tap as the evidence itself does. */
function withoutNamesIn(row: Row, ledger: Named): Row {
  const device = ledger.get("device", String(row.body.deviceId ?? ""));
  if (device === undefined || !isPersonal(device) || !Array.isArray(row.body.evidence)) return row;
  const evidence = row.body.evidence.map((piece: Record<string, unknown>) =>
    holdsName(String(piece.attribute)) ? { ...piece, value: KEPT } : piece,
  );
  return { ...row, body: { ...row.body, evidence } };
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
