/** The tap's end of the uplink against consoles that don't behave. */
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { type WebSocket, WebSocketServer } from "ws";
import { openLedger } from "../../agent/ledger/ledger.ts";
import { MAX_BATCHES_IN_FLIGHT } from "../../agent/uplink/link.ts";
import { MAX_MESSAGE_BYTES, MAX_ROWS_PER_MESSAGE } from "../../agent/uplink/messages.ts";
import { createUplink, type UplinkState, type UplinkTimes } from "../../agent/uplink/uplink.ts";
import { summaryOf } from "./support/summaries.ts";
import { eventually, temporaryFolder } from "./support/temporary.ts";
import { device } from "./support/ward-rows.ts";

const FAST: Partial<UplinkTimes> = { minRetryMs: 10, maxRetryMs: 40, summaryMs: 10_000, backlogGraceMs: 20 };

interface Heard {
  socket: WebSocket;
  messages: Record<string, unknown>[];
}

/** A console whose manners the test writes; `heard` has one entry per connection. */
async function odd(onMessage: (message: Record<string, unknown>, socket: WebSocket) => void, protocol = "wardtap.v1") {
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1", handleProtocols: () => protocol });
  await new Promise((resolve) => server.once("listening", resolve));
  const heard: Heard[] = [];
  server.on("connection", (socket) => {
    const entry: Heard = { socket, messages: [] };
    heard.push(entry);
    socket.on("error", () => undefined);
    socket.on("message", (data) => {
      const message = JSON.parse(data.toString());
      entry.messages.push(message);
      onMessage(message, socket);
    });
  });
  onTestFinished(() => {
    for (const { socket } of heard) socket.terminate();
    server.close();
  });
  return { heard, url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/uplink` };
}

function tap(url: string | null, rows = 1, times: Partial<UplinkTimes> = {}) {
  const ledger = openLedger(join(temporaryFolder(), "ledger.db"), { clock: () => Date.UTC(2026, 4, 1) * 1000 });
  ledger.write(Array.from({ length: rows }, (_, index) => device(`dev-${index}`)));
  const states: UplinkState[] = [];
  const uplink = createUplink({
    url,
    hello: () => ({ tapId: "ward-7", name: "Ward 7", version: "1" }),
    ledger,
    summary: () => summaryOf(),
    onState: (state) => states.push(state),
    times: { ...FAST, ...times },
  });
  uplink.start();
  onTestFinished(async () => {
    await uplink.stop();
    ledger.close();
  });
  return { ledger, uplink, states };
}

const say = (socket: WebSocket, message: object) => socket.send(JSON.stringify(message));
const welcome = (message: Record<string, unknown>, socket: WebSocket, revision = 0) => {
  if (message.type === "hello") say(socket, { type: "welcome", ledgerId: message.ledgerId, revision });
};
const batches = (entry: Heard | undefined) => entry?.messages.filter((message) => message.type === "rows") ?? [];

test("without a console there is no connection and no trouble", async () => {
  const { uplink } = tap(null);
  expect(uplink.status().state).toBe("none");
});

test("a console that isn't there is unreachable, tried again, and found when it comes", async () => {
  const place = createServer();
  await new Promise<void>((resolve) => place.listen(0, "127.0.0.1", resolve));
  const { port } = place.address() as AddressInfo;
  await new Promise((resolve) => place.close(resolve));
  const { states } = tap(`ws://127.0.0.1:${port}/uplink`);
  await eventually("unreachable", () => states.includes("unreachable"));
  const server = new WebSocketServer({ port, host: "127.0.0.1", handleProtocols: () => "wardtap.v1" });
  onTestFinished(() => {
    for (const socket of server.clients) socket.terminate();
    server.close();
  });
  server.on("connection", (socket) =>
    socket.on("message", (data) => {
      const message = JSON.parse(data.toString());
      welcome(message, socket);
      if (message.type === "rows") say(socket, { type: "ack", ledgerId: message.ledgerId, revision: message.upTo });
    }),
  );
  await eventually("current", () => states.at(-1) === "current");
  expect(states).toEqual(["connecting", "unreachable", "backlog", "current"]);
});

test("a console that acknowledges nothing is sent a few batches and no more", async () => {
  const { heard, url } = await odd(welcome);
  const { uplink, ledger } = tap(url, MAX_ROWS_PER_MESSAGE * (MAX_BATCHES_IN_FLIGHT + 2));
  await eventually("the batches", () => batches(heard[0]).length >= MAX_BATCHES_IN_FLIGHT);
  uplink.notify();
  const [first] = batches(heard[0]);
  say(heard[0]!.socket, { type: "ack", ledgerId: first!.ledgerId, revision: first!.upTo });
  await eventually("one more", () => batches(heard[0]).length > MAX_BATCHES_IN_FLIGHT);
  expect(batches(heard[0])).toHaveLength(MAX_BATCHES_IN_FLIGHT + 1);
  expect(ledger.ackedRevision).toBe(first!.upTo);
});

