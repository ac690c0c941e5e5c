/** A replay's result for people: one line per device with the reason under it, then the findings. */
import { styleText } from "node:util";
import type { ReplayResult } from "../replay.ts";

export interface TableOptions {
  colour: boolean;
  width: number;
}

const SEVERITY_ORDER = ["critical", "high", "medium", "low", "info"];

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
  for (const { device, why } of devices) {
    const names = device.names.length > 0 ? ` "${device.names.join('", "')}"` : "";
    lines.push(bold(cut(`${device.macs.join(" ") || "-"}  ${device.ips.join(" ") || "-"}${names}`)), `  ${why}`, "");
  }
  const ordered = [...findings].sort((a, b) => SEVERITY_ORDER.indexOf(a.severity) - SEVERITY_ORDER.indexOf(b.severity));
  if (ordered.length > 0) lines.push(bold("Findings"));
  for (const finding of ordered)
    lines.push(
      `${finding.severity}: ${finding.title} (${finding.rule}, ${finding.certainty})`,
      `  ${finding.why}`,
      dim(`  ${finding.advice}`),
      "",
    );
  const odd = [
    ...Object.entries(capture.malformed).map(([layer, count]) => `${count} malformed ${layer}`),
    capture.duplicates > 0 ? `${capture.duplicates} mirrored duplicates` : "",
  ];
  const told = odd.filter((text) => text !== "");
  if (told.length > 0) lines.push(dim(`Also: ${told.join(", ")}`));
  return `${lines.join("\n").trimEnd()}\n`;
}
