/** Devices read back from the ledger after a restart of the agent; what only counted traffic starts again. */
import { z } from "zod";
import { criticalityOf, type Device, type DeviceClass, isMedical, OTHER_CLASSES } from "../identify/device.ts";
import { parseIsoMicros } from "../time.ts";
import type { Ledger } from "./ledger.ts";
import type { Row } from "./rows.ts";

const time = z.string().transform((text) => parseIsoMicros(text) ?? 0);
const texts = z.array(z.string()).catch([]);
const textOrNull = z.string().nullable().catch(null);
const FIELDS = ["class", "maker", "model", "version", "serial", "os"] as const;
const SIDES = ["client", "server", "unknown"] as const;

/** Rows are checked when they come in from the disk: a damaged or newer one is left out, never believed. */
const deviceSchema = z.object({
  id: z.string().min(1),
  macs: texts,
  ips: texts,
  vlans: z.array(z.number().int()).catch([]),
  names: texts,
  class: z.string().catch("unknown"),
  maker: textOrNull,
  model: textOrNull,
  version: textOrNull,
  serial: textOrNull,
  os: textOrNull,
  confidence: z.number().min(0).max(1).catch(0),
  roles: texts,
  randomisedMac: z.boolean().catch(false),
  reportedBy: textOrNull,
  firstSeenAt: time,
  claims: z
    .array(z.object({ field: z.enum(FIELDS), value: z.string(), because: texts, confidence: z.number() }))
    .catch([]),
  contradictions: z.array(z.object({ field: z.enum(FIELDS), values: texts, because: texts })).catch([]),
});
const evidenceSchema = z.object({
  attribute: z.string(),
  value: z.string(),
  protocol: z.string(),
  firstSeenAt: time,
});
const serviceSchema = z.object({
  transport: z.enum(["tcp", "udp"]),
  port: z.number().int().min(0).max(65535),
  protocol: textOrNull,
  side: z.enum(SIDES).catch("unknown"),
});
const peerSchema = z.object({ peerId: textOrNull, remote: textOrNull, service: z.string() });
const periodSchema = z.object({ frames: z.number().min(0), bytes: z.number().min(0), lastSeenAt: time });
const aliasSchema = z.object({ alias: z.string(), deviceId: z.string() });

export interface DeviceRows {
  device: Row;
  evidence: Row[];
  services: Row[];
  peers: Row[];
  periods: Row[];
  aliases: string[];
}

/**
 * A device as identification left it: counters are the sum of its hours, times said of one thing restart at 1 and
 * peers at 0. Null when the device row can't be understood.
 */
export function deviceFromRows(rows: DeviceRows): Device | null {
  const device = deviceSchema.safeParse(rows.device.body);
  if (!device.success) return null;
  const periods = readAll(periodSchema, rows.periods);
  const evidence = readAll(evidenceSchema, rows.evidence);
  const times = [...periods.map((one) => one.lastSeenAt), ...evidence.map((one) => one.firstSeenAt)];
  const deviceClass = knownClass(device.data.class);
  return {
    ...device.data,
    aliases: [...rows.aliases].sort(),
    class: deviceClass,
    medical: isMedical(deviceClass),
    criticality: criticalityOf(deviceClass),
    lastSeenAt: times.reduce((last, at) => Math.max(last, at), device.data.firstSeenAt),
    frames: periods.reduce((sum, one) => sum + one.frames, 0),
    bytes: periods.reduce((sum, one) => sum + one.bytes, 0),
    services: readAll(serviceSchema, rows.services),
    peers: readAll(peerSchema, rows.peers).map(({ peerId, remote, service }) => ({
      deviceId: peerId,
      remote,
      service,
      frames: 0,
      bytes: 0,
    })),
    evidence: evidence.map((one) => ({
      ...one,
      count: 1,
      lastSeenAt: one.firstSeenAt,
      firstFrame: null,
    })),
  };
}

/** Every device of the ledger, one at a time. */
export function* devicesFromLedger(ledger: Ledger): IterableIterator<Device> {
  const aliases = new Map<string, string[]>();
  for (const { alias, deviceId } of readAll(aliasSchema, ledger.iterate("alias")))
    aliases.set(deviceId, [...(aliases.get(deviceId) ?? []), alias]);
  for (const row of ledger.iterate("device")) {
    const id = String(row.body.id);
    const formerIds = aliases.get(id) ?? [];
    const device = deviceFromRows({
      device: row,
      evidence: ledger.list("evidence", id),
      services: ledger.list("service", id),
      peers: ledger.list("peer", id),
      // What was counted before a merge stays under the former id, and belongs to the device all the same.
      periods: [id, ...formerIds].flatMap((one) => ledger.list("period", one)),
      aliases: formerIds,
    });
    if (device) yield device;
  }
}

const knownClass = (text: string): DeviceClass =>
  isMedical(text) || OTHER_CLASSES.includes(text as never) ? (text as DeviceClass) : "unknown";

function readAll<T>(schema: z.ZodType<T>, rows: Iterable<Row>): T[] {
  const good: T[] = [];
  for (const { body } of rows) {
    const read = schema.safeParse(body);
    if (read.success) good.push(read.data);
  }
  return good;
}
