/** Advisories against targets: judged once for each kind of device, remembered until the knowledge changes. */
import { type Affected, affectedBy, type Target, worstScore } from "../../agent/findings/affected-by.ts";
import type { AdvisoryIndex } from "../../agent/knowledge/advisories/advisory-index.ts";
import { bundledKnowledge } from "../../agent/knowledge/advisories/bundled.ts";
import { folderState } from "../../agent/knowledge/advisories/folder.ts";
import { knowledgeIn } from "../../agent/knowledge/advisories/loaded.ts";

/** Kinds of devices whose judgement is kept; past it all are judged again. */
const MAX_REMEMBERED = 200_000;
/** The folder of imported advisories is looked at once in so long. */
const LOOK_AGAIN_MS = 60_000;

/** By advisory id; what doesn't concern the target isn't in it. */
export type Verdicts = ReadonlyMap<string, readonly Affected[]>;

/** `folder`: of imported advisories; null: only those that come with the program. */
export function createVerdicts(folder: string | null, nowMs: () => number = Date.now) {
  let index: AdvisoryIndex | undefined;
  let state = "";
  let lookedAt = Number.NEGATIVE_INFINITY;
  const alone = new Map<string, AdvisoryIndex>();
  const remembered = new Map<string, Verdicts>();

  /** What is known now; what was judged by older knowledge is forgotten. */
  function knowledge(): AdvisoryIndex {
    if (index && nowMs() - lookedAt < LOOK_AGAIN_MS) return index;
    lookedAt = nowMs();
    const found = folder === null ? "" : folderState(folder);
    if (index && found === state) return index;
    state = found;
    index = folder === null ? bundledKnowledge() : knowledgeIn(folder);
    alone.clear();
    remembered.clear();
    return index;
  }

  function only(id: string, all: AdvisoryIndex): AdvisoryIndex | undefined {
    const known = alone.get(id);
    const advisory = all.advisories.get(id);
    if (known || !advisory) return known;
    const one = all.only(advisory);
    alone.set(id, one);
    return one;
  }

  /** `key` names the target: two with one key are alike. */
  function of(key: string, target: Target): Verdicts {
    const all = knowledge();
    const known = remembered.get(key);
    if (known) return known;
    const entries = [
      ...(target.maker === null ? [] : all.ofMaker(target.maker)),
      ...(target.stacks ?? []).flatMap(({ stack }) => all.ofStack(stack)),
    ];
    const verdicts = new Map<string, readonly Affected[]>();
    for (const id of new Set(entries.map(({ advisory }) => advisory.id))) {
      const one = only(id, all);
      const affected = one ? affectedBy(target, one) : [];
      if (affected.length > 0) verdicts.set(id, affected);
    }
    if (remembered.size >= MAX_REMEMBERED) remembered.clear();
    remembered.set(key, verdicts);
    return verdicts;
  }

  /** All that concerns one device, one entry for each CVE, worst first. */
  const all = (target: Target) => affectedBy(target, knowledge());

  return { knowledge, of, all };
}

export const worstOf = (vulnerabilities: readonly { scores: { value: number; source: string }[] }[]): number | null =>
  vulnerabilities.reduce<number | null>((worst, one) => {
    const score = worstScore(one);
    return score > (worst ?? 0) ? score : worst;
  }, null);
