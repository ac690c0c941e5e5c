/** Frames by numbers, for tests that need many of them: hosts are small numbers, payloads are text or bytes. */
import type { Frame } from "../../../agent/capture/source.ts";
import type { Dissector } from "../../../agent/dissectors/dissector.ts";
import { dissectors } from "../../../agent/dissectors/index.ts";
import type { EvidenceObservation, FlowObservation, Observation } from "../../../agent/observe/observation.ts";
import { Watch } from "../../../agent/observe/watch.ts";

export const START = 1_700_000_000_000_000;

export const SYN = 0x02;
export const ACK = 0x10;
export const FIN = 0x01;
export const RST = 0x04;
export const PUSH_ACK = 0x18;

const number = (value: number, size: number): Buffer => {
  const bytes = Buffer.alloc(size);
  bytes.writeUIntBE(value % 2 ** (size * 8), 0, size);
  return bytes;
};

/** Host 5 is 02:00:00:00:00:05 and 10.0.0.5. */
export const macOf = (host: number): string =>
  `02:00:${number(host, 4)
    .toString("hex")
    .replace(/..(?=.)/g, "$&:")}`;
export const ipOf = (host: number): string => `10.${(host >>> 16) & 255}.${(host >>> 8) & 255}.${host & 255}`;
const macBytes = (host: number) => Buffer.concat([Buffer.from([2, 0]), number(host, 4)]);
const ipBytes = (host: number) => Buffer.from([10, (host >>> 16) & 255, (host >>> 8) & 255, host & 255]);
export const BROADCAST = Buffer.alloc(6, 0xff);

export interface Ends {
  from: number;
  to: number;
  fromPort?: number;
  toPort?: number;
}

export interface Segment extends Ends {
  flags?: number;
  sequence?: number;
  payload?: Buffer | string;
  ipId?: number;
  vlan?: number;
  /** MACs other than the hosts' own: what a router puts there. */
  fromMac?: number;
  toMac?: number;
  window?: number;
  /** TCP options, a multiple of four bytes. */
  options?: Buffer;
}

export function ethernet(to: Buffer, from: Buffer, type: number, payload: Buffer, vlan?: number): Buffer {
  const tag = vlan === undefined ? Buffer.alloc(0) : Buffer.concat([number(0x8100, 2), number(vlan, 2)]);
  return Buffer.concat([to, from, tag, number(type, 2), payload]);
}

function ipv4(protocol: number, from: number, to: number, payload: Buffer, id: number): Buffer {
  const head = Buffer.concat([
    Buffer.from([0x45, 0]),
    number(20 + payload.length, 2),
    number(id, 2),
    Buffer.from([0x40, 0, 64, protocol, 0, 0]),
    ipBytes(from),
    ipBytes(to),
  ]);
  return Buffer.concat([head, payload]);
}

const payloadBytes = (payload: Buffer | string | undefined) =>
  typeof payload === "string" ? Buffer.from(payload, "latin1") : (payload ?? Buffer.alloc(0));

export function tcp(segment: Segment): Buffer {
  const { from, to, fromPort = 40_000, toPort = 80, flags = PUSH_ACK, sequence = 1000, ipId = 0, vlan } = segment;
  const { options = Buffer.alloc(0), window = 501 } = segment;
  const head = Buffer.concat([
    number(fromPort, 2),
    number(toPort, 2),
    number(sequence, 4),
    number(1, 4),
    Buffer.from([0x50 + options.length * 4, flags]),
    number(window, 2),
    Buffer.alloc(4),
    options,
  ]);
  const datagram = ipv4(6, from, to, Buffer.concat([head, payloadBytes(segment.payload)]), ipId);
  return ethernet(macBytes(segment.toMac ?? to), macBytes(segment.fromMac ?? from), 0x0800, datagram, vlan);
}

export function udp(segment: Omit<Segment, "flags" | "sequence">): Buffer {
  const { from, to, fromPort = 40_000, toPort = 53, ipId = 0, vlan } = segment;
  const payload = payloadBytes(segment.payload);
  const head = Buffer.concat([number(fromPort, 2), number(toPort, 2), number(8 + payload.length, 2), Buffer.alloc(2)]);
  const datagram = ipv4(17, from, to, Buffer.concat([head, payload]), ipId);
  return ethernet(macBytes(segment.toMac ?? to), macBytes(segment.fromMac ?? from), 0x0800, datagram, vlan);
}

