/** Which advisories are known and which of our devices each concerns: counted by kind of device, listed a page at a time. */
import type { Affected } from "../../agent/findings/affected-by.ts";
import type { Advisory } from "../../agent/knowledge/advisories/schema.ts";
import type { Database } from "../../agent/sqlite.ts";
import type { DeviceView } from "../api/shapes.ts";
import type {
  AdvisoryInList,
  AdvisoryPage,
  AffectedDevice,
  AffectedPage,
  VerdictCounts,
  VulnerabilityView,
} from "../api/shapes-detail.ts";
import { linkOf } from "./links.ts";
import type { AdvisoryQuery } from "./store.ts";
import { readTarget, STACK_RULES, targetKey } from "./targets.ts";
import { createVerdicts, worstOf } from "./verdicts.ts";

const MAX_VULNERABILITIES = 200;
const COUNTED = {
  confirmed: "confirmed",
  likely: "likely",
  possible: "possible",
  "not-affected": "notAffected",
} as const;
type Verdict = keyof typeof COUNTED;
const ORDER: readonly Verdict[] = ["confirmed", "likely", "possible", "not-affected"];
const none = (): VerdictCounts => ({ confirmed: 0, likely: 0, possible: 0, notAffected: 0 });

/** Open findings of the stack rules, of one device in the order of their keys. */
const SIGNS = `(SELECT group_concat(rule || ' ' || json_extract(view, '$.certainty')) FROM findings INDEXED BY findingsOfDevice
  WHERE findings.tapId = devices.tapId AND findings.deviceId = devices.deviceId
    AND findings.rule IN (${STACK_RULES.map((rule) => `'${rule}'`).join(", ")}) AND findings.state NOT IN ('false-alarm', 'resolved'))`;

interface Kind {
  target: string;
  signs: string | null;
  devices: number;
}

