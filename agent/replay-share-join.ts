/** Joins what the shares of one capture told, window by window, to what one watch of everything would have told. */
import { hostKeyText } from "./identify/facts.ts";
import { EvidenceFold } from "./observe/evidence-fold.ts";
import type {
  EvidenceObservation,
  FanOutObservation,
  FlowObservation,
  Observation,
  PresenceObservation,
} from "./observe/observation.ts";

interface Told<T> {
  said: T;
  order: number;
}
interface ToldFlow extends Told<FlowObservation> {
  /** The order of the connection that named the protocol last; 0 none did. */
  namedAt: number;
}
interface ToldEvidence extends Told<EvidenceObservation> {
  atMost: number;
}

/** Give it a window of the first share, then of the next and so on, then call `endWindow`. */
export class ShareJoin {
  readonly #emit: (observation: Observation) => void;
  readonly #fold = new EvidenceFold();
  readonly #presences = new Map<string, Told<PresenceObservation>>();
  readonly #flows = new Map<string, ToldFlow>();
  #evidence: ToldEvidence[] = [];
  #fanOuts: FanOutObservation[] = [];

  constructor(emit: (observation: Observation) => void) {
    this.#emit = emit;
  }

  /** As a watch emits it (see WatchOptions). */
  take(said: Observation, order: number, more: number): void {
    if (said.kind === "presence") this.#presence(said, order);
    else if (said.kind === "evidence") this.#evidence.push({ said, order, atMost: more });
    else if (said.kind === "flow") this.#flow(said, order, more);
    else if (said.kind === "fan-out") this.#fanOuts.push(said);
  }

  endWindow(): void {
    const emit = this.#emit;
    for (const { said } of inOrder([...this.#presences.values()])) emit(said);
    this.#presences.clear();
    for (const { said, atMost } of inOrder(this.#evidence)) this.#fold.absorb(said, atMost);
    this.#evidence = [];
    this.#fold.drain(emit);
    for (const { said } of inOrder([...this.#flows.values()])) emit(said);
    this.#flows.clear();
    for (const said of this.#fanOuts) emit(said);
    this.#fanOuts = [];
  }

  #presence(said: PresenceObservation, order: number): void {
    const key = hostKeyText(said.host);
    const known = this.#presences.get(key);
    if (known === undefined) {
      this.#presences.set(key, { said: { ...said }, order });
      return;
    }
    const sum = known.said;
    known.order = Math.min(known.order, order);
    sum.sentFrames += said.sentFrames;
    sum.sentBytes += said.sentBytes;
    sum.receivedFrames += said.receivedFrames;
    sum.receivedBytes += said.receivedBytes;
    sum.ttl = Math.max(sum.ttl, said.ttl);
    sum.firstAt = Math.min(sum.firstAt, said.firstAt);
    sum.lastAt = Math.max(sum.lastAt, said.lastAt);
  }

  #flow(said: FlowObservation, order: number, namedAt: number): void {
    const key = `${hostKeyText(said.a)} ${hostKeyText(said.b)} ${said.transport} ${said.port} ${said.server}`;
    const known = this.#flows.get(key);
    if (known === undefined) {
      this.#flows.set(key, { said: { ...said }, order, namedAt });
      return;
    }
    const sum = known.said;
    sum.flows += said.flows;
    sum.frames += said.frames;
    sum.bytes += said.bytes;
    sum.answered ||= said.answered;
    sum.firstAt = Math.min(sum.firstAt, said.firstAt);
    sum.lastAt = Math.max(sum.lastAt, said.lastAt);
    if (namedAt > known.namedAt) {
      known.namedAt = namedAt;
      sum.protocol = said.protocol;
    }
    if (said.serverBy === "content" || (order < known.order && sum.serverBy !== "content"))
      sum.serverBy = said.serverBy;
    known.order = Math.min(known.order, order);
  }
}

/** Stable: of the same frame, what came first stays first. */
const inOrder = <T extends { order: number }>(told: T[]): T[] => told.sort((a, b) => a.order - b.order);
