/** Which of two versions of one document is the later. */
import { compareVersions, parseVersion } from "./version.ts";

interface Dated {
  revision: string;
  updatedAt: string | null;
}

/** Positive when `a` is later than `b`: by the publisher's count, or by date where the counts don't tell. */
export function compareRevisions(a: Dated, b: Dated): number {
  const [left, right] = [parseVersion(a.revision), parseVersion(b.revision)];
  const order = left !== undefined && right !== undefined ? compareVersions(left, right) : undefined;
  if (order !== undefined && order !== 0) return order;
  if (a.updatedAt === null || b.updatedAt === null || a.updatedAt === b.updatedAt) return 0;
  return a.updatedAt < b.updatedAt ? -1 : 1;
}
