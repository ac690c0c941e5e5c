/** The captures made on our own ward: what a tap should find in each is in their labels. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { openCaptureFiles } from "../../agent/capture/pcap-file.ts";
import { defaultConfig } from "../../agent/config.ts";
import { replay } from "../../agent/replay.ts";
import { repositoryRoot } from "../support/built.ts";
import { complaints, documentShape, type ReplayDocument } from "./support/document-shape.ts";

interface DeviceLabel {
  at: { mac?: string; ip?: string; vlan?: number; reported?: string };
  class?: string[];
  maker?: string[];
  model?: string[];
  names?: string[];
  serial?: string;
}
interface Label {
  deviceCount?: { min: number; max: number };
  devices?: DeviceLabel[];
  forbiddenText?: string[];
}
type Device = ReplayDocument["devices"][number];

/** Classes that the knowledge of today can tell; the others follow with their patterns. */
const KNOWN_CLASSES = new Set([
  "infusion-pump",
  "switch",
  "router",
  "imaging-archive",
  "medical-gateway",
  "imaging",
  "printer",
]);

const folder = join(repositoryRoot(), "tests/captures");
const labels = JSON.parse(readFileSync(join(folder, "labels.json"), "utf8")) as Record<string, Label>;
const names = readdirSync(folder).filter((name) => name.endsWith(".pcap"));
/** "Cisco Systems, Inc." and "Cisco Systems, Inc" are one. */
const plain = (name: string) => name.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
/** The wider word of the two: no contradiction. */
const WIDER: Record<string, string> = { ultrasound: "imaging" };
const find = (devices: readonly Device[], { at }: DeviceLabel) =>
  devices.find(
    ({ macs, ips, vlans, evidence }) =>
      (at.reported === undefined || (macs.length === 0 && evidence.some(({ value }) => value === at.reported))) &&
      (at.mac === undefined || macs.includes(at.mac)) &&
      (at.ip === undefined || ips.includes(at.ip)) &&
      (at.vlan === undefined || vlans.includes(at.vlan)),
  );

test("every bundled capture has its label, and every label its capture", () => {
  expect(names.toSorted()).toEqual(Object.keys(labels).toSorted());
});

describe.each(names)("%s", (name) => {
  const label = labels[name] ?? {};
  const told = label.devices ?? [];
  let document: ReplayDocument;
  let text = "";
  beforeAll(async () => {
    const path = join(folder, name);
    const result = await replay(await openCaptureFiles([path]), [path], { config: defaultConfig() });
    text = JSON.stringify(result.document);
    document = documentShape.parse(JSON.parse(text));
  });

  test("keeps the contract", () => {
    expect(complaints(document)).toEqual([]);
  });

  test("shows as many devices as there are", () => {
    const { min, max } = label.deviceCount ?? { min: 1, max: Number.POSITIVE_INFINITY };
    expect(document.devices.length).toBeGreaterThanOrEqual(min);
    expect(document.devices.length).toBeLessThanOrEqual(max);
  });

  test("shows each labelled device under its own addresses", () => {
    expect(told.filter((one) => find(document.devices, one) === undefined).map(({ at }) => at)).toEqual([]);
  });

  test("gives devices the names they give themselves", () => {
    const missing = told.flatMap((one) =>
      (one.names ?? [])
        .filter((wanted) => !find(document.devices, one)?.names.includes(wanted))
        .map((wanted) => [one.at, wanted]),
    );
    expect(missing).toEqual([]);
  });

  test("claims no class that contradicts the label, and knows those it can know", () => {
    const wrong = told.flatMap((one) => {
      const found = find(document.devices, one)?.class;
      if (
        one.class === undefined ||
        found === undefined ||
        [...one.class, ...one.class.map((wanted) => WIDER[wanted])].includes(found)
      )
        return [];
      return found !== "unknown" || one.class.some((wanted) => KNOWN_CLASSES.has(wanted))
        ? [[one.at, found, one.class]]
        : [];
    });
    expect(wrong).toEqual([]);
  });

  test("claims no other maker, model or serial than the label's", () => {
    const wrong = told.flatMap((one) => {
      const found = find(document.devices, one);
      const differs = (said: string | null | undefined, allowed: string[] | undefined) =>
        said != null && allowed !== undefined && !allowed.some((one) => plain(one) === plain(said));
      return [
        differs(found?.maker, one.maker) ? [one.at, found?.maker, one.maker] : undefined,
        differs(found?.model, one.model) ? [one.at, found?.model, one.model] : undefined,
        differs(found?.serial, one.serial === undefined ? undefined : [one.serial])
          ? [one.at, found?.serial, one.serial]
          : undefined,
      ].filter((one) => one !== undefined);
    });
    expect(wrong).toEqual([]);
  });

  test("names no patient", () => {
    expect((label.forbiddenText ?? []).filter((one) => text.includes(one))).toEqual([]);
  });
});
