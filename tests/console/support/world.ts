/** A console on loopback with a real database, taps with real ledgers, and a cable between that can be cut. */
import { createServer, connect as dial, type Socket } from "node:net";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { WebSocket } from "ws";
import { type Ledger, openLedger } from "../../../agent/ledger/ledger.ts";
import type { RowChange } from "../../../agent/ledger/rows.ts";
import { createUplink, type Uplink, type UplinkState, type UplinkTimes } from "../../../agent/uplink/uplink.ts";
import type { ConsoleState, FeedMessage } from "../../../console/api/shapes.ts";
import { type Bus, createLocalBus } from "../../../console/bus.ts";
import { buildConsole, type ConsoleOptions } from "../../../console/server.ts";
import type { Store } from "../../../console/store/store.ts";
import { openStore } from "../../../console/store/worker-store.ts";
import { summaryOf } from "../../uplink/support/summaries.ts";

/** The ledgers' clock: an hour into the day the rows speak of. */
const NOW = Date.UTC(2026, 4, 1, 13) * 1000;

const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined };
const FAST: Partial<UplinkTimes> = { minRetryMs: 20, maxRetryMs: 100, summaryMs: 50, backlogGraceMs: 50 };

export interface RunningConsole {
  port: number;
  store: Store;
  bus: Bus;
  state(): Promise<ConsoleState>;
  stop(): Promise<void>;
}

export async function runConsole(
  where: { folder: string; worker: URL; port?: number },
  options: Partial<ConsoleOptions> = {},
): Promise<RunningConsole> {
  const store = await openStore({ folder: where.folder, worker: where.worker });
  const bus = createLocalBus();
  const server = await buildConsole({ store, bus, log: SILENT, version: "test", ...options });
  const port = await server.listen({ host: "127.0.0.1", port: where.port ?? 0 });
  let stopped: Promise<void> | undefined;
  const stop = () => {
    stopped ??= server.close().then(() => store.close());
    return stopped;
  };
  onTestFinished(stop);
  const state = async () => (await fetch(`http://127.0.0.1:${port}/api/state`)).json() as Promise<ConsoleState>;
  return { port, store, bus, state, stop };
}

export interface RunningTap {
  ledger: Ledger;
  uplink: Uplink;
  states: UplinkState[];
  write(...changes: RowChange[]): void;
  stop(): Promise<void>;
}

export function runTap(
  where: { folder: string; port: number; tapId?: string; name?: string },
  options: { summary?: typeof summaryOf; locate?: () => void; times?: Partial<UplinkTimes> } = {},
): RunningTap {
  const ledger = openLedger(join(where.folder, "ledger.db"), { clock: () => NOW });
  const states: UplinkState[] = [];
  const uplink = createUplink({
    url: `ws://127.0.0.1:${where.port}/uplink`,
    hello: () => ({ tapId: where.tapId ?? "ward-7", name: where.name ?? "Ward 7", version: "test" }),
    ledger,
    summary: () => (options.summary ?? summaryOf)({ backlog: ledger.backlog() }),
    ...(options.locate ? { locate: options.locate } : {}),
    onState: (state) => states.push(state),
    times: { ...FAST, ...options.times },
  });
  uplink.start();
  let stopped: Promise<void> | undefined;
  const stop = () => {
    stopped ??= uplink.stop().then(() => ledger.close());
    return stopped;
  };
  onTestFinished(stop);
  return {
    ledger,
    uplink,
    states,
    write(...changes) {
      ledger.write(changes);
      uplink.notify();
    },
    stop,
  };
}

/** A cable: forwards bytes to the console until cut; after `cutAfter` bytes from the tap it cuts itself. */
export async function runCable(target: () => number) {
  const sockets = new Set<Socket>();
  let left = Number.POSITIVE_INFINITY;
  let cuts = 0;
  const cut = () => {
    cuts++;
    left = Number.POSITIVE_INFINITY;
    for (const socket of sockets) socket.destroy();
    sockets.clear();
  };
  const server = createServer((tap) => {
    const far = dial(target(), "127.0.0.1");
    for (const socket of [tap, far]) {
      sockets.add(socket);
      socket.on("error", () => socket.destroy());
      socket.on("close", () => {
        tap.destroy();
        far.destroy();
      });
    }
    tap.on("data", (bytes) => {
      const part = bytes.subarray(0, Math.min(bytes.length, left));
      left -= part.length;
      far.write(part);
      if (left <= 0) setImmediate(cut);
    });
    far.pipe(tap);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    cut();
    await new Promise((resolve) => server.close(resolve));
  });
  return {
    port: (server.address() as { port: number }).port,
    cut,
    cutAfter(bytes: number) {
      left = bytes;
    },
    cuts: () => cuts,
  };
}

/** A page's feed: every message so far. */
export async function openFeed(port: number): Promise<{ socket: WebSocket; messages: FeedMessage[] }> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/api/feed`, { origin: `http://127.0.0.1:${port}` });
  const messages: FeedMessage[] = [];
  socket.on("message", (data) => messages.push(JSON.parse(data.toString()) as FeedMessage));
  onTestFinished(() => socket.terminate());
  await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
  return { socket, messages };
}
