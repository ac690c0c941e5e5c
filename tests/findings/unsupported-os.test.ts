/** A system without updates is told where what was seen proves it, and not where a supported one shows the same. */
import { expect, test } from "vitest";
import type { Device } from "../../agent/identify/device.ts";
import { device, judge, piece } from "./given.ts";

const IN_2026 = Date.UTC(2026, 0, 15) * 1000;
const IN_2025 = Date.UTC(2025, 0, 15) * 1000;

const running = (os: string, ...evidence: Device["evidence"]): Device =>
  device({ os, evidence, claims: [{ field: "os", value: os, because: ["windows"], confidence: 0.85 }] });
const told = (now: number, ...devices: Device[]) =>
  judge({ devices, now }).filter(({ rule }) => rule === "unsupported-os");

const BUILD_OF_10 = piece("ntlmssp.version", "10.0.19045");
const LIST_OF_10_AND_11 = piece("dhcp.option.request_list_item", "1,3,6,15,31,33,43,44,46,47,119,121,249,252");
const LIST_OF_7 = piece("dhcp.option.request_list_item", "1,15,3,6,44,46,47,31,33,121,249,43");

test("a build that only Windows 10 has is told once its updates have ended", () => {
  expect(told(IN_2026, running("Windows 10", BUILD_OF_10))).toHaveLength(1);
  expect(told(IN_2025, running("Windows 10", BUILD_OF_10))).toEqual([]);
});

test("a DHCP list that Windows 11 asks for too proves nothing of Windows 10", () => {
  expect(told(IN_2026, running("Windows 10", LIST_OF_10_AND_11))).toEqual([]);
});

test("the build decides what the list leaves open", () => {
  expect(told(IN_2026, running("Windows 10", LIST_OF_10_AND_11, BUILD_OF_10))).toHaveLength(1);
});

test("a browser's Windows NT 10.0 may be that of Windows 11", () => {
  const agent = piece("http.user_agent", "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101");
  expect(told(IN_2026, running("Windows 10", agent))).toEqual([]);
});

test("a sign that fits two systems, both without updates, is told", () => {
  expect(told(IN_2026, running("Windows 7", LIST_OF_7))).toHaveLength(1);
});

test("a medical device's old system weighs more, and no more when it may be a supported one", () => {
  const medical = (one: Device): Device => ({ ...one, medical: true });
  expect(told(IN_2026, medical(running("Windows 10", BUILD_OF_10)))[0]?.severity).toBe("high");
  expect(told(IN_2026, medical(running("Windows 10", LIST_OF_10_AND_11)))).toEqual([]);
});
