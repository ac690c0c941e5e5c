/** Working a finding from the page: who may ask, what is checked, and the way to the tap and back. */
import { spawn } from "node:child_process";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import type { ConsoleState } from "../../console/api/shapes.ts";
import type { FindingDetail, WorkView } from "../../console/api/shapes-detail.ts";
import { summaryOf } from "../uplink/support/summaries.ts";
import { eventually, temporaryFolder } from "../uplink/support/temporary.ts";
import { device, finding } from "../uplink/support/ward-rows.ts";
import { ask } from "./support/ask.ts";
import { type Built, buildConsoleFiles } from "./support/build.ts";
import { dialRaw, type Raw } from "./support/raw-tap.ts";
import { openFeed, runConsole } from "./support/world.ts";

let built: Built;
beforeAll(async () => {
  built = await buildConsoleFiles();
});
afterAll(() => built.remove());

const LEDGER = "a".repeat(32);
const ROWS = [device("dev-1"), finding("fnd-1", "dev-1")].map((row, at) => ({ ...row, revision: at + 1, version: 1 }));
const run = (options = {}) => runConsole({ folder: temporaryFolder(), worker: built.worker }, options);

/** A tap with one finding; it answers no command by itself. */
async function callIn(port: number): Promise<Raw> {
  const tap = await dialRaw(port);
  tap.say({ type: "hello", tapId: "t", name: "T", ledgerId: LEDGER, version: "1", revision: 2 });
  tap.say({ type: "rows", ledgerId: LEDGER, rows: ROWS, after: 0, upTo: 2 });
  await eventually("acknowledged", () => tap.messages.some(({ type }) => type === "ack"));
  return tap;
}
const commandsOf = (tap: Raw) => tap.messages.filter(({ type }) => type === "command");
const hangUp = async (tap: Raw) => {
  tap.socket.close();
  await tap.closed;
};

const stateOf = async (port: number) => JSON.parse((await ask(port, "/api/state")).body) as ConsoleState;
const registerIdOf = async (port: number) => (await stateOf(port)).findings[0]?.registerId ?? "none";
const detailOf = async (port: number) =>
  JSON.parse((await ask(port, `/api/findings/${await registerIdOf(port)}`)).body) as FindingDetail;

const page = (port: number) => ({ origin: `http://127.0.0.1:${port}` });
const own = (port: number) => ({ ...page(port), "content-type": "application/json" });
async function post(port: number, body: object, headers: Record<string, string> = own(port)) {
  const path = `/api/findings/${await registerIdOf(port)}/work`;
  return ask(port, path, headers, "POST", JSON.stringify({ id: "work-0001", action: "acknowledge", by: "A", ...body }));
}

test.each([
  ["another page", { origin: "https://evil.example" }],
  ["a page of another port", { origin: "http://127.0.0.1:1" }],
  ["a sandboxed page", { origin: "null" }],
  ["a browser that says cross-site", { "sec-fetch-site": "cross-site" }],
  ["a browser that says same-site", { "sec-fetch-site": "same-site" }],
])("%s may change nothing", async (_name, headers) => {
  const { port } = await run();
  await callIn(port);
  expect((await post(port, {}, { ...own(port), ...headers })).status).toBe(403);
  const { status, headers: said } = await ask(port, "/api/work/work-0001", { ...page(port), ...headers }, "DELETE");
  expect(status).toBe(403);
  expect(said).not.toHaveProperty("access-control-allow-origin");
  expect((await detailOf(port)).asked).toEqual([]);
});

test("a request that names no origin may change nothing", async () => {
  const { port } = await run();
  await callIn(port);
  expect((await post(port, {}, { "content-type": "application/json" })).status).toBe(403);
});

test.each(["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/jsonish"])(
  "%s is not taken",
  async (type) => {
    const { port } = await run();
    await callIn(port);
    const answer = await post(port, {}, { ...own(port), "content-type": type });
    expect(answer).toMatchObject({ status: 415, body: expect.stringContaining("wrong-type") });
    expect((await detailOf(port)).asked).toEqual([]);
  },
);

