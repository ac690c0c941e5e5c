/** Records a day on the ward into tests/captures: the whole day, one small capture per protocol, labels and a README. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { hostname, release, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import type { FactSource } from "./hosts/device.ts";
import { programPath } from "./hosts/programs.ts";
import { labelsOf, mergeLabels } from "./labels.ts";
import { readFrames, recordMirror } from "./mirror-capture.ts";
import { captureReadme, replaceWardDay } from "./record-readme.ts";
import { runWardDay, wardDayOptions } from "./script.ts";
import { runAsHost } from "./shell.ts";
import { buildWard } from "./ward.ts";

const DAY_SECONDS = 30;
const MAX_WARD_BYTES = 2 * 1024 * 1024;

export interface CapturePlan {
  readonly file: string;
  /** tcpdump filter that cuts it from the whole day; absent for the day itself. */
  readonly filter?: string;
  readonly holds: string;
  /** Which kinds of traffic it proves things by. */
  readonly proves: readonly FactSource[];
}

const CAPTURES: readonly CapturePlan[] = [
  {
    file: "ward.pcap",
    holds: "the whole day: every device arriving, and then about its routine",
    proves: ["oui", "dhcp", "dicom", "hl7", "mdns", "lldp", "web"],
  },
  { file: "dhcp.pcap", filter: "udp port 67 or udp port 68", holds: "udhcpc and dnsmasq", proves: ["oui", "dhcp"] },
  {
    file: "dicom.pcap",
    filter: "tcp port 11112",
    holds: "dcmtk's echoscu and storescu of a CT and an ultrasound to storescp",
    proves: ["oui", "dicom"],
  },
  {
    file: "hl7.pcap",
    filter: "tcp port 2575",
    holds: "HL7 v2 over MLLP from two pumps, a monitor and an ECG cart (one message of many segments) to an engine",
    proves: ["oui", "hl7"],
  },
  { file: "mdns.pcap", filter: "udp port 5353", holds: "avahi as a printer and as a camera", proves: ["oui", "mdns"] },
  {
    file: "lldp.pcap",
    filter: "ether proto 0x88cc",
    holds: "lldpd as a switch and as a desk phone with LLDP-MED inventory",
    proves: ["oui", "lldp"],
  },
  {
    file: "web.pcap",
    filter: "udp port 53 or tcp port 80",
    holds: "DNS, curl and small web servers, on the ward, behind the router and outside",
    proves: ["oui", "web"],
  },
];

/** Records everything into a folder; rejects when this machine's own name or kernel got onto the wire. */
export async function recordCaptures(folder: string, seconds = DAY_SECONDS): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const day = join(folder, "ward.pcap");
  // Recorded elsewhere first, so that a day that failed leaves the old captures as they were.
  const work = mkdtempSync(join(tmpdir(), "wardtap-record-"));
  const ward = await buildWard({ ...wardDayOptions, lifetimeSeconds: seconds + 120 });
  try {
    const raw = join(work, "ward.pcap");
    const capture = await recordMirror(ward, raw, seconds + 90);
    await runWardDay(ward, { seconds, onArrival: ({ host }) => console.error(`${host.name} is on the ward`) });
    await capture.stop();
    const counters = await ward.mirrorCounters();
    if (counters.sent !== 0) throw new Error(`the mirror port sent ${counters.sent} frames`);
    if (counters.received !== readFrames(raw).length) throw new Error("the recording lost frames");
    checkNothingOfThisMachine(raw);
    writeFileSync(day, readFileSync(raw));
    for (const { file, filter } of CAPTURES)
      if (filter) await runAsHost("tcpdump", ["-r", day, "-Z", "root", "-w", join(folder, file), filter]);
    const labels = CAPTURES.map((plan) => [plan.file, labelsOf(readFrames(join(folder, plan.file)), plan)] as const);
    mergeLabels(folder, labels);
    replaceWardDay(folder, await captureReadme(CAPTURES, folder, seconds));
  } finally {
    await ward.close();
    rmSync(work, { recursive: true, force: true });
  }
}

/** Throws for a recording that is too large to bundle, or names the machine it was made on. */
export function checkNothingOfThisMachine(file: string, maxBytes = MAX_WARD_BYTES): void {
  if (statSync(file).size > maxBytes) throw new Error(`${file} is larger than ${maxBytes} bytes`);
  const wire = readFileSync(file).toString("latin1");
  for (const own of [hostname(), release()])
    if (own.length > 3 && wire.includes(own)) throw new Error(`this machine's "${own}" is in the recording`);
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const captures = join(dirname(dirname(dirname(programPath("web-server.mjs")))), "captures");
  await recordCaptures(process.argv[2] ?? captures);
}
