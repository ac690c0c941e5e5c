/** Which system packages are missing is told from commands and files alone. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { installCommand, missing, NEEDS } from "../../scripts/system-packages.mjs";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "wardtap-test-"));
});
afterEach(() => rmSync(root, { recursive: true }));

test("on an empty machine every package of the group is missing, each named once", () => {
  const packages = [...new Set(NEEDS.demo.map((need) => need.package))];
  expect(missing("demo", { path: root, root })).toEqual(packages);
});

test("a command on the path counts only when it can be run", () => {
  writeFileSync(join(root, "tshark"), "");
  expect(missing("test", { path: root, root })).toContain("tshark");
  chmodSync(join(root, "tshark"), 0o755);
  expect(missing("test", { path: root, root })).not.toContain("tshark");
});

test("any of several names will do", () => {
  writeFileSync(join(root, "google-chrome"), "", { mode: 0o755 });
  expect(missing("test", { path: root, root })).not.toContain("chromium");
});

test("a library counts as there when its header is", () => {
  expect(missing("install", { path: root, root })).toContain("libpcap-dev");
  mkdirSync(join(root, "usr/include"), { recursive: true });
  writeFileSync(join(root, "usr/include/pcap.h"), "");
  expect(missing("install", { path: root, root })).not.toContain("libpcap-dev");
});

test("the command to type names exactly what is missing", () => {
  expect(installCommand(["lldpd", "dcmtk"])).toBe("sudo apt-get install -y --no-install-recommends lldpd dcmtk");
});