test("nobody is given leave to ask from elsewhere", async () => {
  const { port } = await run();
  const asking = { origin: "https://evil.example", "access-control-request-method": "POST" };
  const answer = await ask(port, "/api/findings/fin-1/work", asking, "OPTIONS");
  expect(answer.status).toBe(404);
  expect(Object.keys(answer.headers).filter((name) => name.startsWith("access-control"))).toEqual([]);
});

test.each([
  [{ by: undefined }, "Who are you?"],
  [{ by: " \u202e " }, "Who are you?"],
  [{ id: "short" }, "The id can't be used"],
  [{ action: "delete" }, "The action can't be used"],
  [{ action: "resolve" }, "Why?"],
  [{ action: "false-alarm", reason: "  " }, "Why?"],
  [{ action: "accept", reason: "r" }, "What is done instead?"],
  [{ action: "accept", reason: "r", control: "c" }, "Who answers for it?"],
  [{ action: "accept", reason: "r", control: "c", owner: "o" }, "Until when?"],
  [{ action: "accept", reason: "r", control: "c", owner: "o", reviewAt: "2020-01-01" }, "must lie ahead"],
  [{ action: "accept", reviewAt: "soon" }, "The reviewAt can't be used"],
  [{ reason: "x".repeat(1001) }, "The reason can't be used"],
  [{ reason: "bed 4, 943 476 5919" }, "The reason holds what looks like an NHS number."],
])("%o is answered with a sentence", async (body, sentence) => {
  const { port } = await run();
  await callIn(port);
  const answer = await post(port, body);
  expect(answer.status).toBe(400);
  expect(JSON.parse(answer.body).message).toContain(sentence);
  expect((await detailOf(port)).asked).toEqual([]);
});

test("a body that is no object, too long or a trap is refused, and the console goes on", async () => {
  const { port } = await run();
  await callIn(port);
  const path = `/api/findings/${await registerIdOf(port)}/work`;
  for (const body of ["", "null", "[]", "{", "7", '{"__proto__":{"by":"x"}}', `"${"x".repeat(100_000)}"`]) {
    const { status } = await ask(port, path, own(port), "POST", body);
    expect(status, body.slice(0, 30)).toBeGreaterThanOrEqual(400);
    expect(status, body.slice(0, 30)).toBeLessThan(500);
  }
  const unknown = await ask(
    port,
    "/api/findings/fin-none/work",
    own(port),
    "POST",
    '{"id":"work-0001","action":"reopen","by":"A"}',
  );
  expect(unknown.status).toBe(404);
  expect((await ask(port, "/api/health")).status).toBe(200);
});

test("what is asked goes to the tap as its command, and the answer to the page", async () => {
  const { port } = await run();
  const tap = await callIn(port);
  const { messages } = await openFeed(port);
  const said = {
    action: "accept",
    by: "A. Engineer",
    reason: "No patch",
    control: "VLAN",
    owner: "EBME",
    reviewAt: "2099-01-31",
  };
  const answer = await post(port, said);
  expect(answer.status).toBe(202);
  const command = await eventually("the command", () => commandsOf(tap)[0]);
  expect(command).toMatchObject({
    command: "finding",
    commandId: "work-0001",
    arguments: { ...said, findingId: "fnd-1" },
  });
  tap.say({ type: "answer", commandId: "work-0001", ok: true, message: "It is accepted as a risk now." });
  const told = await eventually("done", () =>
    messages.find((message) => message.type === "work" && message.work.state === "done"),
  );
  expect(told).toMatchObject({ work: { by: "A. Engineer", message: "It is accepted as a risk now." } });
  expect((await detailOf(port)).asked).toMatchObject([{ state: "done" }]);
});

test("what the tap refuses is told, and not asked again", async () => {
  const { port } = await run();
  const tap = await callIn(port);
  await post(port, {});
  await eventually("the command", () => commandsOf(tap)[0]);
  tap.say({ type: "answer", commandId: "work-0001", ok: false, message: "There is no such finding." });
  await eventually("refused", async () => (await detailOf(port)).asked[0]?.state === "refused");
  await hangUp(tap);
  expect(commandsOf(await callIn(port))).toEqual([]);
});