export function createAdvisories(database: Database, folder: string | null) {
  const verdicts = createVerdicts(folder);
  const sql = {
    kinds: database.prepare(
      `SELECT target, signs, count(*) AS devices FROM (SELECT target, ${SIGNS} AS signs FROM devices)
       GROUP BY target, signs ORDER BY target, signs`,
    ),
    alike: database.prepare(
      `SELECT view FROM devices WHERE target = @target AND ${SIGNS} IS @signs
       ORDER BY registerId LIMIT @limit OFFSET @from`,
    ),
    signs: database.prepare(`SELECT ${SIGNS} FROM devices WHERE registerId = ?`).pluck(),
  };

  const judged = ({ target, signs }: Pick<Kind, "target" | "signs">) =>
    verdicts.of(`${target} ${signs ?? ""}`, readTarget(target, signs));

  /** Counts of every advisory over all devices. */
  function counts(): Map<string, VerdictCounts> {
    const found = new Map<string, VerdictCounts>();
    for (const kind of sql.kinds.all() as Kind[]) {
      for (const [id, [surest]] of judged(kind)) {
        const counted = found.get(id) ?? none();
        if (surest) counted[COUNTED[surest.verdict]] += kind.devices;
        found.set(id, counted);
      }
    }
    return found;
  }

  function list({ search, from, limit }: AdvisoryQuery): AdvisoryPage {
    const knowledge = verdicts.knowledge();
    const counted = counts();
    const words = search.toLowerCase().split(/\s+/).filter(Boolean);
    const found = [...knowledge.advisories.values()]
      .filter((advisory) => words.every((word) => textOf(advisory).includes(word)))
      .map((advisory) => ({ advisory, affected: counted.get(advisory.id) ?? none() }))
      .sort((a, b) => byConcern(a.affected, b.affected) || newestFirst(a.advisory, b.advisory));
    return {
      total: found.length,
      advisories: found.slice(from, from + limit).map(({ advisory, affected }): AdvisoryInList => {
        const { id, title, publisher, publishedAt, updatedAt, vulnerabilities } = advisory;
        const kev = vulnerabilities.some(({ cve }) => knowledge.exploited.has(cve));
        const worstScore = worstOf(vulnerabilities);
        return {
          id,
          title,
          publisher,
          publishedAt,
          updatedAt,
          cves: vulnerabilities.length,
          worstScore,
          kev,
          affected,
        };
      }),
    };
  }

  /** null when no advisory has this id or names this CVE. */
  function affected({ what, from, limit }: { what: string; from: number; limit: number }): AffectedPage | null {
    const knowledge = verdicts.knowledge();
    const wanted = what.toLowerCase();
    const all = [...knowledge.advisories.values()];
    const byId = all.filter(({ id }) => id.toLowerCase() === wanted);
    const isCve = byId.length === 0;
    const advisories = isCve ? all.filter((each) => names(each, wanted)) : byId;
    if (advisories.length === 0) return null;
    const kinds = (sql.kinds.all() as Kind[]).flatMap((kind) => {
      const found = judged(kind);
      const concerns = advisories
        .flatMap(({ id }) => found.get(id) ?? [])
        .filter(({ cve }) => !isCve || cve.toLowerCase() === wanted)
        .sort((a, b) => ORDER.indexOf(a.verdict) - ORDER.indexOf(b.verdict));
      const [surest] = concerns;
      return surest ? [{ ...kind, surest, cves: new Set(concerns.map(({ cve }) => cve)).size }] : [];
    });
    kinds.sort((a, b) => ORDER.indexOf(a.surest.verdict) - ORDER.indexOf(b.surest.verdict));
    const counted = none();
    for (const { surest, devices } of kinds) counted[COUNTED[surest.verdict]] += devices;
    return {
      what,
      advisories: advisories.map((each) => shown(each, isCve ? wanted : undefined)),
      affected: counted,
      total: kinds.reduce((sum, { devices }) => sum + devices, 0),
      devices: page(kinds, from, limit),
    };
  }

  function page(kinds: (Kind & { surest: Affected; cves: number })[], from: number, limit: number): AffectedDevice[] {
    const devices: AffectedDevice[] = [];
    let skip = from;
    for (const { target, signs, devices: total, surest, cves } of kinds) {
      if (devices.length >= limit) break;
      if (skip >= total) {
        skip -= total;
        continue;
      }
      const views = sql.alike.all({ target, signs, limit: limit - devices.length, from: skip }) as { view: string }[];
      skip = 0;
      for (const { view } of views) {
        const device = JSON.parse(view) as DeviceView;
        const { maker, model, version } = device;
        const why = surest.because ?? "";
        devices.push({ device: linkOf(device), maker, model, version, verdict: surest.verdict, why, cves });
      }
    }
    return devices;
  }

  function shown(advisory: Advisory, cve: string | undefined): AffectedPage["advisories"][number] {
    const { exploited } = verdicts.knowledge();
    const { id, title, publisher, publishedAt, url, remedies, vulnerabilities } = advisory;
    return {
      id,
      title,
      publisher,
      publishedAt,
      url,
      remedies,
      vulnerabilities: vulnerabilities
        .filter((each) => cve === undefined || each.cve.toLowerCase() === cve)
        .map((each) => ({
          cve: each.cve,
          scores: each.scores.map(({ value, source }) => ({ value, source })),
          kev: exploited.has(each.cve),
          ransomware: exploited.get(each.cve)?.ransomware ?? false,
        })),
    };
  }

  /** What the console judges of one device, the surest and worst first. */
  function ofDevice(device: DeviceView): VulnerabilityView[] {
    const signs = sql.signs.get(device.registerId) as string | null | undefined;
    return verdicts
      .all(readTarget(targetKey(device), signs ?? null))
      .slice(0, MAX_VULNERABILITIES)
      .map(({ ground: _, because, ...vulnerability }) => ({ ...vulnerability, why: because ?? "" }));
  }

  return { list, affected, ofDevice };
}
export type Advisories = ReturnType<typeof createAdvisories>;

const names = ({ vulnerabilities }: Advisory, cve: string) =>
  vulnerabilities.some((each) => each.cve.toLowerCase() === cve);
const textOf = ({ id, title, publisher, vulnerabilities, products }: Advisory) =>
  [
    id,
    title,
    publisher,
    ...vulnerabilities.map(({ cve }) => cve),
    ...products.map(({ maker, name }) => `${maker} ${name}`),
  ]
    .join("\n")
    .toLowerCase();

const byConcern = (a: VerdictCounts, b: VerdictCounts) =>
  b.confirmed - a.confirmed || b.likely - a.likely || b.possible - a.possible;
const newestFirst = (a: Advisory, b: Advisory) =>
  (a.publishedAt ?? "") < (b.publishedAt ?? "")
    ? 1
    : (a.publishedAt ?? "") > (b.publishedAt ?? "")
      ? -1
      : a.id < b.id
        ? -1
        : 1;
