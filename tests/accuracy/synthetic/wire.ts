/** Frames of a made-up ward: Ethernet, ARP, IPv4, UDP and whole TCP connections with right checksums, written as pcap. */
import { writeFileSync } from "node:fs";

export interface Host {
  mac: string;
  ip: string;
}

const BROADCAST = "ff:ff:ff:ff:ff:ff";
/** 2026-03-02 08:00:00 UTC, in microseconds. */
const START_AT = 1_772_438_400_000_000;
const SEGMENT = 1400;

const macBytes = (mac: string) => Buffer.from(mac.replaceAll(":", ""), "hex");
const ipBytes = (ip: string) => Buffer.from(ip.split(".").map(Number));
export const u16 = (value: number) => Buffer.from([(value >>> 8) & 255, value & 255]);
export const u32 = (value: number) => Buffer.concat([u16(value >>> 16), u16(value & 0xffff)]);

export class Wire {
  readonly #records: Buffer[] = [];
  #at = START_AT;
  #id = 1;
  #port = 49_200;

  /** Lets time pass, in milliseconds. */
  wait(milliseconds: number): void {
    this.#at += milliseconds * 1000;
  }

  /** A client port that no conversation used before. */
  clientPort(): number {
    this.#port = this.#port >= 65_000 ? 49_200 : this.#port + 1;
    return this.#port;
  }

  arp(host: Host): void {
    const body = [
      u16(1),
      u16(0x0800),
      Buffer.from([6, 4]),
      u16(1),
      macBytes(host.mac),
      ipBytes(host.ip),
      Buffer.alloc(6),
      ipBytes(host.ip),
    ];
    this.frame(host.mac, BROADCAST, 0x0806, Buffer.concat(body));
  }

  udp(from: Host, to: Host | { mac: string; ip: string }, ports: readonly [number, number], payload: Buffer): void {
    const head = Buffer.concat([u16(ports[0]), u16(ports[1]), u16(8 + payload.length), u16(0)]);
    this.#ip(from, to, 17, Buffer.concat([head, payload]), 6);
  }

  broadcast(from: Host, ports: readonly [number, number], payload: Buffer, ip = "255.255.255.255"): void {
    this.udp(from, { mac: BROADCAST, ip }, ports, payload);
  }

  /** Handshake, payloads in order ("client" or "server" says who sends), and the end. */
  tcp(client: Host, server: Host, port: number, talk: readonly (readonly ["client" | "server", Buffer])[]): void {
    const ports = { client: this.clientPort(), server: port };
    const sequence = { client: 1000 + this.#id * 77, server: 900_000 + this.#id * 131 };
    const send = (side: "client" | "server", flags: number, payload: Buffer) => {
      const other = side === "client" ? "server" : "client";
      const options = (flags & 2) === 0 ? Buffer.alloc(0) : Buffer.from("020405b4", "hex");
      const head = Buffer.concat([
        u16(ports[side]),
        u16(ports[other]),
        u32(sequence[side]),
        u32((flags & 16) === 0 ? 0 : sequence[other]),
        Buffer.from([(20 + options.length) << 2, flags]),
        u16(29_200),
        u16(0),
        u16(0),
        options,
      ]);
      const [from, to] = side === "client" ? [client, server] : [server, client];
      this.#ip(from, to, 6, Buffer.concat([head, payload]), 16);
      sequence[side] += payload.length + ((flags & 3) === 0 ? 0 : 1);
    };
    const nothing = Buffer.alloc(0);
    send("client", 2, nothing);
    send("server", 18, nothing);
    send("client", 16, nothing);
    for (const [side, payload] of talk) {
      for (let at = 0; at < payload.length; at += SEGMENT) send(side, 24, payload.subarray(at, at + SEGMENT));
      send(side === "client" ? "server" : "client", 16, nothing);
    }
    send("client", 17, nothing);
    send("server", 17, nothing);
    send("client", 16, nothing);
  }

  frame(from: string, to: string, etherType: number, body: Buffer): void {
    const bytes = Buffer.concat([macBytes(to), macBytes(from), u16(etherType), body]);
    const padded = bytes.length < 60 ? Buffer.concat([bytes, Buffer.alloc(60 - bytes.length)]) : bytes;
    const head = Buffer.alloc(16);
    head.writeUInt32LE(Math.floor(this.#at / 1_000_000), 0);
    head.writeUInt32LE(this.#at % 1_000_000, 4);
    head.writeUInt32LE(padded.length, 8);
    head.writeUInt32LE(padded.length, 12);
    this.#records.push(head, padded);
    this.#at += 730;
  }

  write(path: string): void {
    const head = Buffer.from("d4c3b2a1020004000000000000000000000004000100 0000".replaceAll(" ", ""), "hex");
    writeFileSync(path, Buffer.concat([head, ...this.#records]));
  }

  #ip(from: Host, to: Host, protocol: number, payload: Buffer, checksumAt: number): void {
    const [source, destination] = [ipBytes(from.ip), ipBytes(to.ip)];
    const pseudo = Buffer.concat([source, destination, Buffer.from([0, protocol]), u16(payload.length)]);
    u16(checksum(Buffer.concat([pseudo, payload])) || 0xffff).copy(payload, checksumAt);
    const head = Buffer.concat([
      Buffer.from([0x45, 0]),
      u16(20 + payload.length),
      u16(this.#id++ & 0xffff),
      u16(0x4000),
      Buffer.from([64, protocol]),
      u16(0),
      source,
      destination,
    ]);
    u16(checksum(head)).copy(head, 10);
    this.frame(from.mac, to.mac, 0x0800, Buffer.concat([head, payload]));
  }
}

/** RFC 1071. */
function checksum(bytes: Buffer): number {
  let sum = 0;
  for (let at = 0; at < bytes.length; at += 2) sum += (bytes[at]! << 8) | (bytes[at + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}
