/** The replay's table as people read it: whom a finding is about, and devices that have no address of their own. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { openCaptureFiles } from "../../agent/capture/pcap-file.ts";
import { replayTable } from "../../agent/commands/replay-table.ts";
import { defaultConfig } from "../../agent/config.ts";
import { type ReplayResult, replay } from "../../agent/replay.ts";
import { repositoryRoot } from "../support/built.ts";

async function ward(): Promise<ReplayResult> {
  const capture = join(repositoryRoot(), "tests/captures/ward.pcap");
  return replay(await openCaptureFiles([capture]), [capture], { config: defaultConfig() });
}
const print = (result: ReplayResult) => replayTable(result, { colour: false, width: 120 });

test("every finding about a device says which one", async () => {
  const result = await ward();
  const told = print(result).split("\nFindings\n")[1]!;
  const about = result.findings.filter(({ about }) => about === "device");
  expect(about.length).toBeGreaterThan(1);
  for (const { deviceId, why } of about) {
    const { device } = result.devices.find((judged) => judged.device.id === deviceId)!;
    expect(told).toContain(`at ${device.ips[0]}: ${why}`);
  }
});

test("the same judgement about several devices is told once, with one advice", async () => {
  const result = await ward();
  const shared = result.findings.filter(({ rule }) => rule === result.findings[0]!.rule);
  expect(shared.length).toBeGreaterThan(1);
  expect(print(result).split(shared[0]!.advice)).toHaveLength(2);
});

test("a device without an address is told by its serial number and by who reports it", async () => {
  const result = await ward();
  const [gateway, behind] = result.devices;
  Object.assign(behind!.device, { macs: [], ips: [], names: [], serial: "SN-4711", reportedBy: gateway!.device.id });
  expect(print(result)).toContain(`serial SN-4711, reported by ${gateway!.device.ips[0]}`);
});

test("a device's class is told in words, not by its short name", async () => {
  const told = print(await ward());
  expect(told).toContain("  desk phone, Cisco CP-7821 (99 %)");
  expect(told).not.toContain("voip");
});
