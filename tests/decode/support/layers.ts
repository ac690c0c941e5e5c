/** Headers for tests, each as its standard draws it; lengths are right unless the caller says otherwise. */
import { hex } from "./bytes.ts";

const two = (value: number): string => value.toString(16).padStart(4, "0");

export const PUMP = "00 03 b1 b5 b6 48";
export const GATEWAY = "08 00 27 1d a6 c2";
export const CARRIER = "02 00 00 00 00 01";
export const PEER = "02 00 00 00 00 02";

/** Destination, source, then the EtherType or length with any tags before it, e.g. "81 00 00 14 08 00". */
export const ethernet = (destination: string, source: string, type: string, payload: Buffer): Buffer =>
  Buffer.concat([hex(destination, source, type), payload]);

export interface Ipv4 {
  protocol?: number;
  source?: string;
  destination?: string;
  id?: number;
  /** The 16-bit field of flags and offset. */
  fragment?: number;
  options?: string;
  totalLength?: number;
  headerWords?: number;
}

export function ipv4(payload: Buffer, header: Ipv4 = {}): Buffer {
  const options = hex(header.options ?? "");
  const words = header.headerWords ?? 5 + options.length / 4;
  return Buffer.concat([
    hex(
      `4${words.toString(16)} 00`, // version, header length, service
      two(header.totalLength ?? 20 + options.length + payload.length),
      two(header.id ?? 0x1234),
      two(header.fragment ?? 0x4000),
      `40 ${two(header.protocol ?? 17).slice(2)} 00 00`, // time to live, protocol, checksum
      header.source ?? "0a 00 00 9b",
      header.destination ?? "0a 00 00 7e",
    ),
    options,
    payload,
  ]);
}

export interface Ipv6 {
  next?: number;
  source?: string;
  destination?: string;
  payloadLength?: number;
}

export const ipv6 = (payload: Buffer, header: Ipv6 = {}): Buffer =>
  Buffer.concat([
    hex(
      "60 00 00 00", // version, class, flow label
      two(header.payloadLength ?? payload.length),
      two(header.next ?? 17).slice(2),
      "40", // hop limit
      header.source ?? "20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 01",
      header.destination ?? "20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 02",
    ),
    payload,
  ]);

export const udp = (source: number, destination: number, payload: Buffer, length = 8 + payload.length): Buffer =>
  Buffer.concat([hex(two(source), two(destination), two(length), "00 00"), payload]);

export interface Tcp {
  sequence?: string;
  flags?: string;
  options?: string;
  /** In 32-bit words. */
  dataOffset?: number;
}

export function tcp(source: number, destination: number, payload: Buffer, header: Tcp = {}): Buffer {
  const options = hex(header.options ?? "");
  const words = header.dataOffset ?? 5 + options.length / 4;
  return Buffer.concat([
    hex(
      two(source),
      two(destination),
      header.sequence ?? "00 00 10 00",
      "00 00 20 00", // acknowledgement
      `${words.toString(16)}0 ${header.flags ?? "18"}`,
      "01 f5 00 00 00 00", // window, checksum, urgent
    ),
    options,
    payload,
  ]);
}

export const text = (value: string): Buffer => Buffer.from(value, "latin1");

/** A small UDP datagram from the pump, the usual inside of a tunnel. */
export const insideIp = ipv4(udp(4000, 4001, text("hello")), { source: "c0 a8 00 01", destination: "c0 a8 00 02" });
export const insideFrame = ethernet(GATEWAY, PUMP, "08 00", insideIp);
