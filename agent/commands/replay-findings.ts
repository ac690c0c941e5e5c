/** A replay's findings for people: each judgement once, with the devices it is about under it. */
import type { Finding } from "../findings/finding.ts";
import { classWords } from "../identify/class-words.ts";
import type { Device } from "../identify/device.ts";

const SEVERITY_ORDER = ["critical", "high", "medium", "low", "info"];

/** The gravest first. Findings that differ in nothing but their device and reason share one head and one advice. */
export function findingLines(
  findings: readonly Finding[],
  byId: ReadonlyMap<string, Device>,
  dim: (text: string) => string,
): string[] {
  const groups = new Map<string, { head: string; advice: string; severity: string; reasons: string[] }>();
  for (const finding of findings) {
    const head = `${finding.severity}: ${finding.title} (${finding.rule}, ${finding.certainty})`;
    const key = `${head}\n${finding.advice}`;
    const group = groups.get(key) ?? { head, advice: finding.advice, severity: finding.severity, reasons: [] };
    const device = finding.deviceId === null ? undefined : byId.get(finding.deviceId);
    group.reasons.push(device ? `  ${deviceWords(device)}: ${finding.why}` : `  ${finding.why}`);
    groups.set(key, group);
  }
  const rank = (severity: string) => SEVERITY_ORDER.indexOf(severity);
  return [...groups.values()]
    .sort((a, b) => rank(a.severity) - rank(b.severity))
    .flatMap(({ head, reasons, advice }) => [head, ...reasons, dim(`  → ${advice}`), ""]);
}

/** "infusion pump ICU-PUMP-04 at 10.20.7.41" */
function deviceWords(device: Device): string {
  const name = device.names[0] ?? device.serial;
  const at = device.ips[0] ?? device.macs[0];
  return `${classWords(device.class)}${name ? ` ${name}` : ""}${at ? ` at ${at}` : ""}`;
}
