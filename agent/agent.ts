/** Process 2 of the tap: observations become devices and findings, kept in the ledger, shown on lights, sent by uplink. */
import type { LightDriver } from "../hardware/driver.ts";
import type { LightStates } from "../hardware/lights.ts";
import { lightsFor, type UplinkState as UplinkLight } from "../hardware/state.ts";
import type { Accepted } from "./behaviour/accepted.ts";
import { ClockWatch } from "./clock-state.ts";
import { type Config, findingSettings, learnMicros } from "./config.ts";
import { type Answer, decide } from "./control/decide.ts";
import type { Severity } from "./findings/finding.ts";
import { findingsOver, judgeFindings } from "./findings/judge.ts";
import type { TapFacts } from "./findings/rule.ts";
import { Book } from "./findings/work/book.ts";
import { HabitKeeper } from "./habit-keeper.ts";
import { Identifier, type JudgedDevice } from "./identify/identifier.ts";
import { createNetworks } from "./identify/networks.ts";
import { KnowledgeFolder } from "./knowledge-folder.ts";
import { LedgerError } from "./ledger/error.ts";
import { findingChange, findingsFromLedger } from "./ledger/finding-rows.ts";
import type { Ledger } from "./ledger/ledger.ts";
import { Periods } from "./ledger/periods.ts";
import { deviceChanges } from "./ledger/presenter.ts";
import { devicesFromLedger } from "./ledger/restore.ts";
import { type RowChange, rowKey, tombstone } from "./ledger/rows.ts";
import { LossWindow } from "./loss-window.ts";
import type { CountsObservation, Observation } from "./observe/observation.ts";
import { isoMicros } from "./time.ts";
import type { Summary } from "./uplink/messages.ts";
import { buildSummary } from "./uplink/summary.ts";
import type { UplinkState } from "./uplink/uplink.ts";

/** Devices are judged anew when something changed, but no more often than this. */
const JUDGE_EVERY_MICROS = 1_000_000;
/** Judging takes at most one part in so many of the time: the pipe, the uplink and the lights want theirs. */
const JUDGE_SHARE = 5;
/** Traffic alone (no new fact) makes peers and counters worth a look this often. */
const REFRESH_EVERY_MICROS = 15 * 1_000_000;
/** Counters go to the card at most this often. */
const PERIOD_EVERY_MICROS = 10 * 60 * 1_000_000;
/** A sniffer that said nothing for this long is gone. */
const SNIFFER_SILENT_MICROS = 5 * 1_000_000;
/** Loss is a state of the mirror light for this long. */
const LOSS_SHOWN_MICROS = 60 * 1_000_000;
const LOCATE_MICROS = 30 * 1_000_000;

const SEVERITIES: readonly Severity[] = ["info", "low", "medium", "high", "critical"];

export interface AgentLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

export interface AgentOptions {
  config: Config;
  ledger: Ledger;
  lights: LightDriver;
  log: AgentLog;
  /** MUD files that people accepted. */
  accepted?: readonly Accepted[];
  /** Microseconds. */
  clock: () => number;
  /** Whether the system has heard a time server; left out, only an impossible time is noticed. */
  heardTimeServer?: () => "yes" | "no" | "unknown";
  /** Called after each commit that gave rows a new revision. */
  onCommit: () => void;
}

interface Port {
  counts: CountsObservation;
  heardAt: number;
  framesPerSecond: number;
  bytesPerSecond: number;
  lossAt: number;
  /** When its count of frames sent was last seen to have risen. */
  transmittedAt: number;
  loss: LossWindow;
}

export class Agent {
  readonly #options: AgentOptions;
  readonly #identifier: Identifier;
  readonly #periods: Periods;
  readonly #habits: HabitKeeper;
  readonly #ports = new Map<string, Port>();
  readonly #knowledge: KnowledgeFolder;
  readonly #startedAt: number;
  #devices: JudgedDevice[] = [];
  /** All findings that were ever made: judged now, or held by the ledger. */
  readonly #book: Book;
  #judgedShape = -1;
  #judgedAt = 0;
  #judgingMicros = 0;
  #nextPeriodAt: number;
  #storageTrouble: string | null;
  #uplink: UplinkState = "none";
  #locateUntil = 0;
  readonly #clock: ClockWatch;
  #heard = false;

