/** What pages are told, what strangers aren't, and the headers on every answer. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";
import { eventually, temporaryFolder } from "../uplink/support/temporary.ts";
import { device } from "../uplink/support/ward-rows.ts";
import { ask } from "./support/ask.ts";
import { type Built, buildConsoleFiles } from "./support/build.ts";
import { openFeed, runConsole, runTap } from "./support/world.ts";

let built: Built;
beforeAll(async () => {
  built = await buildConsoleFiles();
});
afterAll(() => built.remove());

const run = (options = {}) => runConsole({ folder: temporaryFolder(), worker: built.worker }, options);

const refusedFeed = (port: number, options: object) =>
  new Promise<number | undefined>((resolve, reject) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/api/feed`, options);
    socket.on("unexpected-response", (_request, response) => {
      resolve(response.statusCode);
      response.destroy();
    });
    socket.on("open", () => reject(new Error("it was let in")));
    socket.on("error", () => undefined);
  });

test.each(["/api/state", "/api/health", "/nothing", "/", "/%zz"])("%s carries the security headers", async (path) => {
  const { headers } = await ask((await run()).port, path);
  expect(headers).toMatchObject({
    "content-security-policy": expect.stringMatching(/default-src 'self';.*frame-ancestors 'none'/),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
  });
  expect(headers["content-security-policy"]).not.toContain("unsafe");
  expect(headers).not.toHaveProperty("access-control-allow-origin");
});

test("what the API says is not stored on the way", async () => {
  expect((await ask((await run()).port, "/api/state")).headers["cache-control"]).toBe("no-store");
});

test.each(["rebound.example", "127.0.0.1.rebound.example", "10.0.0.1:80", "localhost@rebound.example", "[fe80::1]"])(
  "a request for the host %s is turned away",
  async (host) => {
    const answer = await ask((await run()).port, "/api/state", { host });
    expect(answer.status).toBe(421);
    expect(JSON.parse(answer.body)).toEqual({ error: "wrong-host", message: expect.any(String) });
  },
);

test.each(["localhost", "LOCALHOST:8080", "127.0.0.1:1", "[::1]:8080"])("the host %s is this machine", async (host) => {
  expect((await ask((await run()).port, "/api/state", { host })).status).toBe(200);
});

test("errors are JSON with a word and a sentence", async () => {
  const { port } = await run();
  expect(await ask(port, "/nothing")).toMatchObject({ status: 404, body: expect.stringContaining('"not-found"') });
  expect(await ask(port, "/%zz")).toMatchObject({ status: 400, body: expect.stringContaining('"bad-request"') });
  expect(await ask(port, "/api/state", {}, "DELETE")).toMatchObject({ status: 404 });
  expect(await ask(port, "/")).toMatchObject({ status: 503, body: expect.stringContaining("npm run build") });
});

test("the page's files are served, and none beside them", async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "page/assets"), { recursive: true });
  writeFileSync(join(folder, "secret.txt"), "secret");
  writeFileSync(join(folder, "page/.hidden"), "secret");
  writeFileSync(join(folder, "page/index.html"), "<!doctype html>");
  writeFileSync(join(folder, "page/assets/main-D1x2Y3z4.js"), "1");
  const { port } = await run({ pageFolder: join(folder, "page") });
  expect(await ask(port, "/")).toMatchObject({ status: 200, headers: { "cache-control": "no-cache" } });
  const script = await ask(port, "/assets/main-D1x2Y3z4.js");
  expect(script).toMatchObject({ status: 200, headers: { "cache-control": expect.stringContaining("immutable") } });
  for (const path of ["/../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt", "/.hidden", "/assets/"]) {
    const answer = await ask(port, path);
    expect(answer.status, path).toBeGreaterThanOrEqual(400);
    expect(answer.body, path).not.toContain("secret");
  }
});

test("the feed begins with the state and goes on with changes", async () => {
  const running = await run();
  const tap = runTap({ folder: temporaryFolder(), port: running.port });
  tap.write(device("dev-1"));
  await eventually("current", () => tap.uplink.status().state === "current");
  const { messages } = await openFeed(running.port);
  await eventually("the state", () => messages.length > 0);
  expect(messages[0]).toMatchObject({ type: "state", state: { version: "test", devices: [{ deviceId: "dev-1" }] } });
  tap.write(device("dev-1", { model: "Plum 360" }));
  const changed = await eventually("the change", () => messages.find((message) => message.type === "device"));
  expect(changed).toMatchObject({ device: { deviceId: "dev-1", model: "Plum 360" } });
  const line = await eventually("its line", () =>
    messages.find((message) => message.type === "feed" && message.item.kind === "device-changed"),
  );
  expect(line).toMatchObject({ item: { text: "DEV-1: model is now Plum 360" } });
});

test("the feed is for the console's own page alone", async () => {
  const { port } = await run();
  expect(await refusedFeed(port, { origin: "https://evil.example" })).toBe(403);
  expect(await refusedFeed(port, { origin: `http://localhost:${port}` })).toBe(403);
  expect(await refusedFeed(port, { origin: "null" })).toBe(403);
  expect(await refusedFeed(port, {})).toBe(403);
  const rebound = `http://rebound.example:${port}`;
  expect(await refusedFeed(port, { origin: rebound, headers: { host: `rebound.example:${port}` } })).toBe(421);
});

test("a page that reads too slowly is dropped, and the others go on", async () => {
  const running = await run({ feedLimits: { maxUnsentBytes: 100_000 } });
  const slow = await openFeed(running.port);
  const quick = await openFeed(running.port);
  await eventually("the state", () => slow.messages.length > 0 && quick.messages.length > 0);
  slow.socket.pause();
  const gone = new Promise((resolve) => slow.socket.once("close", resolve));
  const dropped = async () => {
    const health = await (await fetch(`http://127.0.0.1:${running.port}/api/health`)).json();
    return (health as { slowPages: number }).slowPages === 1;
  };
  await eventually("dropped", async () => {
    for (let count = 0; count < 10; count++) {
      running.bus.publish("feed", { type: "tap-gone", tapId: "x".repeat(10_000) });
    }
    return dropped();
  });
  slow.socket.resume();
  await gone;
  running.bus.publish("feed", { type: "tap-gone", tapId: "last" });
  await eventually("the last", () => quick.messages.some((message) => "tapId" in message && message.tapId === "last"));
});

test("past the limit of pages the next is told to try later", async () => {
  const { port } = await run({ feedLimits: { maxPages: 1 } });
  await openFeed(port);
  expect(await refusedFeed(port, { origin: `http://127.0.0.1:${port}` })).toBe(503);
});

test("what a page sends is not listened to, and too much of it ends the page", async () => {
  const { port } = await run();
  const { socket, messages } = await openFeed(port);
  socket.send(JSON.stringify({ type: "command", command: "locate" }));
  await eventually("the state", () => messages.length > 0);
  const ended = new Promise((resolve) => socket.once("close", resolve));
  socket.send("x".repeat(100_000));
  await ended;
});

test("when the console stops, pages are told that it goes away", async () => {
  const running = await run();
  const { socket } = await openFeed(running.port);
  const ended = new Promise((resolve) => socket.once("close", resolve));
  onTestFinished(() => socket.terminate());
  await running.stop();
  expect(await ended).toBe(1001);
});

test("more changes than are held while the state is read drop the page, which begins anew", async () => {
  const running = await run({ feedLimits: { maxWaiting: 3 } });
  const state = running.store.whichDevices;
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  running.store.whichDevices = (limit) => held.then(() => state(limit));
  const { socket } = await openFeed(running.port);
  const gone = new Promise((resolve) => socket.once("close", resolve));
  for (let count = 0; count < 5; count++) running.bus.publish("feed", { type: "tap-gone", tapId: `t-${count}` });
  await gone;
  release();
  const health = await fetch(`http://127.0.0.1:${running.port}/api/health`);
  expect(await health.json()).toMatchObject({ slowPages: 1 });
});

test("the page's own addresses give the page, which finds its files from there", async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "index.html"), '<script src="./assets/main.js"></script>');
  const { port } = await run({ pageFolder: folder });
  const html = (up: string) => `<script src="${up}assets/main.js"></script>`;
  expect((await ask(port, "/findings?state=open")).body).toBe(html("./"));
  expect((await ask(port, "/advisories")).body).toBe(html("./"));
  expect((await ask(port, "/devices")).body).toBe(html("./"));
  for (const path of ["/devices/reg-1", "/findings/fin-1", "/advisories/x"]) {
    const answer = await ask(port, path);
    expect(answer, path).toMatchObject({ status: 200, headers: { "cache-control": "no-cache" }, body: html("../") });
    expect(answer.headers["content-security-policy"]).toContain("default-src 'self'");
  }
  expect((await ask(port, "/devices/a/b")).status).toBe(404);
});
