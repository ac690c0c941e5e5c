/** What tap and console say to each other: subprotocol wardtap.v1, JSON text messages, checked at both ends. */
import { z } from "zod";

export const SUBPROTOCOL = "wardtap.v1";
/** One WebSocket message may be this long at most (bytes); a batch of rows is cut to fit. */
export const MAX_MESSAGE_BYTES = 1024 * 1024;
export const MAX_ROWS_PER_MESSAGE = 500;
/** Close code: a newer connection with the same tap id took this one's place. */
export const CLOSE_REPLACED = 4001;

const text = (max: number) => z.string().max(max);
const ledgerId = z.string().regex(/^[0-9a-f]{32}$/);
const revision = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

/** Unknown fields are kept and unknown kinds are stored as given, so that a newer end can read them. */
export const rowSchema = z.looseObject({
  kind: text(32),
  key: text(2048),
  revision,
  version: z.number().int().min(1),
  body: z.record(z.string(), z.unknown()),
});

/** One of: off, solid, slow, fast, double; a state this console doesn't know is shown as given. */
const lightStatesSchema = z.looseObject({
  health: text(16),
  mirror: text(16),
  uplink: text(16),
  alert: text(16),
});

/** Plain words for each light, as on the printed card. */
const lightWordsSchema = z.looseObject({
  health: text(200),
  mirror: text(200),
  uplink: text(200),
  alert: text(200),
});

const helloSchema = z.looseObject({
  type: z.literal("hello"),
  tapId: z.string().regex(/^[A-Za-z0-9._-]{1,64}$/),
  /** The name people gave it: "Ward 7". */
  name: text(120),
  ledgerId,
  version: text(64),
  /** Highest revision in the ledger now. */
  revision,
});

export const rowsSchema = z.looseObject({
  type: z.literal("rows"),
  ledgerId,
  rows: z.array(rowSchema).max(MAX_ROWS_PER_MESSAGE),
  /** This batch holds every row above this revision, so a console sees a gap before it acknowledges past it. */
  after: revision.optional(),
  /** Every row up to this revision has now been sent. */
  upTo: revision,
});

/** Live state: may be dropped. */
export const summarySchema = z.looseObject({
  type: z.literal("summary"),
  at: text(40),
  lights: lightStatesSchema,
  lightWords: lightWordsSchema.optional(),
  devices: z.number().int().min(0),
  openFindings: z.number().int().min(0),
  framesPerSecond: z.number().min(0),
  bytesPerSecond: z.number().min(0),
  framesLost: z.number().min(0).nullable(),
  observationsLost: z.number().min(0),
  /** Rows not yet acknowledged. */
  backlog: z.number().int().min(0),
  interfaces: z.array(text(64)).max(16),
  /** Most recently heard devices, newest first. */
  active: z.array(z.looseObject({ deviceId: text(64), lastSeenAt: text(40) })).max(200),
});

const answerSchema = z.looseObject({
  type: z.literal("answer"),
  commandId: text(64),
  ok: z.boolean(),
  message: text(500),
});

export const fromTapSchema = z.discriminatedUnion("type", [helloSchema, rowsSchema, summarySchema, answerSchema]);

const welcomeSchema = z.looseObject({
  type: z.literal("welcome"),
  ledgerId,
  /** What the console has committed of this ledger; 0 when it knows nothing of it. */
  revision,
});
const ackSchema = z.looseObject({ type: z.literal("ack"), ledgerId, revision });
const commandSchema = z.looseObject({
  type: z.literal("command"),
  commandId: text(64),
  command: text(32),
  arguments: z.record(z.string(), z.unknown()),
});
const refusedSchema = z.looseObject({ type: z.literal("refused"), message: text(500) });
export const fromConsoleSchema = z.discriminatedUnion("type", [welcomeSchema, ackSchema, commandSchema, refusedSchema]);

export type FromTap = z.infer<typeof fromTapSchema>;
export type FromConsole = z.infer<typeof fromConsoleSchema>;
export type Hello = z.infer<typeof helloSchema>;
export type Summary = z.infer<typeof summarySchema>;
export type WireRow = z.infer<typeof rowSchema>;

/** Deeper values are refused before they are parsed: walking them could overflow a stack further on. */
export const MAX_DEPTH = 32;

function isTooDeep(data: string): boolean {
  let depth = 0;
  let inText = false;
  for (let at = 0; at < data.length; at++) {
    const code = data.charCodeAt(at);
    if (code === 0x22) inText = !inText;
    else if (inText) at += code === 0x5c ? 1 : 0;
    else if (code === 0x5b || code === 0x7b) depth++;
    else if (code === 0x5d || code === 0x7d) depth--;
    if (depth > MAX_DEPTH) return true;
  }
  return false;
}

/** Reads one message; `problem` is a short sentence for the log, free of wire text. */
export function readMessage<T>(schema: z.ZodType<T>, data: string): { message: T } | { problem: string } {
  if (isTooDeep(data)) return { problem: "nested too deep" };
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch {
    return { problem: "not JSON" };
  }
  const checked = schema.safeParse(value);
  if (checked.success) return { message: checked.data };
  const issue = checked.error.issues[0];
  return { problem: `${issue?.path.join(".") || "message"}: ${issue?.code ?? "invalid"}` };
}
