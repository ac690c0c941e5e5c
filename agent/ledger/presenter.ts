/** Devices as ledger rows: what of them is meaning (a row) and what is traffic (`period`, periods.ts). */
import { createHash } from "node:crypto";
import type { Device, DeviceEvidence } from "../identify/device.ts";
import { isoMicros } from "../time.ts";
import { BOUNDS } from "./bounds.ts";
import type { Ledger } from "./ledger.ts";
import {
  type AliasBody,
  type DeviceBody,
  type EvidenceBody,
  type PeerBody,
  type Row,
  type RowChange,
  type RowKind,
  rowKey,
  type ServiceBody,
  tombstone,
} from "./rows.ts";
import { whySentence } from "./words.ts";

/** A longer value gives its key a hash instead; the body holds it whole. */
const MAX_VALUE_IN_KEY = 256;

type Reader = Pick<Ledger, "get" | "list">;
export interface PresentOptions {
  /** After a split: what the ledger holds of this device and the device no longer has goes. */
  exact?: boolean;
  /** A rule id in words for `why`; the id itself by default. */
  explain?: (rule: string) => string;
  /** Why in plain words, when identification has said it already. */
  why?: string;
}

/** Everything the ledger should say of one device now. Saying the same again costs no revision. */
export function deviceChanges(device: Device, ledger: Reader, options: PresentOptions = {}): RowChange[] {
  const changes: RowChange[] = [change("device", rowKey(device.id), deviceBody(device, options))];
  // A split revives what was an alias.
  if (ledger.get("alias", rowKey(device.id)))
    changes.push(tombstone("alias", rowKey(device.id), isoMicros(device.lastSeenAt)));
  for (const alias of device.aliases) changes.push(...aliasChanges(alias, device, ledger));
  for (const kind of ["evidence", "service", "peer"] as const)
    changes.push(...partChanges(kind, device, ledger, options.exact ?? false));
  return changes;
}

const change = (kind: RowKind, key: string, body: object): RowChange => ({ kind, key, body: { ...body } });

const deviceBody = (device: Device, { explain, why }: PresentOptions): DeviceBody => ({
  id: device.id,
  macs: device.macs,
  ips: device.ips,
  vlans: device.vlans,
  names: device.names,
  class: device.class,
  medical: device.medical,
  criticality: device.criticality,
  maker: device.maker,
  model: device.model,
  version: device.version,
  serial: device.serial,
  os: device.os,
  confidence: device.confidence,
  roles: device.roles,
  randomisedMac: device.randomisedMac,
  reportedBy: device.reportedBy,
  firstSeenAt: isoMicros(device.firstSeenAt),
  claims: device.claims,
  contradictions: device.contradictions,
  why: why ?? whySentence(device, explain),
});

/** A merged device leaves an alias; its own rows go, for the device that took it in says them now. */
function aliasChanges(alias: string, device: Device, ledger: Reader): RowChange[] {
  const key = rowKey(alias);
  if (alias === device.id || ledger.get("alias", key)?.body.deviceId === device.id) return [];
  const at = isoMicros(device.lastSeenAt);
  const gone = (["evidence", "service", "peer"] as const).flatMap((kind) => ledger.list(kind, alias));
  return [
    change("alias", key, { alias, deviceId: device.id, because: "merged", at } satisfies AliasBody),
    ...gone.map((row) => tombstone(row.kind, row.key, at)),
    tombstone("device", key, at),
  ];
}

type PartKind = "evidence" | "service" | "peer";
interface Part {
  key: string;
  body: EvidenceBody | ServiceBody | PeerBody;
}

function partChanges(kind: PartKind, device: Device, ledger: Reader, exact: boolean): RowChange[] {
  const held = new Map(ledger.list(kind, device.id).map((row) => [row.key, row]));
  const parts = partsOf(kind, device).map(({ key, body }) => {
    // A restart must not make what was known look new. Only evidence brings a time of its own that may be earlier.
    const before = held.get(key)?.body.firstSeenAt;
    const keep = typeof before === "string" && (kind !== "evidence" || before < body.firstSeenAt);
    const firstSeenAt = keep ? before : body.firstSeenAt;
    return { key, body: { ...body, firstSeenAt } };
  });
  const now = new Set(parts.map((part) => part.key));
  const gone = [...held.values()].filter((row) => !now.has(row.key) && (exact || isOutdated(row, now, ledger)));
  // What the ledger would cut for its bound is not offered to it, else each would undo the other for ever.
  const kept = parts.sort(byFirstSeen).slice(-(BOUNDS[kind].perDevice ?? parts.length));
  return [
    ...kept.map(({ key, body }) => change(kind, key, body)),
    ...gone.map((row) => tombstone(kind, row.key, isoMicros(device.lastSeenAt))),
  ];
}

const byFirstSeen = (a: Part, b: Part) => {
  const [left, right] = [`${a.body.firstSeenAt} ${a.key}`, `${b.body.firstSeenAt} ${b.key}`];
  return left < right ? -1 : left > right ? 1 : 0;
};

/** A row that a better known one replaces: a service whose side is known now, a peer that was merged into another. */
function isOutdated({ kind, body }: Row, now: Set<string>, ledger: Reader): boolean {
  if (kind === "service" && body.side === "unknown")
    return ["client", "server"].some((side) =>
      now.has(rowKey(String(body.deviceId), String(body.transport), Number(body.port), side)),
    );
  return kind === "peer" && typeof body.peerId === "string" && ledger.get("alias", rowKey(body.peerId)) !== undefined;
}

function partsOf(kind: PartKind, device: Device): Part[] {
  const deviceId = device.id;
  // Identification doesn't time these: new ones count from when the device was last heard.
  const firstSeenAt = isoMicros(device.lastSeenAt);
  if (kind === "evidence")
    return device.evidence.map((one) => ({ key: evidenceKey(deviceId, one), body: evidenceBody(deviceId, one) }));
  if (kind === "service")
    return device.services.map(({ transport, port, protocol, side }) => ({
      key: rowKey(deviceId, transport, port, side),
      body: { deviceId, transport, port, protocol, side, firstSeenAt },
    }));
  return device.peers.map(({ deviceId: peerId, remote, service }) => ({
    key: rowKey(deviceId, peerId ?? remote, service),
    body: { deviceId, peerId, remote, service, firstSeenAt },
  }));
}

const evidenceBody = (deviceId: string, one: DeviceEvidence): EvidenceBody => ({
  deviceId,
  attribute: one.attribute,
  value: one.value,
  protocol: one.protocol,
  firstSeenAt: isoMicros(one.firstSeenAt),
});

function evidenceKey(deviceId: string, { protocol, attribute, value }: DeviceEvidence): string {
  const short = value.length <= MAX_VALUE_IN_KEY ? value : `sha256:${createHash("sha256").update(value).digest("hex")}`;
  return rowKey(deviceId, protocol, attribute, short);
}
