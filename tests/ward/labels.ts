/** What a tap should find in a recording of the ward, from the devices that are really heard in it. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { DeviceFacts, FactSource, WardDevice } from "./hosts/device.ts";
import type { RecordedFrame } from "./mirror-capture.ts";
import { type CastMember, ipOf, type Scene } from "./scenes/scene.ts";
import { forbiddenText, wardDevices } from "./script.ts";

export interface DeviceLabel extends DeviceFacts {
  readonly at: { readonly mac?: string; readonly ip?: string; readonly reported?: string };
  readonly because: string;
}

export interface CaptureLabels {
  readonly deviceCount: { readonly min: number; readonly max: number };
  readonly remoteHosts: "not-listed" | null;
  readonly devices: readonly DeviceLabel[];
  readonly notDevices: readonly { mac?: string; ip?: string }[];
  readonly findings: readonly { rule: string; at?: { ip: string }; because: string }[];
  readonly forbiddenFindings: readonly string[];
  readonly forbiddenText: readonly string[];
  readonly decode: { readonly frames: number };
  readonly notes: string;
}

const IPV4 = 0x0800;
const OUTSIDE = "updates";

/** Labels for one recording; `proves` says which kinds of traffic it holds, and so which facts it can teach. */
export function labelsOf(
  frames: readonly RecordedFrame[],
  { proves, holds }: { proves: readonly FactSource[]; holds: string },
): CaptureLabels {
  const { macs, ips } = heard(frames);
  const inside = wardDevices.filter(
    ({ host, ip }) => host.name !== OUTSIDE && (host.behind ? ips.has(ip) : macs.has(host.mac)),
  );
  // A router that is heard only as the carrier of others' packets may or may not be listed.
  const carriers = inside.filter(({ host, ip }) => host.forwards && !ips.has(ip)).length;
  const clear = proves.includes("hl7") || proves.includes("dicom");
  return {
    deviceCount: { min: inside.length - carriers, max: inside.length },
    remoteHosts: ips.has("203.0.113.80") ? "not-listed" : null,
    devices: inside.map((device) => label(device, proves, ips)),
    notDevices: [{ mac: "ff:ff:ff:ff:ff:ff" }, { ip: "10.20.7.255" }, { ip: "224.0.0.251" }],
    findings: clear
      ? [{ rule: "unencrypted-clinical-data", because: "a patient's name and results in clear over HL7 or DICOM" }]
      : [],
    forbiddenFindings: ["worm-spread", "port-scan", "address-scan"],
    forbiddenText: forbiddenText.filter((text) => frames.some(({ bytes }) => bytes.includes(text))),
    decode: { frames: frames.length },
    notes: `recorded from the test ward: ${holds}`,
  };
}

/** Labels for one scene of the protocol day; only hosts that are heard count. */
export function sceneLabels(frames: readonly RecordedFrame[], scene: Scene): CaptureLabels {
  const { macs, ips } = heard(frames);
  const present = scene.cast.filter(({ host }) => macs.has(host.mac));
  const reported = scene.reported ?? [];
  const total = present.length + reported.length;
  return {
    deviceCount: { min: total, max: total },
    remoteHosts: null,
    devices: [
      ...present.map((member) => castLabel(member, ips)),
      ...reported.map(({ reported, facts, because }) => ({ at: { reported }, ...facts, because })),
    ],
    notDevices: [{ mac: "ff:ff:ff:ff:ff:ff" }, { ip: "10.20.8.255" }],
    findings: scene.findings.map(({ rule, at, because }) => ({ rule, at: { ip: ipOf(at) }, because })),
    forbiddenFindings: scene.nearMisses,
    forbiddenText: scene.secrets.filter((text) => holdsText(frames, text)),
    decode: { frames: frames.length },
    notes: `recorded from the test ward's protocol day: ${scene.holds}`,
  };
}

/** Writes labels of some captures into labels.json and keeps those of the others. */
export function mergeLabels(folder: string, labels: readonly (readonly [file: string, CaptureLabels])[]): void {
  const path = join(folder, "labels.json");
  const before = existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as Record<string, unknown>) : {};
  writeFileSync(path, `${JSON.stringify({ ...before, ...Object.fromEntries(labels) }, null, 2)}\n`);
}

/** Text stands on the wire as it is, two bytes a letter (Windows protocols), or in base64 (logins). */
function holdsText(frames: readonly RecordedFrame[], text: string): boolean {
  const shapes = [Buffer.from(text), Buffer.from(text, "utf16le"), Buffer.from(Buffer.from(text, "utf16le")).swap16()];
  return frames.some(({ bytes }) => shapes.some((shape) => bytes.includes(shape)));
}

function castLabel({ host, facts, because }: CastMember, ips: ReadonlySet<string>): DeviceLabel {
  const ip = host.address.slice(0, host.address.indexOf("/"));
  return { at: { mac: host.mac, ...(ips.has(ip) ? { ip } : {}) }, ...facts, because };
}

function label(device: WardDevice, proves: readonly FactSource[], ips: ReadonlySet<string>): DeviceLabel {
  const { host, ip, facts, because } = device;
  const merged: DeviceFacts = Object.assign({}, ...proves.map((source) => facts[source] ?? {}));
  const at = { ...(host.behind ? {} : { mac: host.mac }), ...(ips.has(ip) ? { ip } : {}) };
  return { at, ...merged, because };
}

/** Source MACs and source IPv4 addresses of frames. */
export function heard(frames: readonly RecordedFrame[]): { macs: Set<string>; ips: Set<string> } {
  const macs = new Set<string>();
  const ips = new Set<string>();
  for (const { bytes } of frames) {
    macs.add(bytes.toString("hex", 6, 12).replace(/..(?=.)/g, "$&:"));
    if (bytes.readUInt16BE(12) === IPV4) ips.add(bytes.subarray(26, 30).join("."));
  }
  return { macs, ips };
}
