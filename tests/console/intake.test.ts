/** The console's end of the uplink against taps that don't behave. */
import { connect } from "node:net";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";
import { MAX_MESSAGE_BYTES } from "../../agent/uplink/messages.ts";
import { eventually, temporaryFolder } from "../uplink/support/temporary.ts";
import { device } from "../uplink/support/ward-rows.ts";
import { type Built, buildConsoleFiles } from "./support/build.ts";
import { dialRaw } from "./support/raw-tap.ts";
import { runConsole, runTap } from "./support/world.ts";

let built: Built;
beforeAll(async () => {
  built = await buildConsoleFiles();
});
afterAll(() => built.remove());

const LEDGER = "a".repeat(32);
const HELLO = { type: "hello", tapId: "t", name: "T", ledgerId: LEDGER, version: "1", revision: 1 };
const ROW = { ...device("dev-1"), revision: 1, version: 1 };
const ROWS = { type: "rows", ledgerId: LEDGER, rows: [ROW], upTo: 1 };

const run = (limits = {}) => runConsole({ folder: temporaryFolder(), worker: built.worker }, { intakeLimits: limits });

/** The HTTP answer to an upgrade that is refused. */
const refusal = (url: string, protocol: string[], options: object = {}) =>
  new Promise<number | undefined>((resolve, reject) => {
    const socket = new WebSocket(url, protocol, options);
    socket.on("unexpected-response", (_request, response) => {
      resolve(response.statusCode);
      response.destroy();
    });
    socket.on("open", () => reject(new Error("it was let in")));
    socket.on("error", () => undefined);
  });

test.each([
  ["no JSON", ["{"], "not JSON"],
  ["rows before hello", [JSON.stringify(ROWS)], "no hello first"],
  ["a second hello", [JSON.stringify(HELLO), JSON.stringify(HELLO)], "a second hello"],
  [
    "rows of another ledger",
    [JSON.stringify(HELLO), JSON.stringify({ ...ROWS, ledgerId: "b".repeat(32) })],
    "another ledger",
  ],
  ["rows above upTo", [JSON.stringify(HELLO), JSON.stringify({ ...ROWS, upTo: 0 })], "rows above upTo"],
  ["an unknown type", [JSON.stringify({ type: "transmit" })], "type: invalid_union"],
  ["a nest without end", ["[".repeat(500_000)], "nested too deep"],
])("%s ends the connection with 1008 and says why", async (_name, texts, reason) => {
  const running = await run();
  const tap = await dialRaw(running.port);
  for (const text of texts) tap.socket.send(text);
  const end = await tap.closed;
  expect(end.code).toBe(1008);
  expect(end.reason).toContain(reason);
  const health = await (await fetch(`http://127.0.0.1:${running.port}/api/health`)).json();
  expect(health).toMatchObject({ ok: true, badMessages: 1 });
});

test("binary ends the connection with 1008", async () => {
  const tap = await dialRaw((await run()).port);
  tap.socket.send(Buffer.from([1, 2, 3]));
  expect(await tap.closed).toEqual({ code: 1008, reason: "not text" });
});

test("a message longer than the limit ends the connection with 1009", async () => {
  const tap = await dialRaw((await run()).port);
  tap.socket.send("x".repeat(MAX_MESSAGE_BYTES + 1));
  expect((await tap.closed).code).toBe(1009);
});

test("bytes that are no WebSocket frame end the connection, not the console", async () => {
  const running = await run();
  const socket = connect(running.port, "127.0.0.1");
  onTestFinished(() => void socket.destroy());
  socket.on("error", () => undefined);
  socket.write(
    "GET /uplink HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" +
      "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: wardtap.v1\r\n\r\n",
  );
  socket.write(Buffer.alloc(64 * 1024, 0xff));
  await new Promise((resolve) => {
    socket.on("close", resolve);
    socket.resume();
  });
  expect((await fetch(`http://127.0.0.1:${running.port}/api/health`)).status).toBe(200);
});

test("a request without the subprotocol is refused", async () => {
  const { port } = await run();
  expect(await refusal(`ws://127.0.0.1:${port}/uplink`, [])).toBe(400);
  expect(await refusal(`ws://127.0.0.1:${port}/uplink`, ["wardtap.v2"])).toBe(400);
});

test("a web page is refused, even the console's own", async () => {
  const { port } = await run();
  const url = `ws://127.0.0.1:${port}/uplink`;
  expect(await refusal(url, ["wardtap.v1"], { origin: "https://evil.example" })).toBe(403);
  expect(await refusal(url, ["wardtap.v1"], { origin: `http://127.0.0.1:${port}` })).toBe(403);
});

test("another path has no WebSocket, another host name no answer", async () => {
  const { port } = await run();
  expect(await refusal(`ws://127.0.0.1:${port}/`, ["wardtap.v1"])).toBe(404);
  expect(await refusal(`ws://127.0.0.1:${port}/uplink`, ["wardtap.v1"], { headers: { host: "rebound.example" } })).toBe(
    421,
  );
});

