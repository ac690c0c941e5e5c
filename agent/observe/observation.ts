/** What goes down the one-way pipe: evidence and traffic, pinned to addresses, times and protocols. */

/** One host as the wire shows it. `mac` is null where the link has none, `ip` null for link-only traffic. */
export interface HostKey {
  mac: string | null;
  /** VLAN scope as in Packet.vlan. */
  vlan: number;
  ip: string | null;
}

/** Where in the input an observation was first made; absent live. */
export interface FrameReference {
  file: string;
  number: number;
}

/** Traffic of one host since the last such observation. */
export interface PresenceObservation {
  kind: "presence";
  host: HostKey;
  /** Frames and bytes sent since last time. A host that only ever received is no proof of a device. */
  sentFrames: number;
  sentBytes: number;
  receivedFrames: number;
  receivedBytes: number;
  /** Highest TTL (hop limit) of unicast IP packets it sent; 0 when none. Lowered by routers on the way. */
  ttl: number;
  /** Microseconds. */
  firstAt: number;
  lastAt: number;
}

export interface EvidenceObservation {
  kind: "evidence";
  /** The host, or reported equipment and the host that reports it. */
  about: HostKey | { reported: string; by: HostKey };
  attribute: string;
  value: string;
  protocol: string;
  /** Times said since the last observation of the same thing. */
  count: number;
  firstAt: number;
  lastAt: number;
  firstFrame?: FrameReference;
}

/** Traffic of two hosts over one service since last time, over all its flows. `a` sent the first packet. */
export interface FlowObservation {
  kind: "flow";
  transport: "tcp" | "udp";
  a: HostKey;
  b: HostKey;
  /** The server's port; when neither side is known to serve, the lower of the two. */
  port: number;
  /** Flows (client ports) that this adds up. */
  flows: number;
  server: "a" | "b" | "unknown";
  /** How `server` is known; a port is only a hint. */
  serverBy: "content" | "handshake" | "port" | null;
  /** By content; null when no dissector knew it. */
  protocol: string | null;
  /** True when both sides were heard (a TCP connection that was answered, a UDP reply). */
  answered: boolean;
  frames: number;
  bytes: number;
  firstAt: number;
  lastAt: number;
}

/** How many addresses or ports a host tried to reach in one window of five minutes; told again as it grows. */
export interface FanOutObservation {
  kind: "fan-out";
  by: HostKey;
  /** hosts: one port at many addresses (port 0: asked for by ARP); ports: many ports of one address. */
  what: "hosts" | "ports";
  port: number;
  tried: number;
  answered: number;
  firstAt: number;
  lastAt: number;
}

/** Totals of the sniffer since it started; also its sign of life. */
export interface CountsObservation {
  kind: "counts";
  /** Microseconds, by the capture's clock. */
  at: number;
  interface: string;
  frames: number;
  bytes: number;
  framesLost: number | null;
  observationsLost: number;
  duplicates: number;
  droppedNames: number;
  malformed: Record<string, number>;
  unknown: Record<string, number>;
  mirror: MirrorCounts;
  /** Frames the port itself has sent (kernel counter); null when not known. Must be 0. */
  transmitted: number | null;
  /** Access points whose client traffic is encrypted in CAPWAP, so their clients are hidden. */
  hiddenAccessPoints: number;
}

/** What the mirror verdict is made from, since the sniffer started. */
export interface MirrorCounts {
  linkUp: boolean | null;
  /** Frames to broadcast or multicast: these reach any port, mirrored or not. */
  toMany: number;
  /** Unicast frames between other people's MACs. */
  unicast: number;
  /** Unicast conversations (MAC pairs) heard in both directions, and in one direction only. */
  bothDirections: number;
  oneDirection: number;
}

export type Observation =
  | PresenceObservation
  | EvidenceObservation
  | FlowObservation
  | FanOutObservation
  | CountsObservation;
