/** The capture that speed is measured with: repeatable, sound, and really of the protocols it names. */
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openCaptureFiles } from "../../agent/capture/pcap-file.ts";
import { defaultConfig } from "../../agent/config.ts";
import { createDecoder } from "../../agent/decode/decode.ts";
import { emptyPacket } from "../../agent/decode/packet.ts";
import type { Document } from "../../agent/document.ts";
import { replay } from "../../agent/replay.ts";
import { type MixedCapture, SHARES, type Share, writeMixedCapture } from "./mixed-capture.ts";

const FRAMES = 60_000;
const folder = mkdtempSync(join(tmpdir(), "wardtap-mix-"));
const path = join(folder, "mix.pcap");
let made: MixedCapture;
let document: Document;
let devices: DeviceSeen[];

/** The part of a device's form that is looked at here. */
interface DeviceSeen {
  ips: string[];
  evidence: { protocol: string; attribute: string }[];
}

const digest = (file: string) => createHash("sha256").update(readFileSync(file)).digest("hex");
const written = (name: string, frames: number, seed: number) => {
  const file = join(folder, name);
  writeMixedCapture(file, { frames, seed });
  return file;
};

beforeAll(async () => {
  made = writeMixedCapture(path, { frames: FRAMES });
  document = (await replay(await openCaptureFiles([path]), [path], { config: defaultConfig() })).document;
  devices = document.devices as DeviceSeen[];
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("the same seed gives the same bytes", () => {
  expect(digest(written("a.pcap", 5000, 3))).toBe(digest(written("b.pcap", 5000, 3)));
});

test("another seed gives other bytes", () => {
  expect(digest(written("a.pcap", 5000, 3))).not.toBe(digest(written("c.pcap", 5000, 4)));
});

test("a shorter capture is the beginning of a longer one", () => {
  const short = readFileSync(written("short.pcap", 2000, 3));
  const long = readFileSync(written("long.pcap", 4000, 3));
  expect(long.subarray(0, short.length).equals(short)).toBe(true);
});

test("is as long as it says, in frames and bytes", () => {
  expect(readFileSync(path).length).toBe(made.bytes);
  expect(document.capture).toMatchObject({ frames: FRAMES, truncated: false });
});

test("every frame decodes, and every message reads, without malformed or unknown parts", () => {
  expect(document.capture.malformed).toEqual({});
  expect(document.capture.unknown).toEqual({});
});

test("each kind of frame has about the share it names", () => {
  for (const share of Object.keys(SHARES) as Share[]) {
    const wanted = (SHARES[share] / 1000) * FRAMES;
    // Five standard deviations of a drawn share.
    expect(Math.abs(made.frames[share] - wanted), share).toBeLessThan(5 * Math.sqrt(wanted));
  }
});

test("our dissectors recognise each of their protocols in it", () => {
  const heard = new Set(devices.flatMap(({ evidence }) => evidence.map(({ protocol }) => protocol)));
  for (const protocol of ["arp", "dhcp", "dns", "lldp", "hl7", "dicom"]) expect(heard, protocol).toContain(protocol);
});

test("mDNS, DHCP, HL7, DICOM and LLDP teach what the hosts say of themselves", () => {
  const attributes = new Set(devices.flatMap(({ evidence }) => evidence.map(({ attribute }) => attribute)));
  for (const attribute of ["dhcp.option.hostname", "hl7.msh.3", "dicom.assoc.ae.calling", "dicom.station_name"]) {
    expect(attributes, attribute).toContain(attribute);
  }
});

test("the ward's hosts become devices, the world's don't", () => {
  expect(devices.length).toBeGreaterThan(250);
  expect(devices.flatMap(({ ips }) => ips).filter((ip) => /^198\.1[89]\./.test(ip))).toEqual([]);
});

test("new connections keep appearing to the end, over IPv4, IPv6 and VLANs", async () => {
  const decoder = createDecoder();
  const packet = emptyPacket();
  const opened = { early: 0, late: 0 };
  const networks = new Set<string>();
  const source = await openCaptureFiles([path]);
  await source.run((frame) => {
    decoder.decode(frame, packet);
    networks.add(`IPv${packet.ipVersion} ${packet.vlan === 0 ? "untagged" : "tagged"}`);
    if (packet.transport !== 6 || (packet.tcpFlags & 0x12) !== 0x02) return;
    if (packet.number <= FRAMES / 2) opened.early++;
    else opened.late++;
  });
  expect(opened.early).toBeGreaterThan(100);
  expect(opened.late).toBeGreaterThan(100);
  for (const network of ["IPv4 untagged", "IPv4 tagged", "IPv6 untagged", "IPv6 tagged"])
    expect(networks).toContain(network);
});
