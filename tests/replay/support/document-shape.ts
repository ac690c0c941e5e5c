/** The contract of `wardtap replay --json`, said once more and independently of the code that writes it. */
import { z } from "zod";
import { MEDICAL_CLASSES, OTHER_CLASSES } from "../../../agent/identify/device.ts";

/** ISO 8601 UTC with six decimals. */
const time = z.string().regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z$/);
const count = z.number().int().min(0);
const twoDecimals = z
  .number()
  .min(0)
  .max(1)
  .refine((value) => Math.round(value * 100) / 100 === value, "more than two decimals");
const deviceId = z.string().regex(/^dev-[0-9a-f]{16}$/);
const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);
const field = z.enum(["class", "maker", "model", "version", "serial", "os"]);
const text = z.string().min(1);

const evidence = z.strictObject({
  attribute: text,
  value: text.max(256),
  protocol: text,
  count: count.min(1),
  firstSeenAt: time,
  lastSeenAt: time,
  // What only a port suggests stands in no frame of its own.
  firstFrame: z.strictObject({ file: text, number: count.min(1) }).nullable(),
});

const device = z.strictObject({
  id: deviceId,
  aliases: z.array(deviceId),
  macs: z.array(z.string().regex(/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/)),
  ips: z.array(text),
  vlans: z.array(z.number().int().min(1).max(4095)),
  names: z.array(text),
  class: z.enum([...(Object.keys(MEDICAL_CLASSES) as [keyof typeof MEDICAL_CLASSES]), ...OTHER_CLASSES]),
  medical: z.boolean(),
  criticality: z.enum(["life-sustaining", "treatment", "diagnostic", "support"]).nullable(),
  maker: text.nullable(),
  model: text.nullable(),
  version: text.nullable(),
  serial: text.nullable(),
  os: text.nullable(),
  confidence: twoDecimals,
  roles: z.array(text),
  randomisedMac: z.boolean(),
  reportedBy: deviceId.nullable(),
  firstSeenAt: time,
  lastSeenAt: time,
  frames: count,
  bytes: count,
  services: z.array(
    z.strictObject({
      transport: z.enum(["tcp", "udp"]),
      port: z.number().int().min(0).max(65_535),
      protocol: text.nullable(),
      side: z.enum(["client", "server", "unknown"]),
    }),
  ),
  peers: z.array(
    z.strictObject({
      deviceId: deviceId.nullable(),
      remote: text.nullable(),
      service: z.string().regex(/^(tcp|udp)\/\d{1,5}$/),
      frames: count,
      bytes: count,
    }),
  ),
  evidence: z.array(evidence),
  claims: z.array(z.strictObject({ field, value: text, because: z.array(text).min(1), confidence: twoDecimals })),
  contradictions: z.array(z.strictObject({ field, values: z.array(text).min(2), because: z.array(text).min(2) })),
  why: text,
});

const finding = z.strictObject({
  id: z.string().regex(/^fnd-[0-9a-f]{16}$/),
  rule: text,
  severity: z.enum(["info", "low", "medium", "high", "critical"]),
  certainty: z.enum(["confirmed", "likely", "possible"]),
  state: z.literal("open"),
  about: z.enum(["device", "network", "tap"]),
  deviceId: deviceId.nullable(),
  relatedDeviceIds: z.array(deviceId),
  title: text,
  why: text,
  advice: text,
  vulnerabilities: z.array(
    z.strictObject({
      cve: z.string().regex(/^CVE-\d{4}-\d{4,}$/),
      verdict: z.enum(["confirmed", "likely", "possible", "not-affected"]),
      scores: z.array(z.strictObject({ value: z.number().min(0).max(10), source: text })),
      kev: z.boolean(),
      ransomware: z.boolean(),
      advisory: text,
      because: text,
    }),
  ),
  knowledgeVersion: z.string().regex(/^sha256:[0-9a-f]{64}$/),
  evidence: z.array(evidence),
  between: z
    .array(z.strictObject({ deviceId: deviceId.nullable(), remote: text.nullable(), service: text }))
    .optional(),
  firstSeenAt: time,
  lastSeenAt: time,
});

