/** The feed's items as kept: numbered without gaps in time, the oldest dropped past the limit. */
import type { Database } from "../../agent/sqlite.ts";
import type { FeedItem } from "../api/shapes.ts";
import { MAX_FEED_ITEMS } from "./store.ts";

export function createFeed(database: Database) {
  const add = database.prepare(
    "INSERT INTO feed (at, tapId, kind, deviceId, text) VALUES (@at, @tapId, @kind, @deviceId, @text)",
  );
  const trim = database.prepare("DELETE FROM feed WHERE number <= ?");
  const latest = database.prepare(
    "SELECT number, at, tapId, kind, deviceId, text FROM feed ORDER BY number DESC LIMIT ?",
  );

  return {
    remember(item: Omit<FeedItem, "number">): FeedItem {
      const number = Number(add.run(item).lastInsertRowid);
      trim.run(number - MAX_FEED_ITEMS);
      return { number, ...item };
    },
    latest: (limit: number) => latest.all(limit) as FeedItem[],
  };
}
export type FeedTable = ReturnType<typeof createFeed>;
