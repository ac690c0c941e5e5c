/** Whether a version is one of those that an advisory means; unclear rather than guessed. */
import { compareVersions, startsWith, type Version } from "./version.ts";
import type { Bound, Interval, VersionRange } from "./version-range.ts";

/** unclear: not comparable, or not said. */
export type Fit = "in" | "out" | "unclear";

/** Is this version one of them? */
export function fitOf(version: Version, range: VersionRange): Fit {
  if (range.except.some((one) => compareVersions(version, one) === 0)) return "out";
  const fits = range.intervals.map((interval) => fitInterval(version, interval));
  const isIn = range.all || fits.includes("in") || (range.intervals.length === 0 && range.except.length > 0);
  if (isIn) return range.condition ? "unclear" : "in";
  // A version that one numbering of several can judge isn't unclear because of the others.
  return fits.includes("out") && !fits.includes("maybe") && !range.incomplete ? "out" : "unclear";
}

/** `maybe`: of this numbering, but the text leaves it open. */
type PartFit = Fit | "maybe";

function fitInterval(version: Version, { min, max, exactly }: Interval): PartFit {
  if (exactly !== undefined) return fitExactly(version, exactly);
  const fits = [min && fitBound(version, min, 1), max && fitBound(version, max, -1)].filter((fit) => fit !== undefined);
  for (const fit of ["out", "maybe", "unclear"] as const) if (fits.includes(fit)) return fit;
  return "in";
}

function fitExactly(version: Version, { version: named, wildcard }: Bound): PartFit {
  const order = compareVersions(version, named);
  if (order === undefined) return "unclear";
  if (order === 0) return "in";
  if (!startsWith(version, named)) return "out";
  // 9.33.1 where 9.33 is named: a part of it or its repair, who knows.
  return wildcard ? "in" : "maybe";
}

/** `side` is 1 for a lower bound, -1 for an upper one. */
function fitBound(version: Version, bound: Bound, side: 1 | -1): PartFit {
  const order = compareVersions(version, bound.version);
  if (order === undefined) return "unclear";
  const isAt = order === 0 || (bound.wildcard && startsWith(version, bound.version));
  if (isAt) return bound.inclusive === "unclear" ? "maybe" : bound.inclusive ? "in" : "out";
  return Math.sign(order) === side ? "in" : "out";
}
