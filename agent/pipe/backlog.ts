/** Observations that the pipe could not take yet: counters merge, detail waits, the oldest goes first when full. */
import type {
  CountsObservation,
  EvidenceObservation,
  FanOutObservation,
  FlowObservation,
  HostKey,
  Observation,
  PresenceObservation,
} from "../observe/observation.ts";

/** Waiting observations; past it the oldest flow, then the oldest evidence is dropped and counted. */
export const MAX_BACKLOG = 20_000;

export class Backlog {
  /** Observations dropped for want of room since the start. */
  lost = 0;
  readonly #max: number;
  #counts: CountsObservation | undefined;
  readonly #presence = new Map<string, PresenceObservation>();
  readonly #flows = new Map<string, FlowObservation>();
  readonly #evidence = new Map<string, EvidenceObservation>();
  readonly #fanOuts = new Map<string, FanOutObservation>();

  constructor(max = MAX_BACKLOG) {
    this.#max = max;
  }

  get size(): number {
    const waiting = this.#presence.size + this.#flows.size + this.#evidence.size + this.#fanOuts.size;
    return waiting + (this.#counts === undefined ? 0 : 1);
  }

  add(observation: Observation): void {
    if (observation.kind === "counts") this.#counts = observation;
    else if (observation.kind === "presence") this.#addPresence(observation);
    else if (observation.kind === "flow") this.#addFlow(observation);
    else if (observation.kind === "fan-out")
      this.#fanOuts.set(`${hostText(observation.by)} ${observation.what} ${observation.port}`, observation);
    else this.#addEvidence(observation);
    while (this.size > this.#max) this.#dropOldest();
  }

  /** The next to send, counts first so that the sign of life is never behind a queue; undefined when empty. */
  take(): Observation | undefined {
    const counts = this.#counts;
    if (counts !== undefined) {
      this.#counts = undefined;
      return counts;
    }
    return shift(this.#evidence) ?? shift(this.#fanOuts) ?? shift(this.#presence) ?? shift(this.#flows);
  }

  #addPresence(said: PresenceObservation): void {
    const key = hostText(said.host);
    const known = this.#presence.get(key);
    if (known === undefined) {
      this.#presence.set(key, { ...said });
      return;
    }
    known.sentFrames += said.sentFrames;
    known.sentBytes += said.sentBytes;
    known.receivedFrames += said.receivedFrames;
    known.receivedBytes += said.receivedBytes;
    known.ttl = Math.max(known.ttl, said.ttl);
    known.firstAt = Math.min(known.firstAt, said.firstAt);
    known.lastAt = Math.max(known.lastAt, said.lastAt);
  }

  #addFlow(said: FlowObservation): void {
    const key = `${hostText(said.a)} ${hostText(said.b)} ${said.transport} ${said.port} ${said.server}`;
    const known = this.#flows.get(key);
    if (known === undefined) {
      this.#flows.set(key, { ...said });
      return;
    }
    const { flows, frames, bytes, firstAt, answered, protocol } = known;
    Object.assign(known, said, {
      flows: flows + said.flows,
      frames: frames + said.frames,
      bytes: bytes + said.bytes,
      firstAt: Math.min(firstAt, said.firstAt),
      answered: answered || said.answered,
      protocol: said.protocol ?? protocol,
    });
  }

  #addEvidence(said: EvidenceObservation): void {
    const about = "reported" in said.about ? `r ${said.about.reported}` : hostText(said.about);
    const key = `${about} ${said.protocol} ${said.attribute} ${said.value}`;
    const known = this.#evidence.get(key);
    if (known === undefined) {
      this.#evidence.set(key, { ...said });
      return;
    }
    known.count += said.count;
    known.firstAt = Math.min(known.firstAt, said.firstAt);
    known.lastAt = Math.max(known.lastAt, said.lastAt);
  }

  #dropOldest(): void {
    this.lost++;
    void (shift(this.#flows) ?? shift(this.#fanOuts) ?? shift(this.#presence) ?? shift(this.#evidence));
  }
}

const hostText = (host: HostKey) => `${host.mac ?? ""}|${host.vlan}|${host.ip ?? ""}`;

function shift<T>(map: Map<string, T>): T | undefined {
  const first = map.entries().next();
  if (first.done) return undefined;
  map.delete(first.value[0]);
  return first.value[1];
}
