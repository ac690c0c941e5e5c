/** The feed's items as kept: numbered without gaps in time, the oldest dropped past the limit. */
import type { Database } from "../../agent/sqlite.ts";
import type { FeedItem } from "../api/shapes.ts";
import { MAX_FEED_ITEMS, type NewFeedItem } from "./store.ts";

export function createFeed(database: Database) {
  const add = database.prepare(
    "INSERT INTO feed (at, tapId, kind, deviceId, text, likeness) VALUES (@at, @tapId, @kind, @deviceId, @text, @group)",
  );
  const trim = database.prepare("DELETE FROM feed WHERE number <= ?");
  const latest = database.prepare(
    'SELECT number, at, tapId, kind, deviceId, text, likeness AS "group" FROM feed ORDER BY number DESC LIMIT ?',
  );

  const about = database.prepare(
    `SELECT number, at, tapId, kind, deviceId, text, likeness AS "group" FROM feed
     WHERE tapId = ? AND deviceId = ? ORDER BY number DESC LIMIT ?`,
  );

  return {
    /** Newest first. */
    about: (tapId: string, deviceId: string, limit: number) => about.all(tapId, deviceId, limit) as FeedItem[],
    remember(told: NewFeedItem): FeedItem {
      const item = { group: null, ...told };
      const number = Number(add.run(item).lastInsertRowid);
      trim.run(number - MAX_FEED_ITEMS);
      return { number, ...item };
    },
    latest: (limit: number) => latest.all(limit) as FeedItem[],
  };
}
export type FeedTable = ReturnType<typeof createFeed>;
