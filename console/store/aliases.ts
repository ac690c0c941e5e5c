/** Which device an id stands for after merges; chains and circles from the wire end after a bounded walk. */
import type { RowTable } from "./rows.ts";

/** Longest chain of merges followed; a longer one counts as ending there. */
const MAX_CHAIN = 16;
/** Ids that may stand for one device; further ones stay devices of their own counts. */
const MAX_ALIASES = 512;

export function createAliases(rows: RowTable) {
  const next = (tapId: string, id: string) => rows.current(tapId, "alias", id)?.deviceId ?? undefined;

  /** The device that `id` stands for: itself when it is no alias. In a circle the smallest id, whoever asks. */
  function canonical(tapId: string, id: string): string {
    const walked = [id];
    for (let step = 0; step < MAX_CHAIN; step++) {
      const target = next(tapId, walked.at(-1)!);
      if (target === undefined) return walked.at(-1)!;
      const seen = walked.indexOf(target);
      if (seen >= 0) return walked.slice(seen).sort()[0]!;
      walked.push(target);
    }
    return walked.at(-1)!;
  }

  /** Every id on the way from this one to whom it stands for, both included. */
  function chainOf(tapId: string, id: string): string[] {
    const walked = new Set([id]);
    let at: string | undefined = id;
    for (let step = 0; step < MAX_CHAIN && at !== undefined; step++) {
      at = next(tapId, at);
      if (at === undefined || walked.has(at)) break;
      walked.add(at);
    }
    return [...walked];
  }

  /** Every id that leads to this one, without itself. */
  function aliasesOf(tapId: string, id: string): string[] {
    const found = new Set([id]);
    for (const each of found) {
      if (found.size > MAX_ALIASES) break;
      for (const alias of rows.keysAbout(tapId, "alias", each, MAX_ALIASES)) found.add(alias);
    }
    found.delete(id);
    return [...found];
  }

  return { canonical, chainOf, aliasesOf };
}
export type Aliases = ReturnType<typeof createAliases>;
