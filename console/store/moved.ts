/** Register ids that became others when devices turned out to be one: addresses that people kept still lead on. */
import type { Database } from "../../agent/sqlite.ts";

/** Longest chain of merges followed. */
const MAX_STEPS = 16;

export function createMoved(database: Database) {
  const put = database.prepare("INSERT OR REPLACE INTO moved (formerId, registerId) VALUES (?, ?)");
  const next = database.prepare("SELECT registerId FROM moved WHERE formerId = ?").pluck();

  return {
    remember: (formerId: string, registerId: string) => void (formerId !== registerId && put.run(formerId, registerId)),
    /** What `find` gives for the id, else for the id that it became. */
    follow<Found>(id: string, find: (id: string) => Found | null): Found | null {
      let at: string | undefined = id;
      for (let step = 0; step < MAX_STEPS && at !== undefined; step++) {
        const found = find(at);
        if (found !== null) return found;
        at = next.get(at) as string | undefined;
      }
      return null;
    },
  };
}
export type MovedTable = ReturnType<typeof createMoved>;
