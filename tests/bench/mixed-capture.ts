/** A mixed ward capture for measuring: the same seed gives the same bytes. Written frame by frame, so memory stays small. */
import { closeSync, openSync, writeSync } from "node:fs";
import { drawConversation, drawHost } from "./mix/conversations.ts";
import { chatter, curves, dhcp, dnsAnswer, dnsQuery, mdnsAnnouncement, mdnsQuery, rtp } from "./mix/datagrams.ts";
import { linkBetween, MAX_FRAME, udpFrame } from "./mix/frames.ts";
import { address, createWard, type Host } from "./mix/hosts.ts";
import { arpFrame, lldpFrame, neighbourSolicitation } from "./mix/neighbours.ts";
import { Random } from "./mix/random.ts";
import { TcpFlow } from "./mix/tcp-flow.ts";

const CHUNK = 1 << 20;
const START_SECONDS = 1_767_225_600;
const FILLER = 1 << 20;
const CALLS = 64;
/** Frames of one connection that come in a row at most: transfers come in trains. */
const MAX_TRAIN = 6;
/** A tap is plugged in while others talk: three connections in four are heard from the middle. */
const MAX_SKIPPED = 200;
/** Microseconds between frames, at most: 20 on average, as on a gigabit port at a fifth of its rate. */
const MAX_GAP = 40;

/**
 * Parts of a thousand of all frames: what a ward's uplink carries at a busy hour, by number of frames. Broadcasts
 * and multicasts stand for a quieter hour, so that they have some share at all.
 */
export const SHARES = {
  tcp: 800,
  rtp: 60,
  curves: 40,
  dns: 30,
  arp: 20,
  chatter: 20,
  mdns: 12,
  neighbours: 10,
  dhcp: 5,
  lldp: 3,
} as const;
export type Share = keyof typeof SHARES;

export interface MixedOptions {
  frames: number;
  seed?: number;
  /** Hosts of the ward with its servers. */
  hosts?: number;
  /** TCP connections alive at any time; one that ends is followed by a new one. */
  flows?: number;
}

export interface MixedCapture {
  /** Size of the file. */
  bytes: number;
  frames: Record<Share, number>;
}

const MDNS = { ip: address(224, 0, 0, 251), mac: Buffer.from([1, 0, 0x5e, 0, 0, 0xfb]) };
const SSDP_MAC = Buffer.from([1, 0, 0x5e, 0x7f, 0xff, 0xfa]);
const EVERYBODY = Buffer.alloc(6, 255);

