/** A mixed ward capture for measuring: the same seed gives the same bytes. Written frame by frame, so memory stays small. */
import { closeSync, openSync, writeSync } from "node:fs";

const CHUNK = 1 << 20;
const START_SECONDS = 1_767_225_600;

/** xorshift32: repeatable, no library needed for filler bytes. */
function random(seed: number): () => number {
  let state = seed | 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 0x1_0000_0000;
  };
}

interface Endpoint {
  mac: Buffer;
  ip: number;
}

interface TcpFlow {
  client: Endpoint;
  server: Endpoint;
  clientPort: number;
  serverPort: number;
  sequences: [number, number];
  vlan: number;
  turn: number;
  script: (turn: number) => { fromClient: boolean; payload: Buffer };
}

const mac = (a: number, b: number, c: number, n: number) => Buffer.from([a, b, c, (n >> 16) & 255, (n >> 8) & 255, n & 255]);

/** Shares of frames, in percent, roughly what a clinical network's mirror port carries. */
const SHARES = { tcp: 78, rtp: 8, dns: 5, arp: 3, mdns: 2, dhcp: 1, lldp: 1, ipv6: 2 } as const;

export interface MixedOptions {
  frames: number;
  seed?: number;
  hosts?: number;
  flows?: number;
}

/** Writes a pcap file (µs, little-endian, Ethernet) and returns its size in bytes. */
export function writeMixedCapture(path: string, { frames, seed = 7, hosts = 300, flows = 2000 }: MixedOptions): number {
  const next = random(seed);
  const pick = (n: number) => Math.floor(next() * n);
  const endpoints: Endpoint[] = Array.from({ length: hosts }, (_, i) => ({
    mac: i % 10 === 0 ? mac(0x00, 0x03, 0xb1, i) : i % 10 === 1 ? mac(0x00, 0x09, 0xfb, i) : mac(0x00, 0x50, 0x56, i),
    ip: (10 << 24) | (20 << 16) | (((i >> 7) & 255) << 8) | ((i & 127) + 10),
  }));
  const filler = Buffer.alloc(65_536);
  for (let i = 0; i < filler.length; i++) filler[i] = pick(256);
  const scripts = tcpScripts(filler);
  const tcp: TcpFlow[] = Array.from({ length: flows }, () => newFlow());

  function newFlow(): TcpFlow {
    const kind = scripts[pick(scripts.length)]!;
    return {
      client: endpoints[pick(hosts)]!, server: endpoints[pick(Math.max(1, hosts >> 4))]!, clientPort: 1024 + pick(60_000), serverPort: kind.port,
      sequences: [pick(2 ** 31), pick(2 ** 31)], vlan: pick(4) === 0 ? 20 : 0, turn: 0, script: kind.script,
    };
  }

  const file = openSync(path, "w");
  const out = Buffer.alloc(CHUNK + 70_000);
  let at = 0;
  let size = 0;
  const flush = () => {
    writeSync(file, out, 0, at);
    size += at;
    at = 0;
  };
  out.writeUInt32LE(0xa1b2c3d4, 0);
  out.writeUInt16LE(2, 4);
  out.writeUInt16LE(4, 6);
  out.writeUInt32LE(262_144, 16);
  out.writeUInt32LE(1, 20);
  at = 24;
  let micros = 0;

  const record = (build: (frame: Buffer) => number) => {
    const length = build(out.subarray(at + 16));
    const padded = Math.max(60, length);
    out.fill(0, at + 16 + length, at + 16 + padded);
    out.writeUInt32LE(START_SECONDS + Math.floor(micros / 1e6), at);
    out.writeUInt32LE(micros % 1_000_000, at + 4);
    out.writeUInt32LE(padded, at + 8);
    out.writeUInt32LE(padded, at + 12);
    at += 16 + padded;
    micros += 1 + pick(40);
    if (at >= CHUNK) flush();
  };

  for (let i = 0; i < frames; i++) {
    let share = pick(100);
    const from = endpoints[pick(hosts)]!;
    if ((share -= SHARES.tcp) < 0) {
      const index = pick(flows);
      const flow = tcp[index]!;
      record((frame) => tcpFrame(frame, flow));
      if (flow.turn > 600) tcp[index] = newFlow();
    } else if ((share -= SHARES.rtp) < 0) {
      const stream = pick(64);
      record((frame) => udpFrame(frame, endpoints[stream % hosts]!, endpoints[(stream * 7 + 1) % hosts]!, 16_384 + stream, 16_384 + stream, rtp(filler, i)));
    } else if ((share -= SHARES.dns) < 0) {
      record((frame) => udpFrame(frame, from, endpoints[0]!, 1024 + pick(60_000), 53, dnsQuery(i, pick(200))));
    } else if ((share -= SHARES.arp) < 0) {
      record((frame) => arpFrame(frame, from, endpoints[pick(hosts)]!));
    } else if ((share -= SHARES.mdns) < 0) {
      record((frame) => udpFrame(frame, from, MDNS, 5353, 5353, mdnsAnswer(from)));
    } else if ((share -= SHARES.dhcp) < 0) {
      record((frame) => udpFrame(frame, { mac: from.mac, ip: 0 }, BROADCAST, 68, 67, dhcpRequest(from, i)));
    } else if ((share -= SHARES.lldp) < 0) {
      record((frame) => lldpFrame(frame, endpoints[pick(8)]!));
    } else {
      record((frame) => ipv6Frame(frame, from, endpoints[pick(hosts)]!, filler));
    }
  }
  flush();
  closeSync(file);
  return size;
}

