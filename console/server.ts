/** Builds the console's HTTP and WebSocket ends from a store and a bus, without listening, so that tests can. */
import type { AddressInfo } from "node:net";
import { createPageFeed, FEED_PATH, type FeedLimits } from "./api/feed.ts";
import { buildHttp } from "./api/http.ts";
import { readState } from "./api/state.ts";
import type { Bus } from "./bus.ts";
import { createErrands } from "./intake/errands.ts";
import { createIntake, UPLINK_PATH } from "./intake/intake.ts";
import type { IntakeLimits } from "./intake/limits.ts";
import { createTapBoard } from "./intake/tap-board.ts";
import type { ConsoleLog } from "./log.ts";
import type { Store } from "./store/store.ts";
import { isLocalHost, refuseUpgrade } from "./upgrade.ts";

export interface ConsoleOptions {
  store: Store;
  bus: Bus;
  log: ConsoleLog;
  version: string;
  /** Folder of the built page. */
  pageFolder?: string;
  /** Milliseconds since 1970. */
  clock?: () => number;
  intakeLimits?: Partial<IntakeLimits>;
  feedLimits?: Partial<FeedLimits>;
}

export interface ConsoleServer {
  /** Resolves to the port. Rejects as `net` does (EADDRINUSE, EACCES). */
  listen(where: { host: string; port: number }): Promise<number>;
  /** Says goodbye to taps and pages; the store stays open. */
  close(): Promise<void>;
}

export async function buildConsole(options: ConsoleOptions): Promise<ConsoleServer> {
  const { store, bus, log, version, clock = Date.now } = options;
  const now = () => new Date(clock()).toISOString();
  const board = createTapBoard(await store.whichTaps());
  const state = () => readState(store, board, version);
  const errands = await createErrands({ store, bus, log, now, isConnected: board.isConnected });
  const intake = createIntake({ store, bus, board, log, now, limits: options.intakeLimits ?? {} });
  const feed = createPageFeed({ bus, state, log, limits: options.feedLimits ?? {} });
  const health = () => ({ ok: true, version, taps: board.connectedCount(), ...intake.counts(), ...feed.counts() });
  const register = { store, bus, now, seenAt: board.seenAt };
  const app = await buildHttp({ state, health, register, pageFolder: options.pageFolder, log });

  app.server.on("upgrade", (request, socket, head) => {
    const path = request.url?.split("?")[0];
    if (!isLocalHost(request.headers.host)) {
      refuseUpgrade(socket, 421, "wrong-host", "Ask for the console by localhost, 127.0.0.1 or [::1].");
    } else if (path === UPLINK_PATH) intake.handleUpgrade(request, socket, head);
    else if (path === FEED_PATH) feed.handleUpgrade(request, socket, head);
    else refuseUpgrade(socket, 404, "not-found", "There is no WebSocket at this address.");
  });

  return {
    async listen({ host, port }) {
      await app.listen({ host, port });
      return (app.server.address() as AddressInfo).port;
    },
    async close() {
      errands.close();
      intake.close();
      feed.close();
      await app.close();
    },
  };
}