/** Writes a pcap file (µs, little-endian, Ethernet). Throws what the file system throws. */
export function writeMixedCapture(
  path: string,
  { frames, seed = 7, hosts = 300, flows = 2000 }: MixedOptions,
): MixedCapture {
  const random = new Random(seed);
  const ward = createWard(random, hosts);
  const filler = random.bytes(FILLER);
  const { router } = ward;
  const local = ward.all.filter(({ kind }) => kind !== "switch");
  const dnsServer = ward.of.server[0]!;
  const near = (host: Host) => random.oneOf(local.filter(({ vlan, mac }) => vlan === host.vlan && mac !== host.mac));
  /** Answers that go out when their kind is next drawn. */
  const answers = new Map<Share, (frame: Buffer) => number>();
  const counts = Object.fromEntries(Object.keys(SHARES).map((share) => [share, 0])) as Record<Share, number>;

  const newFlow = () => {
    const { ports, clients, servers, talk } = drawConversation(random);
    const client = drawHost(random, ward, clients);
    const server = drawHost(random, ward, servers);
    const ends = {
      client,
      server,
      clientPort: random.between(49_152, 65_535),
      serverPort: random.oneOf(ports),
      isIpv6: server.kind === "server" && random.below(20) === 0,
    };
    return new TcpFlow(random, ends, router, talk({ random, client, server, filler }));
  };
  const live = Array.from({ length: flows }, newFlow);
  for (const flow of live) if (random.below(4) > 0) flow.startLater(random.between(4, MAX_SKIPPED));

  const calls = Array.from({ length: CALLS }, () => ({
    from: random.oneOf(ward.of.phone),
    to: random.oneOf(ward.of.phone),
    count: 0,
  }));
  let micros = 0;
  let train = 0;
  let index = 0;
  let number = 0;

  const makers: Record<Share, (frame: Buffer) => number> = {
    tcp(frame) {
      if (train === 0) {
        train = random.between(1, MAX_TRAIN);
        index = random.below(flows);
      }
      train--;
      const ticks = Math.floor(micros / 1000);
      let length = live[index]!.writeNext(frame, ticks);
      if (length === 0) {
        live[index] = newFlow();
        length = live[index]!.writeNext(frame, ticks);
      }
      return length;
    },
    rtp(frame) {
      const stream = random.below(CALLS);
      const call = calls[stream]!;
      return udpFrame(
        frame,
        linkBetween(call.from, call.to, router),
        call.from,
        call.to,
        16_384 + 2 * stream,
        16_384 + 2 * stream,
        rtp(stream, call.count++, filler),
      );
    },
    curves(frame) {
      const from = random.oneOf(ward.of.monitor);
      const to = ward.of.server[1]!;
      return udpFrame(frame, linkBetween(from, to, router), from, to, 24_105, 24_105, curves(number, filler));
    },
    dns(frame) {
      const from = random.oneOf(local);
      const [port, id, type] = [random.between(49_152, 65_535), random.below(65_536), random.below(4) === 0 ? 28 : 1];
      const target = random.below(2) === 0 ? random.oneOf(ward.of.server) : random.oneOf(ward.of.remote);
      const name = `${target.name.toLowerCase()}.ward.example`;
      answers.set("dns", (next) =>
        udpFrame(
          next,
          linkBetween(dnsServer, from, router),
          dnsServer,
          from,
          53,
          port,
          dnsAnswer(id, name, type, target.ip),
        ),
      );
      return udpFrame(frame, linkBetween(from, dnsServer, router), from, dnsServer, port, 53, dnsQuery(id, name, type));
    },
    arp(frame) {
      const from = random.oneOf(local);
      const to = near(from);
      // Only every second question's answer comes by this port.
      if (random.below(2) === 0) answers.set("arp", (next) => arpFrame(next, 2, to, from));
      return arpFrame(frame, 1, from, to);
    },
    chatter(frame) {
      const from = random.oneOf(local);
      const { port, toMany, payload } = chatter(random.below(5), from, number);
      const source = random.below(8) + (port === 137 || port === 123 ? 0 : 50_000);
      if (!toMany)
        return udpFrame(
          frame,
          linkBetween(from, dnsServer, router),
          from,
          dnsServer,
          source < 8 ? port : source,
          port,
          payload,
        );
      const link = { source: from.mac, destination: port === 137 ? EVERYBODY : SSDP_MAC, vlan: from.vlan };
      return udpFrame(
        frame,
        link,
        from,
        port === 137 ? from.ip | 255 : address(239, 255, 255, 250),
        port === 137 ? port : source,
        port,
        payload,
      );
    },
    mdns(frame) {
      const from = random.below(2) === 0 ? random.oneOf(ward.of.printer) : random.oneOf(local);
      const link = { source: from.mac, destination: MDNS.mac, vlan: from.vlan };
      return udpFrame(
        frame,
        link,
        from,
        MDNS.ip,
        5353,
        5353,
        random.below(2) === 0 ? mdnsQuery() : mdnsAnnouncement(from),
      );
    },
    neighbours(frame) {
      const from = random.oneOf(local);
      return neighbourSolicitation(frame, from, near(from));
    },
    dhcp(frame) {
      const from = random.oneOf(local);
      const id = random.below(0x1_0000_0000);
      answers.set("dhcp", (next) =>
        udpFrame(
          next,
          { source: router.mac, destination: from.mac, vlan: from.vlan },
          dnsServer,
          from,
          67,
          68,
          dhcp(5, from, dnsServer.ip, id),
        ),
      );
      return udpFrame(
        frame,
        { source: from.mac, destination: EVERYBODY, vlan: from.vlan },
        from,
        -1,
        68,
        67,
        dhcp(3, from, 0, id),
        0,
      );
    },
    lldp: (frame) => lldpFrame(frame, random.oneOf(ward.of.switch)),
  };

  const order = Object.entries(SHARES).flatMap(([share, parts]) => new Array<Share>(parts).fill(share as Share));
  const out = new RecordWriter(path);
  try {
    for (; number < frames; number++) {
      const share = order[random.below(order.length)]!;
      const answer = answers.get(share);
      answers.delete(share);
      out.write(micros, answer ?? makers[share]);
      counts[share]++;
      micros += 1 + random.below(MAX_GAP);
    }
  } finally {
    out.close();
  }
  return { bytes: out.bytes, frames: counts };
}

/** Pcap records through one buffer. */
class RecordWriter {
  bytes = 0;
  readonly #file: number;
  readonly #buffer = Buffer.alloc(CHUNK + MAX_FRAME + 16);
  #at = 24;

  constructor(path: string) {
    this.#file = openSync(path, "w");
    this.#buffer.writeUInt32LE(0xa1b2c3d4, 0);
    this.#buffer.writeUInt16LE(2, 4);
    this.#buffer.writeUInt16LE(4, 6);
    this.#buffer.writeUInt32LE(262_144, 16);
    this.#buffer.writeUInt32LE(1, 20);
  }

  /** Short frames are filled up to 60 bytes, as Ethernet does. */
  write(micros: number, build: (frame: Buffer) => number): void {
    const buffer = this.#buffer;
    const at = this.#at;
    const length = build(buffer.subarray(at + 16, at + 16 + MAX_FRAME));
    const padded = Math.max(60, length);
    buffer.fill(0, at + 16 + length, at + 16 + padded);
    buffer.writeUInt32LE(START_SECONDS + Math.floor(micros / 1e6), at);
    buffer.writeUInt32LE(micros % 1_000_000, at + 4);
    buffer.writeUInt32LE(padded, at + 8);
    buffer.writeUInt32LE(padded, at + 12);
    this.#at = at + 16 + padded;
    if (this.#at >= CHUNK) this.#flush();
  }

  close(): void {
    this.#flush();
    closeSync(this.#file);
  }

  #flush(): void {
    // A disk may take less than was given.
    for (let from = 0; from < this.#at; ) from += writeSync(this.#file, this.#buffer, from, this.#at - from);
    this.bytes += this.#at;
    this.#at = 0;
  }
}
