/** Makes captures of ten days out of the ward day: its frames told again at later times, and what is new on the ninth. */
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { pcap } from "../support/pcap-writer.ts";
import { programPath } from "./hosts/programs.ts";
import { type CaptureLabels, labelsOf, mergeLabels } from "./labels.ts";
import { type RecordedFrame, readFrames } from "./mirror-capture.ts";

const HOUR = 3600 * 1_000_000;
const DAY = 24 * HOUR;
/** Devices report twice a day; the switch says that it is there often enough to show that the port is heard. */
const REPORT_EVERY = 12 * HOUR;
const SWITCH_EVERY = 1.5 * HOUR;
const LENGTH = 10 * DAY;
const NEW_AT = 8 * DAY + 5 * HOUR;
const MONITOR_GONE_AT = 8 * DAY;

const [SWITCH, PUMP, SECOND_PUMP, MONITOR, PC] = [0x03, 0x41, 0x42, 0x43, 0x61];
const [HL7, WEB] = [2575, 80];
const [ETHERNET, IPV4_SOURCE, IPV4_TARGET, TCP] = [14, 26, 30, 34];
const WARD = [10, 20, 7];

export interface Weeks {
  frames: RecordedFrame[];
  findings: CaptureLabels["findings"];
  nearMisses: readonly string[];
  holds: string;
}

/** `day` is the ward day; what comes back is in order of time. */
export function weeks(day: readonly RecordedFrame[]): { "weeks.pcap": Weeks; "weeks-sound.pcap": Weeks } {
  const report = (host: number) => firstConnection(day, host, HL7);
  const web = firstConnection(day, PC, WEB);
  const pumpsWeb = web.map((frame) => actedBy(frame, PC, PUMP));
  const switchSays = day.filter(({ bytes }) => isLldpOf(bytes, SWITCH)).slice(0, 1);
  const always = [
    ...every(switchSays, SWITCH_EVERY),
    ...every(report(PUMP), REPORT_EVERY),
    ...every(web, REPORT_EVERY),
  ];
  const isNew = ({ at }: RecordedFrame) => at >= (day[0]?.at ?? 0) + NEW_AT;
  const isSoon = ({ at }: RecordedFrame) => at < (day[0]?.at ?? 0) + MONITOR_GONE_AT;
  const ip = (last: number) => ({ ip: `${WARD.join(".")}.${last}` });
  return {
    "weeks.pcap": {
      frames: inOrder([
        ...always,
        ...every(report(MONITOR), REPORT_EVERY).filter(isSoon),
        ...every(report(SECOND_PUMP), REPORT_EVERY).filter(isNew),
        ...later(pumpsWeb, NEW_AT),
      ]),
      findings: [
        {
          rule: "new-peer",
          at: ip(41),
          because: "the pump asks a web server behind the router on the ninth day for the first time",
        },
        { rule: "new-service", at: ip(41), because: "the pump uses HTTP on the ninth day for the first time" },
        { rule: "new-device", at: ip(42), because: "the second pump is first heard on the ninth day" },
        {
          rule: "silent-device",
          at: ip(43),
          because: "the monitor reported twice a day for eight days, and not for the last two",
        },
      ],
      nearMisses: ["worm-spread", "port-scan", "address-scan"],
      holds: "ten days: a pump that does something new, a pump that comes, a monitor that goes",
    },
    "weeks-sound.pcap": {
      frames: inOrder([
        ...always,
        ...every(report(MONITOR), REPORT_EVERY).filter(({ at }) => isAwake(at - (day[0]?.at ?? 0))),
        ...every(report(SECOND_PUMP), REPORT_EVERY),
        ...every(pumpsWeb, 4 * DAY),
      ]),
      findings: [],
      nearMisses: ["new-peer", "new-service", "new-device", "silent-device"],
      holds:
        "ten days that are all alike: the pump's web page every fourth day, the monitor off for a day and a half twice",
    },
  };
}

/** Off for a day and a half in the learning time, and again at the end. */
const isAwake = (after: number) => (after < 3 * DAY || after > 4.5 * DAY) && after < 9 * DAY;

const every = (frames: readonly RecordedFrame[], step: number): RecordedFrame[] =>
  Array.from({ length: Math.floor(LENGTH / step) }, (_, index) => later(frames, index * step)).flat();

const later = (frames: readonly RecordedFrame[], by: number): RecordedFrame[] =>
  frames.map(({ at, bytes }) => ({ at: at + by, bytes }));

const inOrder = (frames: RecordedFrame[]): RecordedFrame[] => frames.sort((a, b) => a.at - b.at);

/** The first TCP connection of a ward host to a port, whole. */
function firstConnection(day: readonly RecordedFrame[], host: number, port: number): RecordedFrame[] {
  const last = Number(host.toString(16));
  const from = (bytes: Buffer, at: number) =>
    bytes.length > TCP + 20 && [...WARD, last].every((one, i) => bytes[at + i] === one);
  const ports = ({ bytes }: RecordedFrame): number | undefined => {
    if (bytes.readUInt16BE(12) !== 0x0800 || bytes[ETHERNET + 9] !== 6) return undefined;
    if (from(bytes, IPV4_SOURCE) && bytes.readUInt16BE(TCP + 2) === port) return bytes.readUInt16BE(TCP);
    return from(bytes, IPV4_TARGET) && bytes.readUInt16BE(TCP) === port ? bytes.readUInt16BE(TCP + 2) : undefined;
  };
  const first = day.map(ports).find((one) => one !== undefined);
  return day.filter((frame) => first !== undefined && ports(frame) === first);
}

/** The same frame with another ward host in one host's place. Checksums are left as they were. */
function actedBy({ at, bytes }: RecordedFrame, was: number, is: number): RecordedFrame {
  const changed = Buffer.from(bytes);
  const [wasLast, isLast] = [was, is].map((host) => Number(host.toString(16)));
  for (const ip of [IPV4_SOURCE, IPV4_TARGET])
    if (WARD.every((one, i) => changed[ip + i] === one) && changed[ip + 3] === wasLast) changed[ip + 3] = isLast!;
  for (const mac of [0, 6])
    if (changed[mac + 5] === was) Buffer.from([0x00, 0x03, 0xb1, 0x20, 0x07, is]).copy(changed, mac);
  return { at, bytes: changed };
}

const isLldpOf = (bytes: Buffer, host: number) => bytes.readUInt16BE(12) === 0x88cc && bytes[11] === host;

/** Writes both with their labels. `folder` holds the ward day. */
export function recordWeeks(folder: string): void {
  for (const [file, { frames, findings, nearMisses, holds }] of Object.entries(
    weeks(readFrames(join(folder, "ward.pcap"))),
  )) {
    writeFileSync(join(folder, file), pcap(frames));
    const labels = labelsOf(frames, { proves: ["hl7", "lldp"], holds });
    const notes = `made of frames of the test ward's day, told again at later times: ${holds}`;
    mergeLabels(folder, [
      [file, { ...labels, findings: [...labels.findings, ...findings], forbiddenFindings: nearMisses, notes }],
    ]);
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href)
  recordWeeks(process.env["KEEP_IN"] ?? join(dirname(dirname(dirname(programPath("web-server.mjs")))), "captures"));
