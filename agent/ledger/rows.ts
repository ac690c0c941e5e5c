/** Row kinds of the ledger: what replicates to the console, each with key, revision, version and body. */

export const ROW_KINDS = [
  "device",
  "evidence",
  "service",
  "peer",
  "finding",
  "alias",
  "period",
  "habit",
  "tombstone",
] as const;
export type RowKind = (typeof ROW_KINDS)[number];
export const isRowKind = (kind: unknown): kind is RowKind => ROW_KINDS.includes(kind as RowKind);

/** The version of each kind's body; raised when its meaning changes. */
export const ROW_VERSION: Record<RowKind, number> = {
  device: 1,
  evidence: 1,
  service: 1,
  peer: 1,
  finding: 1,
  alias: 1,
  period: 1,
  habit: 1,
  tombstone: 1,
};

/**
 * One row. `key` is unique within its kind:
 * device: device id · evidence: device id, protocol, attribute, value · service: device id, transport, port, side ·
 * peer: device id, peer id or address, service · finding: finding id · alias: alias id ·
 * period: device id (or "tap"), hour · habit: what (ward, device or profile), its id or key · tombstone: kind and key of the row that is gone.
 * Text parts are joined by a space after percent-encoding spaces in them.
 */
export interface Row {
  kind: RowKind;
  key: string;
  /** Rises with every change of meaning; unique over the whole ledger. */
  revision: number;
  version: number;
  body: Record<string, unknown>;
}

/** What a writer hands in: the ledger gives the revision, and none when nothing changed. */
export type RowChange = Omit<Row, "revision" | "version">;

/** Bodies. All times are ISO 8601 UTC text with six decimals. */
export interface DeviceBody {
  id: string;
  macs: string[];
  ips: string[];
  vlans: number[];
  names: string[];
  class: string;
  medical: boolean;
  criticality: string | null;
  maker: string | null;
  model: string | null;
  version: string | null;
  serial: string | null;
  os: string | null;
  confidence: number;
  roles: string[];
  randomisedMac: boolean;
  reportedBy: string | null;
  firstSeenAt: string;
  claims: { field: string; value: string; because: string[]; confidence: number }[];
  contradictions: { field: string; values: string[]; because: string[] }[];
  /** One sentence in plain words: why we think so. */
  why: string;
}
export interface EvidenceBody {
  deviceId: string;
  attribute: string;
  value: string;
  protocol: string;
  firstSeenAt: string;
}
export interface ServiceBody {
  deviceId: string;
  transport: string;
  port: number;
  protocol: string | null;
  side: string;
  firstSeenAt: string;
}
export interface PeerBody {
  deviceId: string;
  peerId: string | null;
  remote: string | null;
  service: string;
  firstSeenAt: string;
}
/**
 * A finding. Counts and last times follow the traffic: they are as of `countedAt`, told when something else changed and
 * else ever more rarely (after an hour at the earliest, a day at the latest), so that they wear neither card nor link.
 */
export interface FindingBody {
  id: string;
  rule: string;
  severity: string;
  certainty: string;
  state: string;
  about: string;
  deviceId: string | null;
  relatedDeviceIds: string[];
  title: string;
  why: string;
  advice: string;
  vulnerabilities: {
    cve: string;
    verdict: string;
    scores: { value: number; source: string }[];
    kev: boolean;
    ransomware: boolean;
    advisory: string;
    because?: string;
  }[];
  /** Digest of the knowledge it was judged by. */
  knowledgeVersion?: string | null;
  evidence: {
    attribute: string;
    value: string;
    protocol: string;
    firstSeenAt: string;
    count?: number;
    lastSeenAt?: string;
  }[];
  /** With whom, over which service. */
  between?: { deviceId: string | null; remote: string | null; service: string }[];
  firstSeenAt: string;
  lastSeenAt?: string;
  countedAt?: string;
  /** How often it was seen anew. */
  times?: number;
  /** Pieces of evidence not shown. */
  evidenceLeftOut?: number;
  /** Null while it was never moved from open. */
  work?: WorkBody | null;
  /** Ids it had before devices were merged. */
  formerIds?: string[];
  /** With rule and device this makes the id. */
  key?: string;
  /** Short hashes of what the behaviour consists of. */
  marks?: string[];
  /** Days on which its device was heard and it was not, and the last of them (days since 1970). */
  quietDays?: number;
  quietDay?: number;
}
/** Who put a finding into its present state, when and why: a person's name, or "wardtap". */
export interface WorkBody {
  by: string;
  at: string;
  reason: string | null;
  /** Of an accepted risk: the compensating control, who answers for it, until when. */
  control: string | null;
  owner: string | null;
  reviewAt: string | null;
  /** What was known when it was decided; more than this opens it again. */
  basis: { severity: string; certainty: string; marks: string[]; relatedDeviceIds: string[] } | null;
  /** Oldest first. */
  history: HistoryBody[];
  /** Entries that made room. */
  historyLeftOut: number;
}
export interface HistoryBody {
  at: string;
  by: string;
  /**
   * acknowledged, accepted, resolved, false-alarm, reopened: done by somebody. review-due, widened, seen-again, ended,
   * merged: noted by wardtap.
   */
  what: string;
  why: string | null;
  control?: string;
  owner?: string;
  reviewAt?: string;
}
export interface AliasBody {
  alias: string;
  deviceId: string;
  because: string;
  at: string;
}
/** Counters of one device in one hour; the only kind that traffic alone may change. */
export interface PeriodBody {
  deviceId: string;
  hourAt: string;
  frames: number;
  bytes: number;
  lastSeenAt: string;
}
/** A profile (what is usual for a model or one device), what is unusual about a device, or when the ward was begun. */
export type HabitBody =
  | { what: "ward"; since: string }
  | {
      what: "profile";
      profile: string;
      maker: string | null;
      model: string | null;
      class: string;
      since: string;
      /** Port -1 is any, 32768 any from there on; peers are device ids, addresses, networks or "any inside" and such. */
      services: {
        side: string;
        transport: string;
        port: number;
        protocol: string | null;
        peers: { place: string; peer: string; address: string | null }[];
      }[];
      merged: number;
    }
  | {
      what: "device";
      deviceId: string;
      profile: string;
      since: string;
      again: boolean;
      longestPauseMinutes: number;
      deviations: {
        side: string;
        transport: string;
        port: number;
        protocol: string | null;
        place: string;
        peer: string;
        alsoPeer: string | null;
        address: string | null;
        isNewPeer: boolean;
        isNewService: boolean;
        firstSeenAt: string;
        /** The day: a row may not change with every frame. */
        lastSeenDay: string;
      }[];
      moreDeviations: boolean;
    };
export interface TombstoneBody {
  kind: RowKind;
  key: string;
  at: string;
}

const part = (text: string | number | null) =>
  String(text ?? "")
    .replaceAll("%", "%25")
    .replaceAll(" ", "%20");
export const rowKey = (...parts: (string | number | null)[]) => parts.map(part).join(" ");

/** The change that takes a row away: handed to the ledger in a batch like any other. `at` is ISO 8601 UTC. */
export const tombstone = (kind: RowKind, key: string, at: string): RowChange => ({
  kind: "tombstone",
  key: rowKey(kind, key),
  body: { kind, key, at } satisfies TombstoneBody,
});