const MDNS: Endpoint = { mac: Buffer.from([1, 0, 0x5e, 0, 0, 0xfb]), ip: (224 << 24) | 251 };
const BROADCAST: Endpoint = { mac: Buffer.alloc(6, 255), ip: -1 };

function tcpScripts(filler: Buffer): { port: number; script: TcpFlow["script"] }[] {
  const some = (length: number, from = 0) => filler.subarray(from, from + length);
  const http = Buffer.from("GET /worklist HTTP/1.1\r\nHost: ris.ward.example\r\nUser-Agent: Workstation/4.2\r\n\r\n");
  const reply = Buffer.from("HTTP/1.1 200 OK\r\nServer: ward/1\r\nContent-Type: text/html\r\nContent-Length: 400000\r\n\r\n");
  const tls = Buffer.concat([Buffer.from([0x16, 3, 1, 0x02, 0, 1, 0, 1, 0xfc, 3, 3]), some(506)]);
  const hl7 = (turn: number) =>
    Buffer.from(`\x0bMSH|^~\\&|PUMP|WARD7|GATEWAY|HOSP|20260101120000||ORU^R01^ORU_R01|${turn}|P|2.6\rPID|1||X\rOBX|1|NM|68063^MDC^MDC||${turn % 90}|\r\x1c\r`);
  const associate = dicomAssociate();
  const pdv = Buffer.alloc(1400);
  pdv.set([4, 0, 0, 0, 5, 0x72, 0, 0, 5, 0x6e, 1, 0]);
  return [
    { port: 80, script: (turn) => (turn % 40 === 0 ? { fromClient: true, payload: http } : turn % 40 === 1 ? { fromClient: false, payload: reply } : { fromClient: turn % 3 === 0, payload: turn % 3 === 0 ? EMPTY : some(1400, turn) }) },
    { port: 443, script: (turn) => (turn === 0 ? { fromClient: true, payload: tls } : { fromClient: turn % 3 === 0, payload: turn % 3 === 0 ? EMPTY : some(900, turn * 3) }) },
    { port: 2575, script: (turn) => (turn % 2 === 0 ? { fromClient: true, payload: hl7(turn) } : { fromClient: false, payload: EMPTY }) },
    { port: 104, script: (turn) => (turn === 0 ? { fromClient: true, payload: associate } : { fromClient: turn % 2 === 1, payload: turn % 2 === 1 ? pdv : EMPTY }) },
    { port: 445, script: (turn) => ({ fromClient: turn % 2 === 0, payload: Buffer.concat([Buffer.from([0, 0, 0, 120, 0xfe, 0x53, 0x4d, 0x42]), some(116, turn)]) }) },
    { port: 8443, script: (turn) => ({ fromClient: turn % 4 === 0, payload: some(turn % 4 === 0 ? 80 : 600, turn) }) },
  ];
}

