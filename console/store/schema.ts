/** The console's tables, and how an older file becomes today's. */
import type { Database } from "../../agent/sqlite.ts";

/** One entry per version; never edited after a release. */
const MIGRATIONS = [
  `
  CREATE TABLE taps (
    tapId TEXT PRIMARY KEY, name TEXT NOT NULL, version TEXT NOT NULL,
    lastHeardAt TEXT, summary TEXT
  ) STRICT;

  -- heard: rises when a tap turns to this ledger; target: the revision it had then.
  CREATE TABLE ledgers (
    id INTEGER PRIMARY KEY, tapId TEXT NOT NULL REFERENCES taps, ledgerId TEXT NOT NULL,
    revision INTEGER NOT NULL, target INTEGER NOT NULL, heard INTEGER NOT NULL,
    replaced INTEGER NOT NULL, rows INTEGER NOT NULL,
    UNIQUE (tapId, ledgerId)
  ) STRICT;

  -- Rows as they came. gone: the tombstone of (kind, key) stands here in the row's place.
  -- extra: fields of the row itself that this version doesn't know. deviceId, seenAt: read out of body.
  CREATE TABLE rows (
    ledger INTEGER NOT NULL REFERENCES ledgers, kind TEXT NOT NULL, key TEXT NOT NULL,
    revision INTEGER NOT NULL, version INTEGER NOT NULL, body TEXT NOT NULL, extra TEXT,
    gone INTEGER NOT NULL, deviceId TEXT, seenAt TEXT,
    PRIMARY KEY (ledger, kind, key)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX rowsOfDevice ON rows (ledger, kind, deviceId, seenAt) WHERE deviceId IS NOT NULL;

  -- The register: what pages show, made from rows.
  CREATE TABLE devices (
    registerId TEXT PRIMARY KEY, tapId TEXT NOT NULL, deviceId TEXT NOT NULL,
    lastSeenAt TEXT NOT NULL, view TEXT NOT NULL,
    UNIQUE (tapId, deviceId)
  ) STRICT;
  CREATE TABLE findings (
    tapId TEXT NOT NULL, findingId TEXT NOT NULL, state TEXT NOT NULL, view TEXT NOT NULL,
    PRIMARY KEY (tapId, findingId)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE feed (
    number INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, tapId TEXT NOT NULL,
    kind TEXT NOT NULL, deviceId TEXT, text TEXT NOT NULL
  ) STRICT;
  `,
  `
  -- likeness: lines with the same may be shown as one.
  ALTER TABLE feed ADD COLUMN likeness TEXT;
  CREATE INDEX feedOfDevice ON feed (tapId, deviceId, number) WHERE deviceId IS NOT NULL;
  ALTER TABLE devices ADD COLUMN medical INTEGER NOT NULL DEFAULT 0;
  UPDATE devices SET medical = coalesce(json_extract(view, '$.medical'), 0);

  -- Columns that lists are filtered and sorted by; all of them, like view, are made from rows.
  DROP TABLE findings;
  CREATE TABLE findings (
    tapId TEXT NOT NULL, findingId TEXT NOT NULL, registerId TEXT NOT NULL UNIQUE, deviceId TEXT,
    rule TEXT NOT NULL, urgency INTEGER NOT NULL, state TEXT NOT NULL,
    firstSeenAt TEXT NOT NULL, lastSeenAt TEXT NOT NULL, view TEXT NOT NULL,
    PRIMARY KEY (tapId, findingId)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX findingsByUrgency ON findings (state, urgency, firstSeenAt);
  CREATE INDEX findingsOfDevice ON findings (tapId, deviceId);

  -- Facts about this file: "remake" stands here while the register has to be made again from the rows.
  CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
  INSERT INTO facts VALUES ('remake', 'yes');

  -- What people ask of taps: kept before it is sent, until the tap has answered.
  CREATE TABLE work (
    number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,
    tapId TEXT NOT NULL, findingId TEXT NOT NULL, action TEXT NOT NULL, asked TEXT NOT NULL,
    askedAt TEXT NOT NULL, state TEXT NOT NULL, sentAt TEXT, answeredAt TEXT, message TEXT NOT NULL
  ) STRICT;
  CREATE INDEX workOfFinding ON work (tapId, findingId, number);
  CREATE INDEX workWaiting ON work (tapId, number) WHERE state = 'waiting';
  `,
  `
  -- target: what advisories are matched against; devices alike in it are judged once.
  ALTER TABLE devices ADD COLUMN target TEXT NOT NULL DEFAULT '';
  UPDATE devices SET target = json_array(json_extract(view, '$.maker'), json_extract(view, '$.model'),
    json_extract(view, '$.version'), json_extract(view, '$.class'), json_extract(view, '$.medical'), json_extract(view, '$.os'));
  CREATE INDEX devicesByTarget ON devices (target, registerId);
  `,
  `
  -- Register ids that became others when devices turned out to be one: addresses that people kept still lead there.
  CREATE TABLE moved (formerId TEXT PRIMARY KEY, registerId TEXT NOT NULL) STRICT, WITHOUT ROWID;
  `,
];

/** Brings the file to this version; throws a plain sentence when a newer wardtap wrote it. */
export function migrate(database: Database): void {
  const found = database.pragma("user_version", { simple: true }) as number;
  if (found > MIGRATIONS.length) {
    throw new Error(
      `The console's data was written by a newer wardtap (schema ${found}, this one knows ${MIGRATIONS.length}).`,
    );
  }
  database.transaction(() => {
    for (const statement of MIGRATIONS.slice(found)) database.exec(statement);
    database.pragma(`user_version = ${MIGRATIONS.length}`);
  })();
}