export const documentShape = z.strictObject({
  schema: z.literal(1),
  tap: z.strictObject({
    id: z.literal("replay"),
    version: z.string().regex(/^\d+\.\d+\.\d+/),
    knowledge: digest,
    config: digest,
  }),
  capture: z.strictObject({
    frames: count,
    bytes: count,
    firstFrameAt: time.nullable(),
    lastFrameAt: time.nullable(),
    truncated: z.boolean(),
    interfaces: z.array(z.string()),
    malformed: z.record(text, count.min(1)),
    unknown: z.record(text, count.min(1)),
    duplicates: count,
    droppedNames: count,
    hiddenAccessPoints: count,
  }),
  devices: z.array(device),
  findings: z.array(finding),
});

export type ReplayDocument = z.infer<typeof documentShape>;

const isSorted = (keys: readonly string[]) => keys.every((key, index) => index === 0 || keys[index - 1]! <= key);

/** Sentences about what breaks the contract beyond the shape: order, references, sums. */
export function complaints(document: ReplayDocument): string[] {
  const found: string[] = [];
  const ids = new Set(document.devices.map(({ id }) => id));
  const sorted = (name: string, keys: readonly string[]) => {
    if (!isSorted(keys)) found.push(`${name} are not in order of code units`);
    if (new Set(keys).size !== keys.length) found.push(`${name} hold something twice`);
  };
  sorted(
    "devices",
    document.devices.map(({ id }) => id),
  );
  sorted(
    "findings",
    document.findings.map(({ id }) => id),
  );
  sorted("malformed", Object.keys(document.capture.malformed));
  sorted("unknown", Object.keys(document.capture.unknown));
  for (const one of document.devices) {
    const at = `${one.id} `;
    sorted(`${at}aliases`, one.aliases);
    sorted(`${at}macs`, one.macs);
    sorted(`${at}ips`, one.ips);
    sorted(`${at}roles`, one.roles);
    sorted(
      `${at}evidence`,
      one.evidence.map((piece) => `${piece.attribute}\0${piece.value}\0${piece.protocol}`),
    );
    sorted(
      `${at}peers`,
      one.peers.map((peer) => `${peer.deviceId ?? ""} ${peer.remote ?? ""} ${peer.service}`),
    );
    sorted(
      `${at}services`,
      one.services.map((service) => `${service.transport} ${String(service.port).padStart(5, "0")} ${service.side}`),
    );
    if (one.macs.length + one.ips.length === 0 && one.reportedBy === null && one.evidence.length === 0)
      found.push(`${at}is nobody`);
    if (one.firstSeenAt > one.lastSeenAt) found.push(`${at}was last seen before it was first seen`);
    if (one.medical !== Object.hasOwn(MEDICAL_CLASSES, one.class))
      found.push(`${at}medical doesn't agree with its class`);
    if ((one.criticality !== null) !== one.medical) found.push(`${at}criticality doesn't agree with medical`);
    if (one.reportedBy !== null && !ids.has(one.reportedBy)) found.push(`${at}is reported by nobody`);
    for (const peer of one.peers) {
      if ((peer.deviceId === null) === (peer.remote === null)) found.push(`${at}has a peer that is neither or both`);
      if (peer.deviceId !== null && !ids.has(peer.deviceId)) found.push(`${at}talks to a device that isn't there`);
      if (peer.deviceId === one.id) found.push(`${at}is its own peer`);
    }
    for (const mac of one.macs)
      if ((Number.parseInt(mac.slice(0, 2), 16) & 1) !== 0 || mac === "00:00:00:00:00:00")
        found.push(`${at}has the MAC ${mac}`);
    for (const ip of one.ips) if (NO_DEVICE_IP.test(ip)) found.push(`${at}has the address ${ip}`);
  }
  for (const one of document.findings) {
    if ((one.deviceId === null) !== (one.about !== "device"))
      found.push(`${one.id} is about ${one.about} but names ${one.deviceId}`);
    for (const id of [one.deviceId, ...one.relatedDeviceIds])
      if (id !== null && !ids.has(id)) found.push(`${one.id} names a device that isn't there`);
  }
  return found;
}

/** Nobody's own: unspecified, loopback, multicast, broadcast. */
const NO_DEVICE_IP = /^(0\.|127\.|22[4-9]\.|23\d\.|255\.255\.255\.255$|ff|::1?$)/;
