/** One connected tap: reads its messages one after another, commits before it acknowledges, and tells the bus. */
import { WebSocket } from "ws";
import { type FromConsole, type FromTap, fromTapSchema, type Hello, readMessage } from "../../agent/uplink/messages.ts";
import type { Bus, CommandRequest } from "../bus.ts";
import type { ConsoleLog } from "../log.ts";
import { plainText } from "../plain-text.ts";
import { type Applied, type Store, StoreError } from "../store/store.ts";
import { createCommands } from "./commands.ts";
import { createAllowance, type IntakeLimits, ROWS_PER_MESSAGE_AT_LEAST } from "./limits.ts";
import type { TapBoard } from "./tap-board.ts";

export const CLOSE_GOING_AWAY = 1001;
const CLOSE_POLICY = 1008;
const CLOSE_TROUBLE = 1011;
/** How often a tap's last summary goes to the disk; it is live state and may be lost. */
const REMEMBER_MS = 60_000;
const GOODBYE_MS = 2000;

export interface SessionContext {
  store: Store;
  bus: Bus;
  board: TapBoard;
  log: ConsoleLog;
  /** ISO 8601 UTC. */
  now: () => string;
  limits: IntakeLimits;
  /** Takes the tap id for this session; true when another session had it and was closed. */
  claim: (tapId: string, session: Session) => boolean;
  /** The socket is gone; true when the session still had the tap id. */
  release: (session: Session) => boolean;
  /** A message was refused. */
  onBad: () => void;
}

export interface Session {
  readonly tapId: string | undefined;
  command(request: CommandRequest): void;
  close(code: number, reason: string): void;
  /** Pings; a session that didn't answer the last one is ended. */
  heartbeat(): void;
}

