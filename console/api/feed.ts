/** The live feed of pages over /api/feed: first the whole state, then every change; a slow page is dropped. */
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocket, WebSocketServer } from "ws";
import type { Bus } from "../bus.ts";
import type { ConsoleLog } from "../log.ts";
import { isSameOrigin, refuseUpgrade } from "../upgrade.ts";
import type { ConsoleState, FeedMessage } from "./shapes.ts";

export const FEED_PATH = "/api/feed";

export interface FeedLimits {
  /** Open pages; further ones are answered 503. */
  maxPages: number;
  /** A page with more than this unsent is dropped: it comes back and starts from the state. */
  maxUnsentBytes: number;
  /** Changes held for a page while its state is read; with more it is dropped, comes back and starts from the state. */
  maxWaiting: number;
  heartbeatMs: number;
}
const LIMITS: FeedLimits = {
  maxPages: 200,
  maxUnsentBytes: 32 * 1024 * 1024,
  maxWaiting: 10_000,
  heartbeatMs: 30_000,
};
/** Pages only listen. */
const MAX_FROM_PAGE = 1024;
const CLOSE_GOING_AWAY = 1001;
const CLOSE_TROUBLE = 1011;
const GOODBYE_MS = 2000;

export interface PageFeedOptions {
  bus: Bus;
  state: () => Promise<ConsoleState>;
  log: ConsoleLog;
  limits?: Partial<FeedLimits>;
}

export function createPageFeed({ bus, state, log, limits: given }: PageFeedOptions) {
  const limits = { ...LIMITS, ...given };
  const server = new WebSocketServer({ noServer: true, maxPayload: MAX_FROM_PAGE, perMessageDeflate: false });
  const pages = new Set<WebSocket>();
  const silent = new WeakSet<WebSocket>();
  let slowPages = 0;

  async function serve(page: WebSocket): Promise<void> {
    // Changes that come while the state is read wait behind it; saying one twice does no harm.
    let waiting: string[] | undefined = [];
    const unsubscribe = bus.subscribe("feed", (message) => {
      const text = JSON.stringify(message);
      if (!waiting) pass(page, text);
      else if (waiting.length < limits.maxWaiting) waiting.push(text);
      else drop(page);
    });
    pages.add(page);
    page.on("close", () => {
      unsubscribe();
      pages.delete(page);
    });
    page.on("error", () => page.terminate());
    page.on("pong", () => silent.delete(page));
    try {
      pass(page, JSON.stringify({ type: "state", state: await state() } satisfies FeedMessage));
      for (const text of waiting) pass(page, text);
      waiting = undefined;
    } catch (error) {
      log.error({ error: String(error) }, "the state can't be read for a page");
      end(page, CLOSE_TROUBLE, "the console can't read its store");
    }
  }

  function pass(page: WebSocket, text: string): void {
    if (page.readyState !== WebSocket.OPEN) return;
    if (page.bufferedAmount > limits.maxUnsentBytes) drop(page);
    else page.send(text);
  }

  function drop(page: WebSocket): void {
    if (page.readyState !== WebSocket.OPEN) return;
    slowPages++;
    page.terminate();
  }

  function end(page: WebSocket, code: number, reason: string): void {
    page.close(code, reason);
    const goodbye = setTimeout(() => page.terminate(), GOODBYE_MS);
    page.on("close", () => clearTimeout(goodbye));
  }

  const heart = setInterval(() => {
    for (const page of pages) {
      if (silent.has(page)) page.terminate();
      else {
        silent.add(page);
        page.ping();
      }
    }
  }, limits.heartbeatMs);

  return {
    handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
      if (!isSameOrigin(request.headers.origin, request.headers.host)) {
        refuseUpgrade(socket, 403, "foreign-origin", "Only the console's own page may listen to the feed.");
      } else if (pages.size >= limits.maxPages) {
        refuseUpgrade(socket, 503, "too-many", "Too many pages are open. Try later.");
      } else server.handleUpgrade(request, socket, head, (page) => void serve(page));
    },
    counts: () => ({ pages: pages.size, slowPages }),
    close(): void {
      clearInterval(heart);
      for (const page of pages) end(page, CLOSE_GOING_AWAY, "the console is stopping");
      server.close();
    },
  };
}