  constructor(options: AgentOptions) {
    this.#options = options;
    this.#knowledge = new KnowledgeFolder(options.config.knowledge.path, (fields, message) =>
      options.log.warn(fields, message),
    );
    const remembered = [...devicesFromLedger(options.ledger)];
    this.#identifier = new Identifier({
      networks: createNetworks(options.config.networks.inside),
      keptApart: options.config.identity.apart,
      remembered,
    });
    this.#periods = new Periods(options.ledger, remembered);
    this.#habits = new HabitKeeper(options.ledger, learnMicros(options.config), options.accepted, remembered);
    this.#book = new Book(findingsFromLedger(options.ledger));
    this.#startedAt = options.clock();
    this.#clock = new ClockWatch(options.heardTimeServer ?? (() => "unknown"));
    this.#nextPeriodAt = this.#startedAt + JUDGE_EVERY_MICROS * 10;
    this.#storageTrouble = options.ledger.repaired;
    this.#devices = this.#identifier.devices();
  }

  take(observation: Observation): void {
    if (observation.kind !== "counts") {
      this.#heard = true;
      this.#identifier.take(observation);
      return;
    }
    // A sniffer handles hostile bytes: it may speak of the ports it was given, and of no others.
    if (!this.#options.config.capture.interfaces.includes(observation.interface)) return;
    this.#heard = true;
    const now = this.#options.clock();
    const before = this.#ports.get(observation.interface);
    const seconds = before === undefined ? 0 : (observation.at - before.counts.at) / 1e6;
    const rate = (pick: (counts: CountsObservation) => number) =>
      before === undefined || seconds <= 0 ? 0 : Math.max(0, (pick(observation) - pick(before.counts)) / seconds);
    const lost = before !== undefined && (observation.framesLost ?? 0) > (before.counts.framesLost ?? 0);
    // A sniffer that starts anew counts from 0: another number above 0 is a rise, even when it is a lower one.
    const sent = (observation.transmitted ?? 0) > 0 && observation.transmitted !== before?.counts.transmitted;
    const loss = before?.loss ?? new LossWindow();
    loss.take(observation.at, observation.frames, observation.framesLost);
    this.#ports.set(observation.interface, {
      counts: observation,
      heardAt: now,
      framesPerSecond: rate((counts) => counts.frames),
      bytesPerSecond: rate((counts) => counts.bytes),
      lossAt: lost ? now : (before?.lossAt ?? Number.NEGATIVE_INFINITY),
      transmittedAt: sent ? now : (before?.transmittedAt ?? now),
      loss,
    });
  }

  /** Time-based work; call a few times a second. */
  tick(): void {
    const now = this.#options.clock();
    this.#habits.tick(now);
    const { shape } = this.#identifier.facts;
    const every = shape === this.#judgedShape ? REFRESH_EVERY_MICROS : JUDGE_EVERY_MICROS;
    const elapsed = now - this.#judgedAt;
    // A clock that was set back must not make the tap wait until it is as late again.
    const due = elapsed < 0 || elapsed >= Math.max(every, this.#judgingMicros * JUDGE_SHARE);
    if (due && this.#heard) {
      this.#judge(now);
      this.#judgingMicros = Math.max(0, this.#options.clock() - now);
    }
    this.#options.lights.show(this.lights(), now < this.#locateUntil);
  }

  /** Writes what is not yet written; call before the end. */
  stop(): void {
    this.#nextPeriodAt = 0;
    this.#habits.hurry();
    this.#judge(this.#options.clock());
  }

  uplinkIs(state: UplinkState): void {
    this.#uplink = state;
  }

  locate(): void {
    this.#locateUntil = this.#options.clock() + LOCATE_MICROS;
  }

  /** Somebody works a finding; `value` is unchecked. */
  work(value: unknown): Answer {
    const { ledger, clock } = this.#options;
    const answer = decide(this.#book, ledger, value, clock());
    if (answer.ok) this.#options.onCommit();
    return answer;
  }

  lights(): LightStates {
    const now = this.#options.clock();
    const ports = [...this.#ports.values()];
    const alive = ports.filter((port) => now - port.heardAt < SNIFFER_SILENT_MICROS);
    const isStarting = ports.length === 0 && now - this.#startedAt < SNIFFER_SILENT_MICROS * 2;
    return lightsFor({
      agentRunning: true,
      sniffer:
        alive.length === this.#options.config.capture.interfaces.length
          ? "running"
          : isStarting
            ? "starting"
            : "restarting",
      storageTrouble: this.#storageTrouble !== null,
      clockTrouble: ["impossible", "unsynchronised"].includes(this.#clock.judge(now)),
      linkUp: alive.length > 0 && alive.every((port) => port.counts.mirror.linkUp !== false),
      mirror: {
        bothDirections: sum(alive, (port) => port.counts.mirror.bothDirections),
        oneDirection: sum(alive, (port) => port.counts.mirror.oneDirection),
        broadcast: sum(alive, (port) => port.counts.mirror.toMany),
        framesLost: alive.filter((port) => now - port.lossAt < LOSS_SHOWN_MICROS).length,
      },
      uplink: uplinkLight(this.#uplink),
      worstOpenFinding: worst(this.#book.open().map(({ severity }) => severity)),
      locate: now < this.#locateUntil,
    });
  }

  summary(): Summary {
    const ports = [...this.#ports.values()];
    const lights = this.lights();
    const each = (pick: (light: LightStates["health"]) => string) => ({
      health: pick(lights.health),
      mirror: pick(lights.mirror),
      uplink: pick(lights.uplink),
      alert: pick(lights.alert),
    });
    return buildSummary({
      at: this.#options.clock(),
      lights: each((light) => light.pattern),
      lightWords: each((light) => light.words),
      devices: this.#devices.length,
      openFindings: this.#book.open().length,
      framesPerSecond: sum(ports, (port) => port.framesPerSecond),
      bytesPerSecond: sum(ports, (port) => port.bytesPerSecond),
      framesLost: ports.some((port) => port.counts.framesLost === null)
        ? null
        : sum(ports, (port) => port.counts.framesLost ?? 0),
      observationsLost: sum(ports, (port) => port.counts.observationsLost),
      backlog: this.#options.ledger.backlog(),
      interfaces: [...this.#ports.keys()],
      active: this.#devices.map(({ device }) => [device.id, device.lastSeenAt] as const),
    });
  }

  #judge(now: number): void {
    const { ledger, log } = this.#options;
    this.#judgedAt = now;
    this.#judgedShape = this.#identifier.facts.shape;
    this.#devices = this.#identifier.devices();
    const devices = this.#devices.map(({ device }) => device);
    const tap = this.#tapFacts(now);
    const findings = judgeFindings({
      advisories: this.#knowledge.advisories(now),
      devices,
      strangers: this.#identifier.strangers(),
      fanOuts: this.#identifier.fanOuts(),
      tap,
      now,
      settings: findingSettings(this.#options.config),
      contactsOf: (wanted) => this.#identifier.contacts(wanted),
      behaviour: this.#habits.judge(this.#identifier, devices, this.#isHearing(now), now),
    });
    this.#book.judge({ findings, over: new Set(findingsOver(tap)), devices, now });
    const { changed, gone } = this.#book.changes();
    try {
      // Who was not heard since the start says nothing new: the ledger has it all.
      const heard = this.#devices.filter(({ anchors }) => anchors.length > 0);
      const changes: RowChange[] = heard.flatMap(({ device, why }) => deviceChanges(device, ledger, { why }));
      changes.push(
        ...gone.map((id) => tombstone("finding", rowKey(id), isoMicros(now))),
        ...changed.map(findingChange),
        ...this.#habits.changes(now),
      );
      const isPeriodDue = now >= this.#nextPeriodAt || this.#nextPeriodAt - now > PERIOD_EVERY_MICROS;
      if (isPeriodDue) changes.push(...this.#periods.periodChanges(devices));
      const { written } = ledger.write(changes);
      this.#book.committed();
      this.#habits.committed();
      if (isPeriodDue) {
        this.#periods.committed();
        this.#nextPeriodAt = now + PERIOD_EVERY_MICROS;
      }
      if (this.#storageTrouble !== null && ledger.repaired === null) {
        log.info({}, "the ledger can be written again");
        this.#storageTrouble = null;
      }
      if (written > 0) this.#options.onCommit();
    } catch (error) {
      if (!(error instanceof LedgerError)) throw error;
      // Nothing is lost yet: the facts stay in memory and the next judgement writes them all.
      if (this.#storageTrouble !== error.message) log.warn({ code: error.code }, `ledger: ${error.message}`);
      this.#storageTrouble = error.message;
    }
  }

  #isHearing(now: number): boolean {
    return [...this.#ports.values()].some(
      ({ heardAt, counts: { mirror } }) =>
        now - heardAt < SNIFFER_SILENT_MICROS &&
        mirror.linkUp !== false &&
        mirror.bothDirections + mirror.oneDirection > 0,
    );
  }

  #tapFacts(now: number): TapFacts[] {
    const clock = this.#clock.judge(now);
    return [...this.#ports.values()].map(({ counts, loss, transmittedAt }) => ({
      interface: counts.interface,
      transmitted: counts.transmitted,
      transmittedAt,
      framesLost: counts.framesLost,
      frames: counts.frames,
      mirror: counts.mirror,
      at: now,
      lossShare: loss.share(),
      clock,
    }));
  }
}

const sum = <T>(items: readonly T[], pick: (item: T) => number) => items.reduce((total, item) => total + pick(item), 0);

const uplinkLight = (state: UplinkState): UplinkLight => (state === "connecting" ? "unreachable" : state);

function worst(severities: Iterable<Severity>): Severity | null {
  let found = -1;
  for (const severity of severities) found = Math.max(found, SEVERITIES.indexOf(severity));
  return SEVERITIES[found] ?? null;
}