test("rows begin above what the console says it has, whatever was acknowledged before", async () => {
  const { heard, url } = await odd((message, socket) => welcome(message, socket, 3));
  const { ledger } = tap(url, 5);
  await eventually("rows", () => batches(heard[0]).length > 0);
  expect(batches(heard[0])[0]).toMatchObject({ after: 3, upTo: 5 });
  expect(ledger.ackedRevision).toBe(3);
});

test("a console that knows more of the ledger than the tap is told nothing: the ledger needs a new id", async () => {
  const { heard, url } = await odd((message, socket) => welcome(message, socket, 99));
  const { uplink } = tap(url, 5);
  await eventually("refused", () => uplink.status().state === "refused");
  expect(uplink.status().reason).toContain("put back from a copy");
  expect(batches(heard[0])).toEqual([]);
});

test("acknowledgements of what was never sent, or of another ledger, change nothing", async () => {
  const { heard, url } = await odd((message, socket) => {
    welcome(message, socket);
    if (message.type !== "rows") return;
    say(socket, { type: "ack", ledgerId: message.ledgerId, revision: 1000 });
    say(socket, { type: "ack", ledgerId: "f".repeat(32), revision: 2 });
    say(socket, { type: "command", commandId: "done", command: "x", arguments: {} });
  });
  const { ledger } = tap(url, 5);
  await eventually("the answer", () => heard[0]?.messages.some((message) => message.type === "answer"));
  expect(ledger.ackedRevision).toBe(0);
});

test.each([
  ["refused by message", (socket: WebSocket) => say(socket, { type: "refused", message: "revoked" }), "revoked"],
  ["closed as against the rules", (socket: WebSocket) => socket.close(1008, "no hello first"), "no hello first"],
  ["replaced by another tap", (socket: WebSocket) => socket.close(4001, "another connection"), "another connection"],
])("%s shows as refused with the reason", async (_name, act, reason) => {
  const { url } = await odd((_message, socket) => act(socket));
  const { uplink } = tap(url);
  await eventually("refused", () => uplink.status().state === "refused");
  expect(uplink.status().reason).toBe(reason);
});

test("garbage, unknown types and binary from the console are counted and then given up, never fatal", async () => {
  const { heard, url } = await odd((_message, socket) => {
    for (let count = 0; count < 30; count++) {
      socket.send("{");
      say(socket, { type: "newer" });
      socket.send(Buffer.from([0, 1]));
    }
  });
  tap(url);
  await eventually("another try", () => heard.length > 1);
});

test("a message longer than the limit ends the connection", async () => {
  const { heard, url } = await odd((_message, socket) => socket.send("x".repeat(MAX_MESSAGE_BYTES + 1)));
  tap(url);
  await eventually("another try", () => heard.length > 1);
});

test("a server of another subprotocol is no console", async () => {
  const { heard, url } = await odd(welcome, "chat");
  const { uplink } = tap(url);
  await eventually("unreachable", () => uplink.status().state === "unreachable");
  expect(heard.flatMap((entry) => entry.messages)).toEqual([]);
});

test("a console that falls silent is given up and tried again", async () => {
  const { heard, url } = await odd((message, socket) => {
    welcome(message, socket);
    // Reads nothing more, so answers no ping: what a pulled cable looks like.
    socket.pause();
  });
  tap(url, 1, { heartbeatMs: 40 });
  await eventually("another try", () => heard.length > 1);
});

test("a console that never welcomes is given up and tried again", async () => {
  const { heard, url } = await odd(() => undefined);
  tap(url, 1, { answerMs: 40 });
  await eventually("another try", () => heard.length > 1);
});

test("a short backlog after being current isn't mentioned, a lasting one is", async () => {
  let silent = false;
  const { url } = await odd((message, socket) => {
    welcome(message, socket);
    if (message.type === "rows" && !silent)
      say(socket, { type: "ack", ledgerId: message.ledgerId, revision: message.upTo });
  });
  const { uplink, ledger, states } = tap(url, 1, { backlogGraceMs: 200 });
  await eventually("current", () => states.at(-1) === "current");
  const soFar = states.length;
  ledger.write([device("dev-new")]);
  uplink.notify();
  await eventually("acknowledged", () => ledger.backlog() === 0);
  expect(states).toHaveLength(soFar);
  silent = true;
  ledger.write([device("dev-newer")]);
  uplink.notify();
  await eventually("backlog", () => states.at(-1) === "backlog");
});