const EMPTY = Buffer.alloc(0);

function dicomAssociate(): Buffer {
  const head = Buffer.alloc(74);
  head.set([1, 0]);
  head.writeUInt16BE(1, 6);
  head.write("PACS".padEnd(16), 10, "latin1");
  head.write("CTROOM1".padEnd(16), 26, "latin1");
  const item = (type: number, body: Buffer) => Buffer.concat([Buffer.from([type, 0, body.length >> 8, body.length & 255]), body]);
  const context = item(0x20, Buffer.concat([Buffer.from([1, 0, 0, 0]), item(0x30, Buffer.from("1.2.840.10008.5.1.4.1.1.2")), item(0x40, Buffer.from("1.2.840.10008.1.2"))]));
  const user = item(0x50, Buffer.concat([item(0x51, Buffer.from([0, 0, 64, 0])), item(0x52, Buffer.from("1.2.276.0.7230010.3.0.3.6.7"))]));
  const whole = Buffer.concat([head, item(0x10, Buffer.from("1.2.840.10008.3.1.1.1")), context, user]);
  whole.writeUInt32BE(whole.length - 6, 2);
  return whole;
}

function ethernet(frame: Buffer, destination: Buffer, source: Buffer, type: number, vlan = 0): number {
  destination.copy(frame, 0);
  source.copy(frame, 6);
  if (vlan === 0) {
    frame.writeUInt16BE(type, 12);
    return 14;
  }
  frame.writeUInt16BE(0x8100, 12);
  frame.writeUInt16BE(vlan, 14);
  frame.writeUInt16BE(type, 16);
  return 18;
}

let ipId = 0;
function ipv4(frame: Buffer, at: number, source: number, destination: number, protocol: number, length: number): number {
  frame.fill(0, at, at + 20);
  frame[at] = 0x45;
  frame.writeUInt16BE(20 + length, at + 2);
  ipId = (ipId + 1) & 0xffff;
  frame.writeUInt16BE(ipId || 1, at + 4);
  frame[at + 8] = 64;
  frame[at + 9] = protocol;
  frame.writeInt32BE(source, at + 12);
  frame.writeInt32BE(destination, at + 16);
  return at + 20;
}

function tcpFrame(frame: Buffer, flow: TcpFlow): number {
  const { fromClient, payload } = flow.script(flow.turn++);
  const side = fromClient ? 0 : 1;
  const [from, to] = fromClient ? [flow.client, flow.server] : [flow.server, flow.client];
  let at = ethernet(frame, to.mac, from.mac, 0x0800, flow.vlan);
  at = ipv4(frame, at, from.ip, to.ip, 6, 20 + payload.length);
  frame.fill(0, at, at + 20);
  frame.writeUInt16BE(fromClient ? flow.clientPort : flow.serverPort, at);
  frame.writeUInt16BE(fromClient ? flow.serverPort : flow.clientPort, at + 2);
  frame.writeUInt32BE(flow.sequences[side], at + 4);
  frame.writeUInt32BE(flow.sequences[1 - side]!, at + 8);
  frame[at + 12] = 0x50;
  frame[at + 13] = 0x18;
  frame.writeUInt16BE(64_240, at + 14);
  payload.copy(frame, at + 20);
  flow.sequences[side] = (flow.sequences[side] + payload.length) >>> 0;
  return at + 20 + payload.length;
}

function udpFrame(frame: Buffer, from: Endpoint, to: Endpoint, sourcePort: number, destinationPort: number, payload: Buffer): number {
  let at = ethernet(frame, to.mac, from.mac, 0x0800);
  at = ipv4(frame, at, from.ip, to.ip, 17, 8 + payload.length);
  frame.writeUInt16BE(sourcePort, at);
  frame.writeUInt16BE(destinationPort, at + 2);
  frame.writeUInt16BE(8 + payload.length, at + 4);
  frame.writeUInt16BE(0, at + 6);
  payload.copy(frame, at + 8);
  return at + 8 + payload.length;
}

