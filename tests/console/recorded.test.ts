/** Recorded messages of this release: both ends still read them, and both ends still say them so. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { fromConsoleSchema, fromTapSchema, readMessage } from "../../agent/uplink/messages.ts";
import { eventually, temporaryFolder } from "../uplink/support/temporary.ts";
import { AT, alias, device, evidence, finding, period } from "../uplink/support/ward-rows.ts";
import { type Built, buildConsoleFiles } from "./support/build.ts";
import { runConsole, runTap } from "./support/world.ts";

/** A release's folder is never edited; RECORD=1 writes it while the release is being made. */
const FOLDER = new URL("../uplink/fixtures/wardtap.v1/", import.meta.url);
const FROM_TAP = ["hello", "rows", "summary", "answer"];
const FROM_CONSOLE = ["welcome", "ack", "command", "refused"];

let built: Built;
beforeAll(async () => {
  built = await buildConsoleFiles();
});
afterAll(() => built.remove());

const recorded = (type: string): Record<string, unknown> =>
  JSON.parse(readFileSync(new URL(`${type}.json`, FOLDER), "utf8"));

/** A tap and a console talk through a relay that writes down the first message of each type. */
async function overhear(): Promise<Map<string, Record<string, unknown>>> {
  const running = await runConsole({ folder: temporaryFolder(), worker: built.worker });
  const heard = new Map<string, Record<string, unknown>>();
  const relay = new WebSocketServer({ port: 0, host: "127.0.0.1", handleProtocols: () => "wardtap.v1" });
  relay.on("connection", (tap) => {
    const far = new WebSocket(`ws://127.0.0.1:${running.port}/uplink`, "wardtap.v1");
    const waiting: string[] = [];
    const note = (text: string) => {
      const message = JSON.parse(text);
      if (!heard.has(message.type)) heard.set(message.type, message);
      return text;
    };
    far.on("open", () => {
      for (const text of waiting.splice(0)) far.send(text);
    });
    tap.on("message", (data) => {
      const text = note(data.toString());
      if (far.readyState === WebSocket.OPEN) far.send(text);
      else waiting.push(text);
    });
    far.on("message", (data) => tap.send(note(data.toString())));
    far.on("close", () => tap.terminate());
    tap.on("close", () => far.terminate());
  });
  await new Promise((resolve) => relay.once("listening", resolve));
  const { port } = relay.address() as { port: number };
  const tap = runTap({ folder: temporaryFolder(), port }, { locate: () => undefined });
  tap.write(device("dev-1"), device("dev-2"), alias("dev-2", "dev-1"), evidence("dev-1", "hl7.prt.16", "Plum A+"));
  tap.write(finding("fnd-1", "dev-1"), period("dev-1", AT, AT));
  await eventually("summary", () => heard.has("summary"));
  running.bus.publish("command", { tapId: "ward-7", commandId: "1", command: "locate", arguments: { seconds: 10 } });
  await eventually("all but refused", () =>
    [...FROM_TAP, "welcome", "ack", "command"].every((type) => heard.has(type)),
  );
  await tap.stop();
  relay.close();
  return heard;
}

if (process.env.RECORD) {
  test("records what is said", async () => {
    // Said only past a limit that no test can fill: as session.ts writes it.
    const refused = { type: "refused", message: "The console keeps at most 2000 taps." };
    for (const [type, message] of (await overhear()).set("refused", refused)) {
      writeFileSync(new URL(`${type}.json`, FOLDER), `${JSON.stringify(message, null, 2)}\n`);
    }
  });
}

test("there is a recording of every type, and no other", () => {
  expect(readdirSync(FOLDER).sort()).toEqual([...FROM_TAP, ...FROM_CONSOLE].map((type) => `${type}.json`).sort());
});

test.each(FROM_TAP)("the console still reads %s, and keeps all of it", (type) => {
  expect(readMessage(fromTapSchema, JSON.stringify(recorded(type)))).toEqual({ message: recorded(type) });
});

test.each(FROM_CONSOLE)("the tap still reads %s, and keeps all of it", (type) => {
  expect(readMessage(fromConsoleSchema, JSON.stringify(recorded(type)))).toEqual({ message: recorded(type) });
});

test("what both ends say today has every field that was recorded", async () => {
  const heard = await overhear();
  for (const type of [...FROM_TAP, ...FROM_CONSOLE].filter((each) => each !== "refused")) {
    expect(Object.keys(heard.get(type)!), type).toEqual(expect.arrayContaining(Object.keys(recorded(type))));
  }
});

test("a console that was sent the recording shows the device", async () => {
  const running = await runConsole({ folder: temporaryFolder(), worker: built.worker });
  const tap = new WebSocket(`ws://127.0.0.1:${running.port}/uplink`, "wardtap.v1");
  await new Promise((resolve) => tap.once("open", resolve));
  for (const type of ["hello", "rows", "summary"]) tap.send(JSON.stringify(recorded(type)));
  const state = await eventually("the device", async () => {
    const now = await running.state();
    return now.devices.length > 0 && now.taps[0]?.lastHeardAt != null && now;
  });
  expect(state.devices[0]).toMatchObject({ deviceId: "dev-1", model: "Plum A+" });
  tap.terminate();
});