test("with the tap away it waits, says so, and is delivered in order when the tap returns", async () => {
  const { port } = await run();
  await hangUp(await callIn(port));
  await post(port, { id: "work-0001" });
  await post(port, { id: "work-0002", action: "reopen" });
  await post(port, { id: "work-0002", action: "reopen" });
  expect((await stateOf(port)).work).toMatchObject([{ id: "work-0001", state: "waiting" }, { id: "work-0002" }]);
  const list = JSON.parse((await ask(port, "/api/findings")).body);
  expect(list.findings).toMatchObject([{ asked: "reopen" }]);
  const tap = await callIn(port);
  const ids = () => commandsOf(tap).map(({ commandId }) => commandId);
  await eventually("the first", () => ids().length === 1);
  tap.say({ type: "answer", commandId: "work-0001", ok: true, message: "" });
  await eventually("the second", () => ids().length === 2);
  tap.say({ type: "answer", commandId: "work-0002", ok: true, message: "" });
  await eventually("nothing waits", async () => (await stateOf(port)).work.length === 0);
  expect(ids()).toEqual(["work-0001", "work-0002"]);
});

test("a tap that goes before it answers is asked again with the same id", async () => {
  const { port } = await run();
  const tap = await callIn(port);
  await post(port, {});
  await eventually("the command", () => commandsOf(tap)[0]);
  await hangUp(tap);
  const back = await callIn(port);
  expect(await eventually("the command again", () => commandsOf(back)[0])).toEqual(commandsOf(tap)[0]);
});

test("a tap that doesn't answer in time is asked again at its next sign of life", async () => {
  const { port } = await run({ intakeLimits: { commandMs: 30 } });
  const tap = await callIn(port);
  await post(port, {});
  await eventually("asked again", () => {
    tap.say(summaryOf());
    return commandsOf(tap).length > 1;
  });
  expect(new Set(commandsOf(tap).map(({ commandId }) => commandId)).size).toBe(1);
});

test("what waits can be taken back until it was sent", async () => {
  const { port } = await run();
  await hangUp(await callIn(port));
  await eventually("gone", async () => (await stateOf(port)).taps[0]?.connected === false);
  await post(port, {});
  const withdraw = () => ask(port, "/api/work/work-0001", page(port), "DELETE");
  expect(await withdraw()).toMatchObject({ status: 200, body: expect.stringContaining('"withdrawn"') });
  expect(await withdraw()).toMatchObject({ status: 409, body: expect.stringContaining("too-late") });
  const tap = await callIn(port);
  expect(commandsOf(tap)).toEqual([]);
  await post(port, { id: "work-0002" });
  await eventually("the command", () => commandsOf(tap)[0]);
  expect((await ask(port, "/api/work/work-0002", page(port), "DELETE")).status).toBe(409);
});

test("nothing of it is lost when the console is killed", async () => {
  const folder = temporaryFolder();
  async function start(): Promise<{ port: number; kill: () => Promise<void> }> {
    const child = spawn(process.execPath, [built.main, "--port", "0", "--data", folder, "--log", "silent"]);
    onTestFinished(() => void child.kill("SIGKILL"));
    const port = await new Promise<number>((resolve) => {
      child.stdout.on("data", (said) => resolve(Number(/:(\d+)\//.exec(String(said))?.[1])));
    });
    const gone = new Promise<void>((resolve) => child.once("close", () => resolve()));
    const kill = () => {
      child.kill("SIGKILL");
      return gone;
    };
    return { port, kill };
  }
  const first = await start();
  await hangUp(await callIn(first.port));
  const asked = JSON.parse((await post(first.port, { reason: "Seen" })).body) as WorkView;
  await first.kill();
  const second = await start();
  expect((await stateOf(second.port)).work).toEqual([asked]);
  const tap = await callIn(second.port);
  expect(await eventually("the command", () => commandsOf(tap)[0])).toMatchObject({ commandId: asked.id });
});