test("a connection that never says hello is closed", async () => {
  const tap = await dialRaw((await run({ helloMs: 30 })).port);
  expect(await tap.closed).toEqual({ code: 1008, reason: "no hello" });
});

test("past the limit of connections the next is told to try later, and let in when there is room", async () => {
  const { port } = await run({ maxConnections: 1 });
  const first = await dialRaw(port);
  expect(await refusal(`ws://127.0.0.1:${port}/uplink`, ["wardtap.v1"])).toBe(503);
  first.socket.close();
  await first.closed;
  const second = await dialRaw(port);
  second.say(HELLO);
  await eventually("welcome", () => second.messages.some((message) => message.type === "welcome"));
});

test("a tap that answers no ping is gone", async () => {
  const running = await run({ heartbeatMs: 40 });
  const tap = await dialRaw(running.port);
  tap.say(HELLO);
  await eventually("welcome", () => tap.messages.length > 0);
  tap.socket.pause();
  await eventually("gone", async () => (await running.state()).taps[0]?.connected === false);
});

test("of two connections with one tap id the newer wins, and the tap stays connected", async () => {
  const running = await run();
  const first = await dialRaw(running.port);
  first.say(HELLO);
  await eventually("welcome", () => first.messages.length > 0);
  const second = await dialRaw(running.port);
  second.say(HELLO);
  expect(await first.closed).toEqual({ code: 4001, reason: "another connection has this tap id" });
  await eventually("welcome", () => second.messages.length > 0);
  const state = await running.state();
  expect(state.taps).toMatchObject([{ tapId: "t", connected: true }]);
  expect(state.feed.filter((item) => item.kind === "tap-gone")).toEqual([]);
});

test("a batch is acknowledged after it is kept, a repeat too, a gap not past it", async () => {
  const running = await run();
  const tap = await dialRaw(running.port);
  tap.say(HELLO);
  tap.say({ ...ROWS, after: 0 });
  tap.say({ ...ROWS, after: 0 });
  tap.say({ ...ROWS, rows: [], after: 5, upTo: 9 });
  await eventually("three acknowledgements", () => tap.messages.length === 4);
  expect(tap.messages).toEqual([
    { type: "welcome", ledgerId: LEDGER, revision: 0 },
    { type: "ack", ledgerId: LEDGER, revision: 1 },
    { type: "ack", ledgerId: LEDGER, revision: 1 },
    { type: "ack", ledgerId: LEDGER, revision: 1 },
  ]);
});

test("a tap that sends faster than its share is slowed and loses nothing", async () => {
  const running = await run({ rowsPerSecond: 2000 });
  const tap = runTap({ folder: temporaryFolder(), port: running.port });
  tap.write(...Array.from({ length: 3000 }, (_, index) => device(`dev-${index}`)));
  await eventually("all", async () => (await running.state()).devices.length === 3000);
});

test("unknown kinds, unknown fields and bodies of any shape are kept as they came", async () => {
  const running = await run();
  const tap = await dialRaw(running.port);
  const strange = {
    kind: "weather",
    key: "k",
    revision: 1,
    version: 9,
    body: { deep: { list: [null, 1.5, "x"] } },
    newer: { a: 1 },
  };
  const broken = {
    kind: "device",
    key: "dev-1",
    revision: 2,
    version: 1,
    body: { names: 5, macs: [{}], class: null, firstSeenAt: "yesterday" },
  };
  tap.say({ ...HELLO, revision: 2 });
  tap.say({ ...ROWS, rows: [strange, broken], upTo: 2 });
  await eventually("acknowledged", () => tap.messages.some((message) => message.type === "ack"));
  expect(await running.store.whatDidTapSend("t", "weather", "k")).toEqual(strange);
  expect((await running.state()).devices).toMatchObject([
    { deviceId: "dev-1", class: "unknown", names: [], macs: [], firstSeenAt: "1970-01-01T00:00:00.000000Z" },
  ]);
});

test("an answer nobody asked for is no answer", async () => {
  const running = await run();
  const tap = await dialRaw(running.port);
  const answers: unknown[] = [];
  running.bus.subscribe("answer", (answer) => answers.push(answer));
  tap.say(HELLO);
  tap.say({ type: "answer", commandId: "x", ok: true, message: "hello" });
  tap.say(ROWS);
  await eventually("acknowledged", () => tap.messages.some((message) => message.type === "ack"));
  expect(answers).toEqual([]);
});

test("a command that a tap leaves unanswered is answered for it", async () => {
  const running = await run({ commandMs: 30 });
  const tap = await dialRaw(running.port);
  tap.say(HELLO);
  await eventually("welcome", () => tap.messages.length > 0);
  const answers: unknown[] = [];
  running.bus.subscribe("answer", (answer) => answers.push(answer));
  running.bus.publish("command", { tapId: "t", commandId: "1", command: "locate", arguments: {} });
  await eventually("the answer", () => answers.length > 0);
  expect(answers).toEqual([
    { tapId: "t", commandId: "1", ok: false, message: "the tap didn't answer", from: "console" },
  ]);
});
