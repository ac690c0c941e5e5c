-- The ledger's first shape: rows of any kind, and what the ledger knows of itself.
-- `revision` is the primary key so that "everything above the acknowledged one" is a walk along the table.
CREATE TABLE rows (
  revision INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  key TEXT NOT NULL,
  version INTEGER NOT NULL,
  -- Canonical JSON: the same meaning is the same text.
  body TEXT NOT NULL,
  UNIQUE (kind, key)
);
-- The oldest of a kind goes first when a bound is reached.
CREATE INDEX rows_by_age ON rows (kind, revision);
-- ledgerId, revision (the highest ever given), ackedRevision, and the counts of what bounds have cost.
CREATE TABLE meta (
  name TEXT PRIMARY KEY,
  value NOT NULL
) WITHOUT ROWID;
