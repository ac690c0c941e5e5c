/** What the agent accepts from the pipe: the sniffer handles hostile bytes, so its words are checked too. */
import { isIP } from "node:net";
import { z } from "zod";
import type { Observation } from "../observe/observation.ts";

const count = z.number().min(0).max(Number.MAX_SAFE_INTEGER);
const at = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
/** Different things counted by name; more is no sniffer of ours. */
const MAX_COUNT_NAMES = 1024;
const counts = z
  .record(z.string().max(64), count)
  .refine((value) => Object.keys(value).length <= MAX_COUNT_NAMES, "too many names");
const host = z.object({
  mac: z
    .string()
    .regex(/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/)
    .nullable(),
  vlan: z.number().int().min(0).max(0xffffff),
  ip: z
    .string()
    .max(45)
    .refine((text) => isIP(text) !== 0, "no IP address")
    .nullable(),
});
const port = z.number().int().min(0).max(65_535);

export const observationSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("presence"),
    host,
    sentFrames: count,
    sentBytes: count,
    receivedFrames: count,
    receivedBytes: count,
    ttl: z.number().int().min(0).max(255),
    firstAt: at,
    lastAt: at,
  }),
  z.object({
    kind: z.literal("evidence"),
    about: z.union([host, z.object({ reported: z.string().min(1).max(256), by: host })]),
    attribute: z.string().max(80),
    value: z.string().max(256),
    protocol: z.string().max(40),
    count,
    firstAt: at,
    lastAt: at,
  }),
  z.object({
    kind: z.literal("flow"),
    transport: z.enum(["tcp", "udp"]),
    a: host,
    b: host,
    port,
    flows: count,
    server: z.enum(["a", "b", "unknown"]),
    serverBy: z.enum(["content", "handshake", "port"]).nullable(),
    protocol: z.string().max(40).nullable(),
    answered: z.boolean(),
    frames: count,
    bytes: count,
    firstAt: at,
    lastAt: at,
  }),
  z.object({
    kind: z.literal("fan-out"),
    by: host,
    what: z.enum(["hosts", "ports"]),
    port,
    tried: count,
    answered: count,
    firstAt: at,
    lastAt: at,
  }),
  z.object({
    kind: z.literal("counts"),
    at,
    interface: z.string().min(1).max(64),
    frames: count,
    bytes: count,
    framesLost: count.nullable(),
    observationsLost: count,
    duplicates: count,
    droppedNames: count,
    malformed: counts,
    unknown: counts,
    mirror: z.object({
      linkUp: z.boolean().nullable(),
      toMany: count,
      unicast: count,
      bothDirections: count,
      oneDirection: count,
    }),
    transmitted: count.nullable(),
    hiddenAccessPoints: count,
  }),
]) satisfies z.ZodType<Observation>;
