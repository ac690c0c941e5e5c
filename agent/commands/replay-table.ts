/** A replay's result for people: one line per device with the reason under it, then the findings. */
import { styleText } from "node:util";
import type { Device } from "../identify/device.ts";
import { attributeWords } from "../knowledge/attribute-words.ts";
import type { ReplayResult } from "../replay.ts";
import { findingLines } from "./replay-findings.ts";

export interface TableOptions {
  colour: boolean;
  width: number;
}

export function replayTable({ document, devices, findings }: ReplayResult, options: TableOptions): string {
  const bold = (text: string) => (options.colour ? styleText("bold", text) : text);
  const dim = (text: string) => (options.colour ? styleText("dim", text) : text);
  const cut = (text: string) =>
    text.length > options.width ? `${text.slice(0, Math.max(20, options.width) - 1)}…` : text;
  const { capture } = document;
  const lines = [
    `${capture.frames} frames${capture.firstFrameAt === null ? "" : `, ${capture.firstFrameAt} to ${capture.lastFrameAt}`}`,
    devices.length === 0 ? "No device was heard in this capture." : "",
  ];
  const byId = new Map(devices.map(({ device }) => [device.id, device]));
  for (const { device, why } of devices) lines.push(bold(cut(headOf(device, byId))), `  ${why}`, "");
  if (findings.length > 0) lines.push(bold("Findings"), ...findingLines(findings, byId, dim));
  const odd = [
    ...Object.entries(capture.malformed).map(([layer, count]) => `${count} malformed ${layer}`),
    capture.duplicates > 0 ? `${capture.duplicates} mirrored duplicates` : "",
  ];
  const told = odd.filter((text) => text !== "");
  if (told.length > 0) lines.push(dim(`Also: ${told.join(", ")}`));
  return `${lines.join("\n").trimEnd()}\n`;
}

/** Addresses and names; a device behind another one has neither, so it is told by its number and who speaks for it. */
function headOf(device: Device, byId: ReadonlyMap<string, Device>): string {
  const names = device.names.length > 0 ? ` "${device.names.join('", "')}"` : "";
  if (device.macs.length > 0 || device.ips.length > 0)
    return `${device.macs.join(" ") || "-"}  ${device.ips.join(" ") || "-"}${names}`;
  const [first] = device.evidence;
  const known =
    device.serial !== null
      ? `serial ${device.serial}`
      : first
        ? `${attributeWords(first.attribute)} ${first.value}`
        : "";
  const speaker = device.reportedBy === null ? undefined : byId.get(device.reportedBy);
  const by = speaker ? `reported by ${speaker.ips[0] ?? speaker.macs[0] ?? speaker.names[0]}` : "no address heard";
  return `${[known, by].filter((text) => text !== "").join(", ")}${names}`;
}
