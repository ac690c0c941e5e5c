/** One observation of each kind, to be changed where a test cares. */
import type {
  CountsObservation,
  EvidenceObservation,
  FlowObservation,
  HostKey,
  PresenceObservation,
} from "../../../agent/observe/observation.ts";

export const PUMP: HostKey = { mac: "00:03:b1:00:00:01", vlan: 0, ip: "10.0.0.1" };
export const ENGINE: HostKey = { mac: "00:50:56:00:00:02", vlan: 0, ip: "10.0.0.2" };
const AT = 1_700_000_000_000_000;

export const presence = (more: Partial<PresenceObservation> = {}): PresenceObservation => ({
  kind: "presence",
  host: PUMP,
  sentFrames: 1,
  sentBytes: 100,
  receivedFrames: 0,
  receivedBytes: 0,
  ttl: 64,
  firstAt: AT,
  lastAt: AT,
  ...more,
});

export const evidence = (more: Partial<EvidenceObservation> = {}): EvidenceObservation => ({
  kind: "evidence",
  about: PUMP,
  attribute: "dhcp.option.hostname",
  value: "ICU-PUMP-01",
  protocol: "dhcp",
  count: 1,
  firstAt: AT,
  lastAt: AT,
  ...more,
});

export const flow = (more: Partial<FlowObservation> = {}): FlowObservation => ({
  kind: "flow",
  transport: "tcp",
  a: PUMP,
  b: ENGINE,
  port: 2575,
  flows: 1,
  server: "b",
  serverBy: "handshake",
  protocol: "hl7",
  answered: true,
  frames: 10,
  bytes: 1000,
  firstAt: AT,
  lastAt: AT,
  ...more,
});

export const counts = (more: Partial<CountsObservation> = {}): CountsObservation => ({
  kind: "counts",
  at: AT,
  interface: "eth1",
  frames: 0,
  bytes: 0,
  framesLost: 0,
  observationsLost: 0,
  duplicates: 0,
  droppedNames: 0,
  malformed: {},
  unknown: {},
  mirror: { linkUp: true, toMany: 0, unicast: 0, bothDirections: 0, oneDirection: 0 },
  transmitted: 0,
  hiddenAccessPoints: 0,
  ...more,
});