/** mDNS from host to everybody. */
export function mdns(from: number, payload: Buffer): Buffer {
  const head = Buffer.concat([number(5353, 2), number(5353, 2), number(8 + payload.length, 2), Buffer.alloc(2)]);
  const datagram = ipv4(17, from, 0, Buffer.concat([head, payload]), 0);
  Buffer.from([224, 0, 0, 251]).copy(datagram, 16);
  return ethernet(Buffer.from("01005e0000fb", "hex"), macBytes(from), 0x0800, datagram);
}

/** mDNS response: `name`.local has the host's address. RFC 6762. */
export function mdnsAnswer(from: number, name: string): Buffer {
  const label = (text: string) => Buffer.concat([Buffer.from([text.length]), Buffer.from(text)]);
  return mdns(
    from,
    Buffer.concat([
      Buffer.from("000084000000000100000000", "hex"),
      label(name),
      label("local"),
      Buffer.from([0]),
      Buffer.from("0001800100000078", "hex"),
      number(4, 2),
      ipBytes(from),
    ]),
  );
}

/** ARP request of `from` for `for`. */
export function arp(from: number, wanted: number): Buffer {
  const body = Buffer.concat([
    Buffer.from("0001080006040001", "hex"),
    macBytes(from),
    ipBytes(from),
    Buffer.alloc(6),
    ipBytes(wanted),
  ]);
  return ethernet(BROADCAST, macBytes(from), 0x0806, body);
}

/** LLDP with chassis id (MAC), port id, time to live and system name. IEEE 802.1AB. */
export function lldp(from: number, name: string): Buffer {
  const tlv = (type: number, value: Buffer) => Buffer.concat([number((type << 9) | value.length, 2), value]);
  const body = Buffer.concat([
    tlv(1, Buffer.concat([Buffer.from([4]), macBytes(from)])),
    tlv(2, Buffer.concat([Buffer.from([5]), Buffer.from("port1")])),
    tlv(3, Buffer.from([0, 120])),
    tlv(5, Buffer.from(name)),
    tlv(0, Buffer.alloc(0)),
  ]);
  return ethernet(Buffer.from("0180c200000e", "hex"), macBytes(from), 0x88cc, body);
}

/** The frame standing in memory of its own. */
export const frameOf = (bytes: Buffer, more: Partial<Frame> = {}): Frame => ({
  bytes,
  offset: 0,
  length: bytes.length,
  wireLength: bytes.length,
  at: START,
  linkType: 1,
  interface: 0,
  file: 0,
  number: 1,
  ...more,
});

/** A Watch that keeps what it says. */
export class Listening {
  readonly said: Observation[] = [];
  readonly watch: Watch;
  at = START;
  #number = 0;

  constructor(use: readonly Dissector[] = dissectors, foldMicros?: number) {
    this.watch = new Watch({
      dissectors: use,
      emit: (observation) => this.said.push(observation),
      fileName: () => "test.pcap",
      ...(foldMicros === undefined ? {} : { foldMicros }),
    });
  }

  /** One frame, a millisecond after the one before unless told otherwise. */
  hear(bytes: Buffer, more: Partial<Frame> = {}): void {
    this.at = more.at ?? this.at + 1000;
    this.watch.frame(frameOf(bytes, { at: this.at, number: ++this.#number, ...more }));
  }

  drain(): this {
    this.watch.drain();
    return this;
  }

  evidence(attribute?: string): EvidenceObservation[] {
    return this.said
      .filter((one) => one.kind === "evidence")
      .filter((one) => attribute === undefined || one.attribute === attribute);
  }

  /** Values said so far, each once, sorted. */
  values(attribute: string): string[] {
    return [...new Set(this.evidence(attribute).map(({ value }) => value))].sort();
  }

  flows(): FlowObservation[] {
    return this.said.filter((one) => one.kind === "flow");
  }
}
