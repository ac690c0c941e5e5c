/** What a tap should find in a recording of the ward, from the devices that are really heard in it. */
import type { DeviceFacts, FactSource, WardDevice } from "./hosts/device.ts";
import type { RecordedFrame } from "./mirror-capture.ts";
import { forbiddenText, wardDevices } from "./script.ts";

export interface DeviceLabel extends DeviceFacts {
  readonly at: { readonly mac?: string; readonly ip?: string };
  readonly because: string;
}

export interface CaptureLabels {
  readonly deviceCount: { readonly min: number; readonly max: number };
  readonly remoteHosts: "not-listed" | null;
  readonly devices: readonly DeviceLabel[];
  readonly notDevices: readonly { mac?: string; ip?: string }[];
  readonly findings: readonly { rule: string; because: string }[];
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

function label(device: WardDevice, proves: readonly FactSource[], ips: ReadonlySet<string>): DeviceLabel {
  const { host, ip, facts, because } = device;
  const merged: DeviceFacts = Object.assign({}, ...proves.map((source) => facts[source] ?? {}));
  const at = { ...(host.behind ? {} : { mac: host.mac }), ...(ips.has(ip) ? { ip } : {}) };
  return { at, ...merged, because };
}

/** Source MACs and source IPv4 addresses of frames. */
function heard(frames: readonly RecordedFrame[]): { macs: Set<string>; ips: Set<string> } {
  const macs = new Set<string>();
  const ips = new Set<string>();
  for (const { bytes } of frames) {
    macs.add(bytes.toString("hex", 6, 12).replace(/..(?=.)/g, "$&:"));
    if (bytes.readUInt16BE(12) === IPV4) ips.add(bytes.subarray(26, 30).join("."));
  }
  return { macs, ips };
}