function ipv6Frame(frame: Buffer, from: Endpoint, to: Endpoint, filler: Buffer): number {
  const at = ethernet(frame, to.mac, from.mac, 0x86dd);
  frame.fill(0, at, at + 40);
  frame[at] = 0x60;
  frame.writeUInt16BE(8 + 200, at + 4);
  frame[at + 6] = 17;
  frame[at + 7] = 64;
  frame.writeUInt16BE(0xfd00, at + 8);
  frame.writeInt32BE(from.ip, at + 20);
  frame.writeUInt16BE(0xfd00, at + 24);
  frame.writeInt32BE(to.ip, at + 36);
  frame.writeUInt16BE(40_000, at + 40);
  frame.writeUInt16BE(40_001, at + 42);
  frame.writeUInt16BE(208, at + 44);
  filler.copy(frame, at + 48, 0, 200);
  return at + 248;
}

function rtp(filler: Buffer, n: number): Buffer {
  const packet = Buffer.from(filler.subarray(0, 172));
  packet[0] = 0x80;
  packet[1] = 0;
  packet.writeUInt16BE(n & 0xffff, 2);
  return packet;
}

const name = (text: string) => Buffer.concat([...text.split(".").map((label) => Buffer.from([label.length, ...Buffer.from(label)])), Buffer.from([0])]);

function dnsQuery(id: number, host: number): Buffer {
  return Buffer.concat([Buffer.from([(id >> 8) & 255, id & 255, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]), name(`server${host}.ward.example`), Buffer.from([0, 1, 0, 1])]);
}

function mdnsAnswer(from: Endpoint): Buffer {
  const address = Buffer.alloc(4);
  address.writeInt32BE(from.ip);
  return Buffer.concat([
    Buffer.from([0, 0, 0x84, 0, 0, 0, 0, 1, 0, 0, 0, 0]), name(`host-${from.mac.toString("hex", 3)}.local`),
    Buffer.from([0, 1, 0x80, 1, 0, 0, 0, 120, 0, 4]), address,
  ]);
}

function dhcpRequest(from: Endpoint, id: number): Buffer {
  const head = Buffer.alloc(240);
  head.set([1, 1, 6, 0]);
  head.writeUInt32BE(id, 4);
  from.mac.copy(head, 28);
  head.set([0x63, 0x82, 0x53, 0x63], 236);
  const host = Buffer.from(`HOST-${from.mac.toString("hex", 3)}`);
  return Buffer.concat([head, Buffer.from([53, 1, 3, 55, 4, 1, 3, 6, 15, 12, host.length]), host, Buffer.from([255])]);
}

function arpFrame(frame: Buffer, from: Endpoint, to: Endpoint): number {
  const at = ethernet(frame, BROADCAST.mac, from.mac, 0x0806);
  frame.set([0, 1, 8, 0, 6, 4, 0, 1], at);
  from.mac.copy(frame, at + 8);
  frame.writeInt32BE(from.ip, at + 14);
  frame.fill(0, at + 18, at + 24);
  frame.writeInt32BE(to.ip, at + 24);
  return at + 28;
}

function lldpFrame(frame: Buffer, from: Endpoint): number {
  const at = ethernet(frame, Buffer.from([1, 0x80, 0xc2, 0, 0, 0x0e]), from.mac, 0x88cc);
  const text = (type: number, value: Buffer) => Buffer.concat([Buffer.from([type << 1, value.length]), value]);
  const body = Buffer.concat([
    text(1, Buffer.concat([Buffer.from([4]), from.mac])), text(2, Buffer.from("\x05ge-0/0/1")), text(3, Buffer.from([0, 120])),
    text(5, Buffer.from(`switch-${from.ip & 255}`)), text(6, Buffer.from("Ward switch 12.4")), text(7, Buffer.from([0, 4, 0, 4])), Buffer.from([0, 0]),
  ]);
  body.copy(frame, at);
  return at + body.length;
}
