/** Evidence folded: the same thing said again only raises a count, until the next drain. */
import type { Evidence, Subject } from "../dissectors/dissector.ts";
import type { Moment } from "./moment.ts";
import type { EvidenceObservation, FrameReference, HostKey } from "./observation.ts";
/** Distinct values one host may say of itself before the rest is only counted (hostile chatter). */
export const MAX_EVIDENCE_PER_HOST = 200;
/** The same where shares of one capture are joined afterwards. */
const MAX_EVIDENCE_PER_SHARE = 1000;
/** Hosts whose evidence is remembered for repeats; beyond it memory is cleared and facts are said anew. */
const MAX_SUBJECTS = 16_384;
/** Pieces remembered of all hosts together; beyond it memory is cleared likewise. */
export const MAX_PIECES = 100_000;
const MAX_VALUE = 256;

export interface FoldedEvidence extends EvidenceObservation {
  /** In the list of what the next drain tells. */
  pending: boolean;
  /** Where in the window it was first said; 0 when it is only repeated. */
  order: number;
  /** Values its attribute may have here at most; 0 for any number. */
  atMost: number;
}

/** Where a message came from: who sent it and to whom, and which frame. */
export interface Place {
  sender: HostKey;
  receiver: HostKey;
  protocol: string;
  at: number;
  ordinal: number;
  frame: FrameReference | undefined;
}

/** What one subject said: by protocol, then attribute, then value, so that looking it up builds no text. */
interface Known {
  size: number;
  byProtocol: Map<string, Map<string, Map<string, FoldedEvidence>>>;
}

export class EvidenceFold {
  /** Evidence not kept because its subject already said too much. */
  overflow = 0;
  /** Remembered now. */
  pieces = 0;
  readonly #bySubject = new Map<string, Known>();
  /** The same by a host's key object, which is one and the same for all it says. */
  readonly #byHost = new Map<HostKey, Known>();
  #pending: FoldedEvidence[] = [];
  readonly #isShare: boolean;
  readonly #maxPerHost: number;

  /**
   * A share's fold leaves it to the one that joins shares how many values are kept: what is one too many here may be
   * what another share told first.
   */
  constructor(isShare = false) {
    this.#isShare = isShare;
    this.#maxPerHost = isShare ? MAX_EVIDENCE_PER_SHARE : MAX_EVIDENCE_PER_HOST;
  }

  /** Takes one piece; returns its folded record so that repeats can be counted without reading again. */
  add(evidence: Evidence, place: Place): FoldedEvidence | undefined {
    const about = subjectOf(evidence.about, place);
    if (about === undefined) return undefined;
    const value = evidence.value.length > MAX_VALUE ? evidence.value.slice(0, MAX_VALUE) : evidence.value;
    if (value === "") return undefined;
    const host = evidence.about === "sender" || evidence.about === "receiver" ? (about as HostKey) : undefined;
    const folded = this.#folded(about, host, evidence.attribute, value, evidence.atMost ?? 0, place);
    if (folded !== undefined) this.repeat(folded, place);
    return folded;
  }

  /** Takes what another fold told, with the bounds that hold for one; in the order in which it was first said. */
  absorb(said: EvidenceObservation, atMost: number): void {
    const { about, protocol, firstAt, firstFrame } = said;
    const place = { protocol, at: firstAt, frame: firstFrame };
    const folded = this.#folded(about, undefined, said.attribute, said.value, atMost, place);
    if (folded === undefined) return;
    folded.count += said.count;
    if (firstAt < folded.firstAt) folded.firstAt = firstAt;
    if (said.lastAt > folded.lastAt) folded.lastAt = said.lastAt;
    this.#tell(folded, 0);
  }

  repeat(folded: FoldedEvidence, moment: Moment): void {
    folded.count++;
    if (moment.at > folded.lastAt) folded.lastAt = moment.at;
    else if (moment.at < folded.firstAt) folded.firstAt = moment.at;
    if (!folded.pending) this.#tell(folded, moment.ordinal);
  }

