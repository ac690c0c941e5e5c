/** The whole road from a tap's ledger to the console's state, with real sockets and real databases. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { tombstone } from "../../agent/ledger/rows.ts";
import { MAX_ROWS_PER_MESSAGE } from "../../agent/uplink/messages.ts";
import type { ConsoleState } from "../../console/api/shapes.ts";
import { summaryOf } from "../uplink/support/summaries.ts";
import { eventually, temporaryFolder } from "../uplink/support/temporary.ts";
import { AT, alias, device, evidence, finding, period } from "../uplink/support/ward-rows.ts";
import { type Built, buildConsoleFiles } from "./support/build.ts";
import { openFeed, runCable, runConsole, runTap } from "./support/world.ts";

let built: Built;
beforeAll(async () => {
  built = await buildConsoleFiles();
});
afterAll(() => built.remove());

const pumps = (count: number) => Array.from({ length: count }, (_, index) => device(`dev-${index}`));
/** The register without what depends on when it was asked. */
const registerOf = ({ devices, findings }: ConsoleState) => ({ devices, findings });

test("a device in the ledger shows in the console's state", async () => {
  const running = await runConsole({ folder: temporaryFolder(), worker: built.worker });
  const tap = runTap({ folder: temporaryFolder(), port: running.port });
  tap.write(device("dev-1", { names: ["ICU-PUMP-04"] }), period("dev-1", AT, "2026-05-01T12:34:56.000001Z"));
  const state = await eventually("the device", async () => {
    const now = await running.state();
    return now.devices.length > 0 && now;
  });
  expect(state.devices[0]).toMatchObject({
    tapId: "ward-7",
    deviceId: "dev-1",
    names: ["ICU-PUMP-04"],
    maker: "Hospira",
    lastSeenAt: "2026-05-01T12:34:56.000001Z",
  });
  await eventually("current", () => tap.uplink.status().state === "current");
  expect(tap.ledger.backlog()).toBe(0);
});

test("lights, counts and live times come from the summary", async () => {
  const running = await runConsole({ folder: temporaryFolder(), worker: built.worker });
  const at = Date.UTC(2026, 4, 1, 13) * 1000;
  const tap = runTap(
    { folder: temporaryFolder(), port: running.port },
    { summary: (fields) => summaryOf({ ...fields, active: [["dev-1", at]], framesLost: 3 }) },
  );
  tap.write(device("dev-1"));
  const state = await eventually("the live time", async () => {
    const now = await running.state();
    return now.devices[0]?.lastSeenAt === "2026-05-01T13:00:00.000000Z" && now;
  });
  expect(state.taps).toMatchObject([
    { tapId: "ward-7", name: "Ward 7", connected: true, framesLost: 3, lights: { mirror: "solid", alert: "off" } },
  ]);
  expect(state.taps[0]?.lightWords.mirror).toBe("both directions of other people's traffic seen");
});

test("a page hears of a device, a finding and a tap's going without asking again", async () => {
  const running = await runConsole({ folder: temporaryFolder(), worker: built.worker });
  const page = await openFeed(running.port);
  const tap = runTap({ folder: temporaryFolder(), port: running.port });
  tap.write(device("dev-1"), finding("fnd-1", "dev-1"));
  await eventually("the finding", () => page.messages.some((message) => message.type === "finding"));
  await tap.stop();
  await eventually("the going", () =>
    page.messages.some((message) => message.type === "feed" && message.item.kind === "tap-gone"),
  );
  expect(page.messages[0]).toMatchObject({ type: "state", state: { devices: [] } });
  const lines = page.messages.flatMap((message) => (message.type === "feed" ? [message.item] : []));
  expect(lines.map((line) => line.kind).sort()).toEqual(["device-new", "finding-new", "tap-connected", "tap-gone"]);
  const numbers = lines.map((line) => line.number);
  expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
});

test("a cable cut again and again in the middle of batches loses nothing", async () => {
  const running = await runConsole({ folder: temporaryFolder(), worker: built.worker });
  const cable = await runCable(() => running.port);
  const tap = runTap({ folder: temporaryFolder(), port: cable.port });
  const rows = pumps(MAX_ROWS_PER_MESSAGE * 6);
  tap.ledger.write(rows);
  for (let cuts = 0; cuts < 4; cuts++) {
    cable.cutAfter(300_000);
    tap.uplink.notify();
    await eventually("a cut", () => cable.cuts() > cuts || tap.uplink.status().state === "current");
  }
  await eventually("current", () => tap.uplink.status().state === "current");
  expect(cable.cuts()).toBeGreaterThan(0);
  expect((await running.state()).devices).toHaveLength(rows.length);
});

test("after a restart the console knows what it knew, and gets the rest", async () => {
  const folder = temporaryFolder();
  const first = await runConsole({ folder, worker: built.worker });
  const { port } = first;
  const tap = runTap({ folder: temporaryFolder(), port });
  tap.write(device("dev-1"), finding("fnd-1", "dev-1"));
  await eventually("current", () => tap.uplink.status().state === "current");
  const before = registerOf(await first.state());
  await first.stop();
  await eventually("unreachable", () => tap.uplink.status().state === "unreachable");
  const second = await runConsole({ folder, worker: built.worker, port });
  expect(registerOf(await second.state())).toEqual(before);
  tap.write(device("dev-2"));
  await eventually("the second device", async () => (await second.state()).devices.length === 2);
});

