/** An imaging archive of the ward's recording, and what the configuration says of the network that its caller is in. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { openCaptureFiles } from "../../agent/capture/pcap-file.ts";
import { defaultConfig } from "../../agent/config.ts";
import { replay } from "../../agent/replay.ts";
import { repositoryRoot } from "../support/built.ts";

const ARCHIVE = "10.20.8.214";
const CALLER = "10.20.8.213/32";
const path = join(repositoryRoot(), "tests/captures/outside-sound.pcap");

test.each([
  ["office", [ARCHIVE]],
  ["guest", [ARCHIVE]],
  ["clinical", []],
  [null, []],
] as const)("a caller from the network for: %s", async (purpose, concerned) => {
  const config = defaultConfig();
  const purposes = purpose === null ? [] : [{ prefix: CALLER, purpose }];
  config.networks = { ...config.networks, purposes };
  const { findings, devices } = await replay(await openCaptureFiles([path]), [path], { config });
  const crossed = findings.filter(({ rule }) => rule === "cross-vlan").map(({ deviceId }) => deviceId);
  const addresses = devices.filter(({ device }) => crossed.includes(device.id)).flatMap(({ device }) => device.ips);
  expect(addresses).toEqual(concerned);
});