export function startSession(socket: WebSocket, context: SessionContext): Session {
  const { store, bus, board, log, limits, now } = context;
  const allowance = createAllowance(limits.rowsPerSecond, () => performance.now());
  const queue: string[] = [];
  let draining = false;
  let ended = false;
  let alive = true;
  let hello: Hello | undefined;
  let goodbye: NodeJS.Timeout | undefined;
  let rememberedAt = performance.now();

  const helloTimer = setTimeout(() => close(CLOSE_POLICY, "no hello"), limits.helloMs);
  const send = (message: FromConsole) =>
    void (socket.readyState === WebSocket.OPEN && socket.send(JSON.stringify(message)));

  const commands = createCommands(bus, send, limits.commandMs);

  function close(code: number, reason: string): void {
    if (ended) return;
    ended = true;
    queue.length = 0;
    socket.resume();
    socket.close(code, reason);
    goodbye = setTimeout(() => socket.terminate(), GOODBYE_MS);
  }
  /** Counted, not logged with its text: it may hold anything. */
  function bad(problem: string): void {
    context.onBad();
    log.warn({ tapId: hello?.tapId, problem }, "a tap sent a message the console can't take");
    close(CLOSE_POLICY, plainText(problem, 100));
  }

  async function drain(): Promise<void> {
    if (draining) return;
    draining = true;
    for (let text = queue.shift(); text !== undefined && !ended; text = queue.shift()) {
      const waitMs = allowance(await take(text));
      if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
      if (queue.length < limits.maxQueued && socket.isPaused && !ended) socket.resume();
    }
    draining = false;
  }

  /** Handles one message and says what it cost, in rows. */
  async function take(text: string): Promise<number> {
    const read = readMessage(fromTapSchema, text);
    if ("problem" in read) bad(read.problem);
    else await handle(read.message).catch(trouble);
    const rows = "message" in read && read.message.type === "rows" ? read.message.rows.length : 0;
    return Math.max(rows, ROWS_PER_MESSAGE_AT_LEAST);
  }

  function trouble(error: unknown): void {
    if (error instanceof StoreError && error.code === "limit") {
      send({ type: "refused", message: error.message });
      close(CLOSE_POLICY, "limit reached");
      return;
    }
    log.error({ tapId: hello?.tapId, error: String(error) }, "the console can't keep what a tap sent");
    close(CLOSE_TROUBLE, "the console can't store");
  }

  async function handle(message: FromTap): Promise<void> {
    if (message.type === "hello") return hello ? bad("a second hello") : greet(message);
    if (!hello) return bad("no hello first");
    if (message.type === "rows") return rows(hello.tapId, message);
    if (message.type === "summary") return summary(hello.tapId, message);
    commands.settle(message.commandId, message.ok, message.message);
  }

  async function greet(message: Hello): Promise<void> {
    clearTimeout(helloTimer);
    hello = message;
    const { tapId, ledgerId, revision, version } = message;
    const name = plainText(message.name, 120) || tapId;
    const replaced = context.claim(tapId, session);
    const applied = await store.howFarIsLedger({
      tapId,
      name,
      version: plainText(version, 64),
      ledgerId,
      revision,
      at: now(),
    });
    tell(tapId, applied);
    if (ended) return;
    const tap = board.greeted(tapId, name, plainText(version, 64));
    send({ type: "welcome", ledgerId, revision: applied.revision });
    bus.publish("feed", { type: "tap", tap });
    log.info({ tapId, replaced }, "a tap connected");
    if (!replaced) await feedItem(tapId, "tap-connected", `${name} is connected`);
  }

  async function rows(tapId: string, message: Extract<FromTap, { type: "rows" }>): Promise<void> {
    const { ledgerId, rows: sent, after, upTo } = message;
    if (ledgerId !== hello?.ledgerId) return bad("rows of another ledger");
    if (sent.some((row) => row.revision > upTo) || (after ?? 0) > upTo) return bad("rows above upTo");
    const applied = await store.whatDoRowsChange({ tapId, ledgerId, rows: sent, after, upTo, at: now() });
    // Committed: now the tap may forget, and pages may know.
    send({ type: "ack", ledgerId, revision: applied.revision });
    tell(tapId, applied);
  }

  function tell(tapId: string, { devices, gone, findings, seen, feed }: Applied): void {
    for (const device of devices) {
      const lastSeenAt = board.seenAt(tapId, device.deviceId) ?? "";
      bus.publish("feed", {
        type: "device",
        device: lastSeenAt > device.lastSeenAt ? { ...device, lastSeenAt } : device,
      });
    }
    for (const registerId of gone) bus.publish("feed", { type: "device-gone", registerId });
    for (const finding of findings) bus.publish("feed", { type: "finding", finding });
    if (seen.length > 0) bus.publish("feed", { type: "seen", tapId, devices: seen });
    for (const item of feed) bus.publish("feed", { type: "feed", item });
  }

  async function summary(tapId: string, message: Extract<FromTap, { type: "summary" }>): Promise<void> {
    const heard = board.heard(tapId, message, now());
    if (!heard) return;
    bus.publish("feed", { type: "tap", tap: heard.tap });
    if (heard.seen.length > 0) bus.publish("feed", { type: "seen", tapId, devices: heard.seen });
    if (performance.now() - rememberedAt < REMEMBER_MS) return;
    rememberedAt = performance.now();
    await remember(tapId);
  }

  async function remember(tapId: string): Promise<void> {
    const last = board.lastSummary(tapId);
    if (last) await store.rememberSummary(tapId, last.at, last.summary);
  }

  async function feedItem(tapId: string, kind: "tap-connected" | "tap-gone", text: string): Promise<void> {
    const item = await store.rememberFeedItem({ at: now(), tapId, kind, deviceId: null, text: plainText(text) });
    bus.publish("feed", { type: "feed", item });
  }

  socket.on("message", (data, isBinary) => {
    alive = true;
    if (ended) return;
    if (isBinary) return bad("not text");
    queue.push(data.toString());
    if (queue.length >= limits.maxQueued) socket.pause();
    void drain();
  });
  socket.on("pong", () => {
    alive = true;
  });
  // A frame too long or malformed: ws closes the connection with the right code itself.
  socket.on("error", () => context.onBad());
  socket.on("close", () => {
    ended = true;
    queue.length = 0;
    clearTimeout(helloTimer);
    clearTimeout(goodbye);
    const tapId = hello?.tapId;
    commands.end();
    if (!context.release(session) || tapId === undefined) return;
    board.gone(tapId);
    bus.publish("feed", { type: "tap-gone", tapId });
    log.info({ tapId }, "a tap is gone");
    const name = plainText(hello?.name ?? "", 120) || tapId;
    feedItem(tapId, "tap-gone", `${name} is not connected any more`)
      .then(() => remember(tapId))
      .catch((error: unknown) => {
        const closed = error instanceof StoreError && error.code === "closed";
        if (!closed) log.error({ tapId, error: String(error) }, "the console can't keep that a tap is gone");
      });
  });

  const session: Session = {
    get tapId() {
      return hello?.tapId;
    },
    command: commands.ask,
    close,
    heartbeat() {
      if (!alive) return socket.terminate();
      alive = false;
      socket.ping();
    },
  };
  return session;
}