test("after a restart the tap sends only what is new", async () => {
  const running = await runConsole({ folder: temporaryFolder(), worker: built.worker });
  const folder = temporaryFolder();
  const first = runTap({ folder, port: running.port });
  first.write(...pumps(3));
  await eventually("current", () => first.uplink.status().state === "current");
  await first.stop();
  const page = await openFeed(running.port);
  const second = runTap({ folder, port: running.port });
  second.write(device("dev-new"));
  await eventually("the new device", () => page.messages.some((message) => message.type === "device"));
  expect(page.messages.filter((message) => message.type === "device")).toHaveLength(1);
  expect((await running.state()).devices).toHaveLength(4);
});

test("a replaced ledger keeps register ids and leaves only its own devices", async () => {
  const running = await runConsole({ folder: temporaryFolder(), worker: built.worker });
  const first = runTap({ folder: temporaryFolder(), port: running.port });
  first.write(device("dev-kept"), device("dev-old"));
  await eventually("current", () => first.uplink.status().state === "current");
  const kept = (await running.state()).devices.find((each) => each.deviceId === "dev-kept")!;
  await first.stop();
  const second = runTap({ folder: temporaryFolder(), port: running.port });
  second.write(device("dev-kept"), device("dev-fresh"));
  const devices = await eventually("the fresh ledger alone", async () => {
    const now = (await running.state()).devices;
    return now.some((each) => each.deviceId === "dev-fresh") && now;
  });
  expect(devices.map((each) => each.deviceId).sort()).toEqual(["dev-fresh", "dev-kept"]);
  expect(devices.find((each) => each.deviceId === "dev-kept")?.registerId).toBe(kept.registerId);
});

test("a merge, a removal and a resolved finding reach the console", async () => {
  const running = await runConsole({ folder: temporaryFolder(), worker: built.worker });
  const tap = runTap({ folder: temporaryFolder(), port: running.port });
  tap.write(device("dev-1"), device("dev-2"), device("dev-3"), finding("fnd-1", "dev-2"));
  await eventually("three devices", async () => (await running.state()).devices.length === 3);
  tap.write(tombstone("device", "dev-2", AT), alias("dev-2", "dev-1"), tombstone("device", "dev-3", AT));
  const state = await eventually("one device", async () => {
    const now = await running.state();
    return now.devices.length === 1 && now;
  });
  expect(state.devices[0]).toMatchObject({ deviceId: "dev-1", openFindings: 1 });
  expect(state.findings[0]).toMatchObject({ deviceId: "dev-1", state: "open" });
  tap.write(finding("fnd-1", "dev-2", { state: "resolved" }));
  await eventually("no open finding", async () => (await running.state()).devices[0]?.openFindings === 0);
});

test("a hostile name stays a string all the way", async () => {
  const running = await runConsole({ folder: temporaryFolder(), worker: built.worker });
  const name = "<img src=x onerror=alert(1)>\u202e\u0000\n";
  const tap = runTap({ folder: temporaryFolder(), port: running.port, name });
  tap.write(device("dev-1", { names: [name] }), evidence("dev-1", "hl7.prt.16", name));
  const state = await eventually("the device's line", async () => {
    const now = await running.state();
    return now.feed.some((item) => item.kind === "device-new") && now;
  });
  expect(state.devices[0]?.names).toEqual([name]);
  expect(state.feed.find((item) => item.kind === "device-new")?.text).toBe(
    "New infusion pump: <img src=x onerror=alert(1)>, Hospira Plum A+, 10.0.0.155",
  );
  expect(state.taps[0]?.name).toBe("<img src=x onerror=alert(1)>");
});

test("locate is answered with yes by a tap with lights, anything else with not supported", async () => {
  const running = await runConsole({ folder: temporaryFolder(), worker: built.worker });
  let located = 0;
  const tap = runTap({ folder: temporaryFolder(), port: running.port }, { locate: () => located++ });
  await eventually("current", () => tap.uplink.status().state === "current");
  const answers: object[] = [];
  running.bus.subscribe("answer", (answer) => answers.push(answer));
  running.bus.publish("command", { tapId: "ward-7", commandId: "1", command: "locate", arguments: {} });
  running.bus.publish("command", { tapId: "ward-7", commandId: "2", command: "transmit", arguments: {} });
  running.bus.publish("command", { tapId: "ward-8", commandId: "3", command: "locate", arguments: {} });
  await eventually("three answers", () => answers.length === 3);
  expect(answers).toContainEqual({
    tapId: "ward-7",
    commandId: "1",
    ok: true,
    message: "the lights are chasing",
    from: "tap",
  });
  expect(answers).toContainEqual({ tapId: "ward-7", commandId: "2", ok: false, message: "not supported", from: "tap" });
  expect(answers).toContainEqual({
    tapId: "ward-8",
    commandId: "3",
    ok: false,
    message: "the tap is not connected",
    from: "console",
  });
  expect(located).toBe(1);
});
