/** A console works a finding over the uplink: one answer for each command, and the row that shows what was done. */
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { type WebSocket, WebSocketServer } from "ws";
import { Agent } from "../../agent/agent.ts";
import { defaultConfig } from "../../agent/config.ts";
import { begun } from "../../agent/findings/work/sight.ts";
import { findingChange } from "../../agent/ledger/finding-rows.ts";
import { openLedger } from "../../agent/ledger/ledger.ts";
import { fromTapSchema } from "../../agent/uplink/messages.ts";
import { createUplink } from "../../agent/uplink/uplink.ts";
import { fresh, START } from "../findings/work/given.ts";
import { eventually, temporaryFolder } from "./support/temporary.ts";

const FINDING = fresh().id;
const BY = { findingId: FINDING, by: "K. Engineer" };
const WHY = { ...BY, reason: "known" };
const ACCEPTANCE = { ...WHY, control: "own VLAN", owner: "Clinical engineering", reviewAt: "2026-09-30" };

interface Answer {
  ok: boolean;
  message: string;
}
let messages: Record<string, unknown>[] = [];
/** Sends one command and gives what the tap answered. */
let ask: (values: Record<string, unknown>) => Promise<Answer>;

beforeEach(async () => {
  messages = [];
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1", handleProtocols: () => "wardtap.v1" });
  await new Promise((resolve) => server.once("listening", resolve));
  let console: WebSocket | undefined;
  server.on("connection", (socket) => {
    console = socket;
    socket.on("message", (data) => {
      // What a console that checks everything accepts.
      const message = fromTapSchema.parse(JSON.parse(data.toString()));
      messages.push(message);
      if (message.type === "hello")
        socket.send(JSON.stringify({ type: "welcome", ledgerId: message.ledgerId, revision: 0 }));
      if (message.type === "rows")
        socket.send(JSON.stringify({ type: "ack", ledgerId: message.ledgerId, revision: message.upTo }));
    });
  });
  const ledger = openLedger(join(temporaryFolder(), "ledger.db"), { clock: () => START });
  ledger.write([findingChange(begun(fresh(), START))]);
  const agent = new Agent({
    config: defaultConfig(),
    ledger,
    lights: { show: () => undefined, close: () => undefined },
    log: { info: () => undefined, warn: () => undefined },
    clock: () => START,
    onCommit: () => uplink.notify(),
  });
  const uplink = createUplink({
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/uplink`,
    hello: () => ({ tapId: "ward-7", name: "Ward 7", version: "1" }),
    ledger,
    summary: () => agent.summary(),
    work: (asked) => agent.work(asked),
  });
  uplink.start();
  onTestFinished(async () => {
    await uplink.stop();
    server.close();
    ledger.close();
  });
  await eventually("the first row", () => messages.some(({ type }) => type === "rows"));
  let commands = 0;
  ask = async (values) => {
    const commandId = `c-${++commands}`;
    console!.send(JSON.stringify({ type: "command", commandId, command: "finding", arguments: values }));
    const answer = await eventually("an answer", () => messages.find((message) => message.commandId === commandId));
    return { ok: answer.ok, message: answer.message } as Answer;
  };
});

const bodies = () =>
  messages
    .filter(({ type }) => type === "rows")
    .flatMap(({ rows }) => rows as { kind: string; body: Record<string, unknown> }[])
    .filter(({ kind }) => kind === "finding")
    .map(({ body }) => body);

test.each([
  ["acknowledge", BY, "acknowledged", "It is acknowledged now."],
  ["accept", ACCEPTANCE, "accepted", "It is accepted as a risk now."],
  ["resolve", WHY, "resolved", "It is resolved now."],
  ["false-alarm", WHY, "false-alarm", "It is a false alarm now."],
])("%s is done, answered and comes back as a row", async (action, values, state, message) => {
  expect(await ask({ ...values, action })).toEqual({ ok: true, message });
  await eventually("the row", () => bodies().at(-1)?.state === state);
  expect(bodies().at(-1)).toMatchObject({ id: FINDING, work: { by: "K. Engineer", history: [{ what: state }] } });
  // An answer that was lost on the way is asked for by asking again: the same once.
  expect(await ask({ ...values, action })).toMatchObject({ ok: true, message: expect.stringContaining("already") });
  expect(await ask({ ...BY, action: "reopen" })).toEqual({ ok: true, message: "It is open now." });
  await eventually("the row", () => bodies().at(-1)?.state === "open");
  expect(bodies()).toHaveLength(3);
});

test.each<[string, Record<string, unknown>, RegExp]>([
  ["nothing", {}, /Its id is needed/],
  ["a finding of another tap", { ...WHY, findingId: "fnd-0000000000000000", action: "resolve" }, /no such finding/],
  ["an id that is no text", { ...WHY, findingId: { $ne: "" }, action: "resolve" }, /Its id is needed/],
  ["no action", WHY, /One of acknowledge, accept/],
  ["an unknown action", { ...WHY, action: "delete" }, /One of acknowledge, accept/],
  ["no name", { findingId: FINDING, action: "acknowledge" }, /Who does this\?/],
  ["a name of blanks", { ...WHY, by: " \t ", action: "resolve" }, /Who does this\?/],
  ["no reason", { ...BY, action: "resolve" }, /A reason is needed/],
  ["a reason of any length", { ...BY, reason: "x".repeat(100_000), action: "resolve" }, /reason can't be used/],
  ["no compensating control", { ...ACCEPTANCE, control: "", action: "accept" }, /compensating control/],
  ["no owner", { ...ACCEPTANCE, owner: undefined, action: "accept" }, /Who answers for it\?/],
  ["no date", { ...ACCEPTANCE, reviewAt: "next spring", action: "accept" }, /A review date is needed/],
  ["a day that isn't", { ...ACCEPTANCE, reviewAt: "2026-02-31", action: "accept" }, /A review date is needed/],
  ["a day long past", { ...ACCEPTANCE, reviewAt: "2020-01-01", action: "accept" }, /has passed already/],
  ["a day too far", { ...ACCEPTANCE, reviewAt: "2099-01-01", action: "accept" }, /within 5 years/],
])("%s is answered with no, in a sentence, and changes nothing", async (_, values, message) => {
  expect(await ask(values)).toEqual({ ok: false, message: expect.stringMatching(message) });
  expect(await ask({ ...BY, action: "acknowledge" })).toMatchObject({ ok: true });
  await eventually("the row", () => bodies().length > 1);
  expect(bodies().map(({ state }) => state)).toEqual(["open", "acknowledged"]);
});
