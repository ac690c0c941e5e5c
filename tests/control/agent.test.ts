/** Commands and the running agent as processes of their own: who decides, who may ask, and what a kill leaves. */
import { chownSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { openLedger } from "../../agent/ledger/ledger.ts";
import { STACK_TRACE, wardtap } from "../support/wardtap.ts";
import { eventually } from "../uplink/support/temporary.ts";
import { connect, FINDING, type Place, place, RESOLVE, startAgent, stateIn } from "./support.ts";

const NOBODY = 65534;
const resolve = (at: Place, ...more: string[]) =>
  wardtap(["findings", "resolve", FINDING, "--reason", "switched off", "--ledger", at.ledger, ...more]);
const reopen = (at: Place) => wardtap(["findings", "reopen", FINDING, "--ledger", at.ledger]);
const line = (value: unknown) => `${JSON.stringify(value)}\n`;

test("a command is answered by the running agent, which alone writes the ledger", async () => {
  const at = place();
  const agent = await startAgent(at);
  expect(await resolve(at)).toMatchObject({ code: 0, stdout: `${FINDING}: It is resolved now.\n`, stderr: "" });
  expect(stateIn(at)).toBe("resolved");
  // Its own memory knows of it too, not only the file.
  expect(await resolve(at)).toMatchObject({ code: 0, stdout: `${FINDING}: It is resolved already.\n` });
  await agent.end();
  expect([stateIn(at), existsSync(at.socket)]).toEqual(["resolved", false]);
});

test("only its owner may talk to it", async () => {
  const at = place();
  await startAgent(at);
  expect(statSync(at.socket).mode & 0o777).toBe(0o600);
});

test("whatever is sent, the agent gives one plain answer or none, and goes on", async () => {
  const at = place();
  const agent = await startAgent(at);
  const ask = async (bytes: string | Buffer) => {
    const client = connect(at.socket);
    client.socket.write(bytes);
    await client.closed;
    client.socket.destroy();
    return client.heard();
  };
  const no = (message: string) => line({ ok: false, message });
  const unread = no("The request can't be read.");
  expect(await ask("hello\n")).toBe(unread);
  expect(await ask(Buffer.from([0, 255, 254, 10, 0, 13, 10]))).toBe(unread);
  expect(await ask("\n")).toBe(unread);
  expect(await ask(line([]))).toBe(unread);
  expect(await ask(line({ request: "finding" }))).toBe(unread);
  expect(await ask(line({ request: "finding", arguments: [RESOLVE] }))).toBe(unread);
  expect(await ask(`${"[".repeat(16_000)}\n`)).toBe(unread);
  expect(await ask(line({ request: "shutdown", arguments: {} }))).toBe(no("not supported"));
  expect(await ask('{"request":"finding","arguments":{"__proto__":{"action":"resolve"}}}\n')).toMatch(/"ok":false/);
  expect(await ask(line({ request: "finding", arguments: { ...RESOLVE, reason: "x".repeat(15_000) } }))).toMatch(
    /"ok":false/,
  );
  expect(await ask(line({ request: "finding", arguments: { ...RESOLVE, reason: "x".repeat(17_000) } }))).toBe(
    no("The request is too long."),
  );
  expect(await ask(Buffer.alloc(4 << 20, "x"))).toBe(no("The request is too long."));
  expect(stateIn(at)).toBe("open");
  // Two requests at once get one answer, for the first.
  const good = line({ request: "finding", arguments: RESOLVE });
  expect(await ask(good + line({ request: "finding", arguments: { ...RESOLVE, action: "reopen" } }))).toBe(
    line({ ok: true, message: "It is resolved now." }),
  );
  expect(stateIn(at)).toBe("resolved");
  expect(agent.said()).not.toMatch(STACK_TRACE);
}, 30_000);

test("who has said all may hang up its own half; who said half a request gets no answer", async () => {
  const at = place();
  await startAgent(at);
  const whole = connect(at.socket);
  whole.socket.end(line({ request: "finding", arguments: RESOLVE }));
  await whole.closed;
  expect(whole.heard()).toBe(line({ ok: true, message: "It is resolved now." }));
  const half = connect(at.socket);
  half.socket.end(line({ request: "finding", arguments: { ...RESOLVE, action: "reopen" } }).slice(0, -1));
  await half.closed;
  expect([half.heard(), stateIn(at)]).toEqual(["", "resolved"]);
});

test("clients that never ask keep a command waiting for a moment, and nothing else", async () => {
  const at = place();
  await startAgent(at);
  const idle = Array.from({ length: 100 }, () => connect(at.socket));
  await eventually("the first are heard", () => idle.filter(({ socket }) => !socket.connecting).length > 8);
  // One of them trickles.
  const trickle = setInterval(() => idle[0]!.socket.write("{"), 100);
  await Promise.all(idle.map(({ closed }) => closed));
  clearInterval(trickle);
  expect(idle.map(({ heard }) => heard()).join("")).toBe("");
  expect(await resolve(at)).toMatchObject({ code: 0 });
}, 40_000);

test("when all places are taken a command is told to try again", async () => {
  const at = place();
  await startAgent(at);
  const idle = Array.from({ length: 8 }, () => connect(at.socket));
  for (const { socket } of idle) await eventually("connected", () => !socket.connecting);
  const { code, stderr } = await resolve(at);
  expect([code, stderr]).toEqual([1, expect.stringContaining("didn't answer: try again")]);
  expect(stateIn(at)).toBe("open");
}, 30_000);

describe("without an agent", () => {
  test("the command writes the ledger itself, also where a killed agent left its socket", async () => {
    const at = place();
    expect(await resolve(at)).toMatchObject({ code: 0 });
    const agent = await startAgent(at);
    await agent.end("SIGKILL");
    expect(existsSync(at.socket)).toBe(true);
    expect(await reopen(at)).toMatchObject({ code: 0, stdout: `${FINDING}: It is open now.\n` });
    expect(stateIn(at)).toBe("open");
    // The next agent takes the socket's place and knows what was decided meanwhile.
    await startAgent(at);
    expect(await reopen(at)).toMatchObject({ code: 0, stdout: `${FINDING}: It is open already.\n` });
  }, 30_000);

  const canChown = process.getuid?.() === 0 || process.env.CI === "true";
  test.skipIf(!canChown)("what root decides leaves the ledger to the user whose it is", async () => {
    const at = place();
    // As after a copy was put back: the writer's lock isn't there.
    rmSync(`${at.ledger}.lock`, { force: true });
    for (const path of [at.folder, at.ledger]) chownSync(path, NOBODY, NOBODY);
    expect(await resolve(at)).toMatchObject({ code: 0 });
    const before = ["setpriv", `--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups"];
    const words = ["findings", "reopen", FINDING, "--ledger", at.ledger];
    expect(await wardtap(words, { before })).toMatchObject({ code: 0, stdout: `${FINDING}: It is open now.\n` });
  });

  test("and without a ledger it says so and makes none", async () => {
    const at = place(true);
    const { code, stderr } = await resolve(at);
    expect([code, stderr]).toEqual([2, expect.stringMatching(/^wardtap: There is no ledger yet\./)]);
    expect(readdirSync(at.folder)).toEqual(["wardtap.toml"]);
  });
});

test("a writer that hears no commands is named, and nothing is changed", async () => {
  const at = place();
  const older = openLedger(at.ledger, { clock: () => Date.now() * 1000 });
  const { code, stderr } = await resolve(at);
  older.close();
  expect([code, stderr]).toEqual([1, expect.stringMatching(/takes no commands: .*restart it/)]);
  expect(stderr).not.toMatch(STACK_TRACE);
  expect(stateIn(at)).toBe("open");
});

test("a file where the socket should be is left alone: the agent says so and works without commands", async () => {
  const at = place();
  writeFileSync(at.socket, "mine");
  const agent = await startAgent(at);
  expect(agent.said()).toContain("commands can't reach this agent (EADDRINUSE)");
  expect(readFileSync(at.socket, "utf8")).toBe("mine");
  expect((await resolve(at)).stderr).toMatch(/takes no commands/);
  await agent.end();
  expect(readFileSync(at.socket, "utf8")).toBe("mine");
});

test("what a command was told is in the ledger, whenever the agent is killed", async () => {
  const at = place();
  for (const wait of [150, 250, 350, 450]) {
    const before = stateIn(at);
    const agent = await startAgent(at);
    const asking = before === "open" ? resolve(at) : reopen(at);
    await sleep(wait);
    await agent.end("SIGKILL");
    const { code, stderr } = await asking;
    expect(stderr).not.toMatch(STACK_TRACE);
    const after = before === "open" ? "resolved" : "open";
    if (code === 0) expect(stateIn(at)).toBe(after);
    else expect([before, after]).toContain(stateIn(at));
  }
}, 60_000);
