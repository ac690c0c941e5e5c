/** What the page may ask and is told: GET /api/state once, then the WebSocket /api/feed. */
import type { WorkView } from "./shapes-detail.ts";

/** A tap as the page shows it. */
export interface TapView {
  tapId: string;
  name: string;
  version: string;
  connected: boolean;
  /** ISO 8601 UTC; null before the first summary. */
  lastHeardAt: string | null;
  /** off | solid | slow | fast | double (or what a newer tap says). */
  lights: { health: string; mirror: string; uplink: string; alert: string };
  lightWords: { health: string; mirror: string; uplink: string; alert: string };
  devices: number;
  openFindings: number;
  framesPerSecond: number;
  framesLost: number | null;
  observationsLost: number;
  backlog: number;
  interfaces: string[];
}

/** A device as the list shows it. */
export interface DeviceView {
  /** The register's own id. */
  registerId: string;
  tapId: string;
  deviceId: string;
  class: string;
  medical: boolean;
  criticality: string | null;
  maker: string | null;
  model: string | null;
  version: string | null;
  serial: string | null;
  os: string | null;
  names: string[];
  macs: string[];
  ips: string[];
  vlans: number[];
  roles: string[];
  confidence: number;
  why: string;
  firstSeenAt: string;
  lastSeenAt: string;
  openFindings: number;
}

/** One line of the feed. */
export interface FeedItem {
  /** Rises by one; the page drops what it has. */
  number: number;
  at: string;
  tapId: string;
  kind:
    | "device-new"
    | "device-changed"
    | "device-gone"
    | "finding-new"
    | "finding-changed"
    | "tap-connected"
    | "tap-gone";
  deviceId: string | null;
  /** Plain text, one sentence. May hold text that devices gave: shown as text, never as HTML. */
  text: string;
  /** Lines with the same are about the same thing and may be shown as one; null: stands alone. */
  group: string | null;
}

export interface FindingView {
  /** The register's own id, for the finding's address. */
  registerId: string;
  tapId: string;
  findingId: string;
  deviceId: string | null;
  rule: string;
  severity: string;
  certainty: string;
  state: string;
  title: string;
  why: string;
  advice: string;
  firstSeenAt: string;
  lastSeenAt: string;
}

export interface ConsoleState {
  version: string;
  taps: TapView[];
  devices: DeviceView[];
  findings: FindingView[];
  /** Newest first. */
  feed: FeedItem[];
  /** What was asked of taps and isn't answered yet, oldest first. */
  work: WorkView[];
}

/** Server → page over /api/feed; the first message is always `state`. */
export type FeedMessage =
  | { type: "state"; state: ConsoleState }
  | { type: "tap"; tap: TapView }
  | { type: "tap-gone"; tapId: string }
  | { type: "device"; device: DeviceView }
  | { type: "device-gone"; registerId: string }
  | { type: "seen"; tapId: string; devices: { deviceId: string; lastSeenAt: string }[] }
  | { type: "finding"; finding: FindingView }
  | { type: "work"; work: WorkView }
  | { type: "feed"; item: FeedItem };
