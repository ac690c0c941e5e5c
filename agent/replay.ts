/** Replay: capture files through the same rooms as live traffic, in one process, by the capture's own clock. */
import { type Behaviour, behaviourOf } from "./behaviour/behaviour.ts";
import { Habits } from "./behaviour/habits.ts";
import type { CaptureFiles } from "./capture/pcap-file.ts";
import { compileLess, WARM_FRAMES } from "./compile-less.ts";
import { type Config, configDigest, findingSettings, learnMicros } from "./config.ts";
import { type Document, deviceForm, findingForm, sortedCounts } from "./document.ts";
import type { Finding } from "./findings/finding.ts";
import { judgeFindings } from "./findings/judge.ts";
import { Identifier, type JudgedDevice } from "./identify/identifier.ts";
import { createNetworks } from "./identify/networks.ts";
import type { AdvisoryIndex } from "./knowledge/advisories/advisory-index.ts";
import { bundledKnowledge } from "./knowledge/advisories/bundled.ts";
import type { Observation } from "./observe/observation.ts";
import { ShareJoin } from "./replay-share-join.ts";
import type { Heard, ReplayShares } from "./replay-shares.ts";
import { replayWatch } from "./replay-watch.ts";
import { isoMicros } from "./time.ts";
import { VERSION } from "./version.ts";

const DAY_MICROS = 24 * 3600 * 1_000_000;
const STOPPED = "stopped before the end of the input";

export interface ReplayResult {
  document: Document;
  devices: JudgedDevice[];
  findings: Finding[];
  /** What broke the reading, null when all was read. */
  truncated: string | null;
}

export interface ReplayOptions {
  config: Config;
  /** Published vulnerabilities; those that come with the program when left out. */
  advisories?: AdvisoryIndex;
  /** Judge dates as of this time (microseconds) instead of the capture's own. */
  at?: number;
  /** Threads that read the files in place of `source`, which is only closed. For large files. */
  shares?: ReplayShares;
}

/** Rejects with CaptureError when the input can't be used at all. */
export async function replay(
  source: CaptureFiles,
  paths: readonly string[],
  options: ReplayOptions,
): Promise<ReplayResult> {
  const identifier = new Identifier({
    networks: createNetworks(options.config.networks.inside),
    keptApart: options.config.identity.apart,
  });
  const take = (observation: Observation) => identifier.take(observation);
  if (options.shares !== undefined) source.close();
  const { end, firstAt, lastAt, totals, interfaces } = await (options.shares?.hear(new ShareJoin(take)) ??
    hear(source, paths, take));

  const devices = identifier.devices();
  const now = options.at ?? (Number.isFinite(lastAt) ? lastAt : 0);
  const advisories = options.advisories ?? bundledKnowledge();
  const findings = judgeFindings({
    advisories,
    devices: devices.map(({ device }) => device),
    strangers: identifier.strangers(),
    fanOuts: identifier.fanOuts(),
    tap: [],
    now,
    ...(options.at === undefined ? {} : { at: options.at }),
    settings: findingSettings(options.config),
    contactsOf: (wanted) => identifier.contacts(wanted),
    ...learnt(identifier, devices, { learn: learnMicros(options.config), firstAt, lastAt }),
  });
  const truncated = end.reason === "truncated" ? end.message : end.reason === "closed" ? STOPPED : null;
  return {
    devices,
    findings,
    truncated,
    document: {
      schema: 1,
      tap: { id: "replay", version: VERSION, knowledge: advisories.digest, config: configDigest(options.config) },
      capture: {
        frames: totals.frames,
        bytes: totals.bytes,
        firstFrameAt: Number.isFinite(firstAt) ? isoMicros(firstAt) : null,
        lastFrameAt: Number.isFinite(lastAt) ? isoMicros(lastAt) : null,
        truncated: truncated !== null,
        interfaces: [...interfaces],
        malformed: sortedCounts(totals.malformed),
        unknown: sortedCounts(totals.unknown),
        duplicates: totals.duplicates,
        droppedNames: totals.droppedNames,
        hiddenAccessPoints: totals.hiddenAccessPoints,
      },
      devices: devices.map(({ device, why }) => ({ ...deviceForm(device), why })),
      findings: findings.map(findingForm),
    },
  };
}

async function hear(
  source: CaptureFiles,
  paths: readonly string[],
  emit: (observation: Observation) => void,
): Promise<Heard> {
  const watch = replayWatch(paths, { emit });
  let frames = 0;
  const end = await source.run((frame) => {
    watch.frame(frame);
    if (++frames === WARM_FRAMES) compileLess();
  });
  watch.drain();
  const { firstAt, lastAt } = watch;
  return { end, firstAt, lastAt, totals: watch.totals(), interfaces: source.interfaces };
}

/**
 * Habits, when the capture is longer than they take to learn. Not where it is put together from different times, with
 * nobody heard on most of the days that should be learnt; nor where conversations had to be forgotten: they'd look new.
 */
function learnt(
  identifier: Identifier,
  judged: readonly JudgedDevice[],
  { learn, firstAt, lastAt }: { learn: number; firstAt: number; lastAt: number },
): { behaviour?: Behaviour } {
  const { listeningSince, overflow, days } = identifier.facts;
  const [from, until] = [firstAt / DAY_MICROS, (firstAt + learn) / DAY_MICROS];
  const daysHeard = [...days].filter((day) => day >= Math.floor(from) && day < until).length;
  if (!(lastAt - firstAt > learn) || daysHeard * 2 < until - from || overflow > 0) return {};
  const devices = judged.map(({ device }) => device);
  const habits = new Habits(learn);
  habits.learn({
    devices,
    rhythms: identifier.rhythms(),
    contactsOf: (wanted) => identifier.contacts(wanted),
    now: lastAt,
  });
  const moment = { listeningSince, newsSince: Number.NEGATIVE_INFINITY, now: lastAt };
  return { behaviour: behaviourOf(habits, devices, moment) };
}