  /** The record of a piece, made when new; undefined when its subject has said too much already. */
  #folded(
    about: EvidenceObservation["about"],
    host: HostKey | undefined,
    attribute: string,
    value: string,
    atMost: number,
    place: Pick<Place, "protocol" | "at" | "frame">,
  ): FoldedEvidence | undefined {
    let known = this.#knownOf(about, host);
    let values = valuesOf(known, place.protocol, attribute);
    const before = values.get(value);
    if (before !== undefined) return before;
    if (known.size >= this.#maxPerHost) {
      this.overflow++;
      return undefined;
    }
    if (this.pieces >= MAX_PIECES) {
      this.#forget();
      known = this.#knownOf(about, host);
      values = valuesOf(known, place.protocol, attribute);
    }
    if (atMost > 0 && !this.#isShare && countOf(known, attribute) >= atMost) {
      this.overflow++;
      return undefined;
    }
    const folded: FoldedEvidence = {
      kind: "evidence",
      about,
      attribute,
      value,
      protocol: place.protocol,
      count: 0,
      firstAt: place.at,
      lastAt: place.at,
      pending: false,
      order: 0,
      atMost,
      ...(place.frame ? { firstFrame: place.frame } : {}),
    };
    values.set(value, folded);
    known.size++;
    this.pieces++;
    return folded;
  }

  #tell(folded: FoldedEvidence, order: number): void {
    if (folded.pending) return;
    folded.pending = true;
    folded.order = order;
    this.#pending.push(folded);
  }

  /** What waits for the next drain; whoever feeds this drains when it grows large. */
  get waiting(): number {
    return this.#pending.length;
  }

  drain(emit: (observation: EvidenceObservation, order: number, atMost: number) => void): void {
    const pending = this.#pending;
    this.#pending = [];
    for (const folded of pending) {
      const { about, attribute, value, protocol, count, firstAt, lastAt, firstFrame } = folded;
      const said: EvidenceObservation = { kind: "evidence", about, attribute, value, protocol, count, firstAt, lastAt };
      if (firstFrame !== undefined) said.firstFrame = firstFrame;
      emit(said, folded.order, folded.atMost);
      folded.pending = false;
      folded.count = 0;
    }
  }

  #knownOf(about: EvidenceObservation["about"], host: HostKey | undefined): Known {
    let known = host === undefined ? undefined : this.#byHost.get(host);
    if (known !== undefined) return known;
    const subject = subjectKey(about);
    known = this.#bySubject.get(subject);
    if (known === undefined) {
      if (this.#bySubject.size >= MAX_SUBJECTS) this.#forget();
      known = { size: 0, byProtocol: new Map() };
      this.#bySubject.set(subject, known);
    }
    if (host !== undefined) {
      if (this.#byHost.size >= MAX_SUBJECTS) this.#byHost.clear();
      this.#byHost.set(host, known);
    }
    return known;
  }

  #forget(): void {
    this.#bySubject.clear();
    this.#byHost.clear();
    this.pieces = 0;
  }

  /** Says everything known once more at the next drain (the agent came back and may have lost some). */
  repeatAll(): void {
    for (const known of this.#bySubject.values())
      for (const attributes of known.byProtocol.values())
        for (const values of attributes.values()) for (const folded of values.values()) this.#tell(folded, 0);
  }
}

function subjectOf(about: Subject, place: Place): EvidenceObservation["about"] | undefined {
  if (about === "sender") return place.sender;
  if (about === "receiver") return place.receiver;
  const { vlan } = place.sender;
  if ("mac" in about) return { mac: about.mac, vlan, ip: null };
  if ("ip" in about) return { mac: null, vlan, ip: about.ip };
  return { reported: about.reported, by: place.sender };
}

function valuesOf({ byProtocol }: Known, protocol: string, attribute: string): Map<string, FoldedEvidence> {
  let attributes = byProtocol.get(protocol);
  if (attributes === undefined) {
    attributes = new Map();
    byProtocol.set(protocol, attributes);
  }
  let values = attributes.get(attribute);
  if (values === undefined) {
    values = new Map();
    attributes.set(attribute, values);
  }
  return values;
}

function countOf({ byProtocol }: Known, attribute: string): number {
  let count = 0;
  for (const attributes of byProtocol.values()) count += attributes.get(attribute)?.size ?? 0;
  return count;
}

const subjectKey = (about: EvidenceObservation["about"]) =>
  "reported" in about ? `r ${about.reported}` : `${about.mac} ${about.vlan} ${about.ip}`;
