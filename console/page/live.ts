/** The page's line to the console: one WebSocket, reconnected with back-off, and plain requests where no WebSocket gets through. */
import type { ConsoleState, FeedMessage } from "../api/shapes.ts";

const FIRST_RETRY_MS = 1000;
/** Back-off doubles up to this; a wall screen must come back by itself soon after the console does. */
const MAX_RETRY_MS = 15_000;
/** Messages are gathered for so long, so that a burst is one drawing of the page. */
const BATCH_MS = 150;
/** A batch is handed on early when it holds so many, which bounds memory in a background tab. */
const MAX_BATCH = 5000;
/** A cut cable closes no socket. After so long without a word the page asks, and hangs up when nothing answers. */
const SILENCE_MS = 45_000;
const REQUEST_TIMEOUT_MS = 10_000;

type Timer = ReturnType<typeof setTimeout>;

export type Link =
  /** Nothing has been heard yet. */
  | { phase: "connecting"; since: number }
  | { phase: "live"; since: number }
  /** The console answers requests, but no WebSocket gets through: the page is refreshed at each try. */
  | { phase: "refreshing"; since: number; nextTryAt: number | null }
  | { phase: "lost"; since: number; nextTryAt: number | null };

export interface Live {
  tryNow(): void;
  stop(): void;
}

/** `base` is the page's own address; the API lies beside it. Times are milliseconds of Date.now(). */
export function openLive(
  base: string,
  onMessages: (messages: FeedMessage[]) => void,
  onLink: (link: Link) => void,
): Live {
  const feedUrl = new URL("api/feed", base);
  feedUrl.protocol = feedUrl.protocol === "https:" ? "wss:" : "ws:";
  const stateUrl = new URL("api/state", base);

  let link: Link = { phase: "connecting", since: Date.now() };
  let socket: WebSocket | undefined;
  let retryMs = FIRST_RETRY_MS;
  let retryTimer: Timer | undefined;
  let silenceTimer: Timer | undefined;
  let batch: FeedMessage[] = [];
  let batchTimer: Timer | undefined;
  let stopped = false;

  const tell = (phase: Link["phase"], nextTryAt: number | null = null) => {
    const since = link.phase === phase ? link.since : Date.now();
    link = phase === "connecting" || phase === "live" ? { phase, since } : { phase, since, nextTryAt };
    onLink(link);
  };

  const flush = () => {
    clearTimeout(batchTimer);
    batchTimer = undefined;
    const messages = batch;
    batch = [];
    if (messages.length > 0 && !stopped) onMessages(messages);
  };
  const take = (message: FeedMessage) => {
    batch.push(message);
    if (batch.length >= MAX_BATCH) flush();
    else batchTimer ??= setTimeout(flush, BATCH_MS);
  };

  /** True when the console answered with its whole state, which is then shown. */
  const fetchState = async () => {
    try {
      const response = await fetch(stateUrl, { signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS), cache: "no-store" });
      if (!response.ok) return false;
      take({ type: "state", state: (await response.json()) as ConsoleState });
      return true;
    } catch {
      return false;
    }
  };

  const listenForSilence = (on: WebSocket) => {
    clearTimeout(silenceTimer);
    silenceTimer = setTimeout(async () => {
      if (socket !== on) return;
      if (await fetchState()) listenForSilence(on);
      else hangUp(on);
    }, SILENCE_MS);
  };

  const hangUp = (gone: WebSocket) => {
    if (socket !== gone) return;
    socket = undefined;
    clearTimeout(silenceTimer);
    gone.close();
    void retryLater();
  };

  const retryLater = async () => {
    if (stopped) return;
    if (link.phase === "live") tell("lost");
    const reachable = link.phase !== "live" && (await fetchState());
    if (stopped || socket) return;
    const waitMs = retryMs * (0.75 + Math.random() * 0.5);
    retryMs = Math.min(retryMs * 2, MAX_RETRY_MS);
    tell(reachable ? "refreshing" : "lost", Date.now() + waitMs);
    clearTimeout(retryTimer);
    retryTimer = setTimeout(connect, waitMs);
  };

  const connect = () => {
    clearTimeout(retryTimer);
    if (stopped || socket) return;
    if (link.phase !== "connecting") tell(link.phase);
    const opening = new WebSocket(feedUrl);
    socket = opening;
    listenForSilence(opening);
    opening.addEventListener("message", ({ data }) => {
      if (socket !== opening) return;
      const message = read(data);
      if (!message) return;
      listenForSilence(opening);
      retryMs = FIRST_RETRY_MS;
      // An open socket proves little behind a proxy: the first message makes it live.
      if (link.phase !== "live") tell("live");
      take(message);
    });
    opening.addEventListener("close", () => hangUp(opening));
  };

  const offline = () => socket && hangUp(socket);
  const tryNow = () => {
    retryMs = FIRST_RETRY_MS;
    connect();
  };
  addEventListener("offline", offline);
  addEventListener("online", tryNow);
  onLink(link);
  connect();

  return {
    tryNow,
    stop() {
      stopped = true;
      removeEventListener("offline", offline);
      removeEventListener("online", tryNow);
      clearTimeout(retryTimer);
      clearTimeout(silenceTimer);
      clearTimeout(batchTimer);
      socket?.close();
    },
  };
}

/** One message, or undefined when it is none; the reducer passes over types it doesn't know. */
function read(data: unknown): FeedMessage | undefined {
  if (typeof data !== "string") return undefined;
  try {
    const value: unknown = JSON.parse(data);
    return typeof value === "object" && value !== null && "type" in value ? (value as FeedMessage) : undefined;
  } catch {
    return undefined;
  }
}
