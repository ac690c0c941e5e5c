/** What is said over UDP in the mixed capture, by name services, DHCP, voice and chatter; bytes only. */
import type { Host } from "./hosts.ts";

const bytes = (...values: number[]) => Buffer.from(values);
const u16 = (value: number) => bytes((value >> 8) & 255, value & 255);
const ip4 = (ip: number) => {
  const out = Buffer.alloc(4);
  out.writeInt32BE(ip);
  return out;
};

/** RFC 1035 3.1, uncompressed. */
const domain = (text: string) =>
  Buffer.concat([
    ...text.split(".").map((label) => Buffer.concat([bytes(label.length), Buffer.from(label)])),
    bytes(0),
  ]);
const dnsHead = (id: number, flags: number, questions: number, answers: number, additional = 0) =>
  Buffer.concat([u16(id), u16(flags), u16(questions), u16(answers), u16(0), u16(additional)]);
const question = (name: string, type: number) => Buffer.concat([domain(name), u16(type), u16(1)]);
const resource = (name: Buffer, type: number, flush: number, ttl: number, body: Buffer) =>
  Buffer.concat([name, u16(type), u16(1 | flush), u16(0), u16(ttl), u16(body.length), body]);

/** Type 1 or 28 (AAAA, which is answered without an address). */
export const dnsQuery = (id: number, name: string, type: number) =>
  Buffer.concat([dnsHead(id, 0x0100, 1, 0), question(name, type)]);
export function dnsAnswer(id: number, name: string, type: number, ip: number): Buffer {
  const toName = u16(0xc00c);
  const answers = type === 1 ? [resource(toName, 1, 0, 300, ip4(ip))] : [];
  return Buffer.concat([dnsHead(id, 0x8580, 1, answers.length), question(name, type), ...answers]);
}

/** RFC 6762: half ask for services, half announce one with its text and address. */
export const mdnsQuery = () => Buffer.concat([dnsHead(0, 0, 1, 0), question("_ipp._tcp.local", 12)]);
export function mdnsAnnouncement(from: Host): Buffer {
  const service = from.kind === "printer" ? "_ipp._tcp.local" : "_http._tcp.local";
  const target = domain(`${from.name}.local`);
  const instance = domain(`${from.name}.${service}`);
  const texts = ["txtvers=1", `ty=${from.kind} 4000`].map((text) =>
    Buffer.concat([bytes(text.length), Buffer.from(text)]),
  );
  return Buffer.concat([
    dnsHead(0, 0x8400, 0, 3, 1),
    resource(domain(service), 12, 0, 4500, instance),
    resource(instance, 33, 0x8000, 120, Buffer.concat([u16(0), u16(0), u16(631), target])),
    resource(instance, 16, 0x8000, 4500, Buffer.concat(texts)),
    resource(target, 1, 0x8000, 120, ip4(from.ip)),
  ]);
}

/** Option 55 as each kind asks: order and set tell stacks apart (RFC 2132, 9.8). */
const ASKED: Partial<Record<Host["kind"], Buffer>> = {
  pc: bytes(1, 3, 6, 15, 31, 33, 43, 44, 46, 47, 119, 121, 249, 252),
  phone: bytes(1, 3, 6, 15, 42, 66, 150),
};

/** RFC 2131. Type 3 asks, 5 acknowledges. */
export function dhcp(type: 3 | 5, client: Host, server: number, transaction: number): Buffer {
  const head = Buffer.alloc(240);
  head.set([type === 3 ? 1 : 2, 1, 6, 0]);
  head.writeUInt32BE(transaction >>> 0, 4);
  if (type === 5) head.writeInt32BE(client.ip, 16);
  client.mac.copy(head, 28);
  head.writeUInt32BE(0x63825363, 236);
  const option = (code: number, body: Buffer) => Buffer.concat([bytes(code, body.length), body]);
  const rest =
    type === 3
      ? [
          option(61, Buffer.concat([bytes(1), client.mac])),
          option(50, ip4(client.ip)),
          option(12, Buffer.from(client.name)),
          ...(client.kind === "pc" ? [option(60, Buffer.from("MSFT 5.0"))] : []),
          option(55, ASKED[client.kind] ?? bytes(1, 3, 6, 12, 15, 28)),
        ]
      : [
          option(54, ip4(server)),
          option(51, bytes(0, 0, 0x70, 0x80)),
          option(1, bytes(255, 255, 255, 0)),
          option(3, ip4((client.ip & 0xffffff00) | 1)),
          option(6, ip4(server)),
        ];
  return Buffer.concat([head, option(53, bytes(type)), ...rest, bytes(255)]);
}

/** G.711 in 20 ms pieces. RFC 3550 5.1, RFC 3551. */
export function rtp(stream: number, count: number, filler: Buffer): Buffer {
  const packet = Buffer.alloc(172);
  packet[0] = 0x80;
  packet[1] = count === 0 ? 0x80 : 0;
  packet.writeUInt16BE((stream * 999 + count) & 0xffff, 2);
  packet.writeUInt32BE((count * 160) >>> 0, 4);
  packet.writeUInt32BE((0x1d000000 + stream * 7919) >>> 0, 8);
  filler.copy(packet, 12, (stream * 160 + count) & 0xfff, ((stream * 160 + count) & 0xfff) + 160);
  return packet;
}

/** A monitor's curves on their way to the central station, in its maker's own format: numbered samples. */
export function curves(count: number, filler: Buffer): Buffer {
  const packet = Buffer.alloc(520);
  packet.writeUInt32BE(0x574d0001, 0);
  packet.writeUInt32BE(count >>> 0, 4);
  filler.copy(packet, 8, count & 0xfff, (count & 0xfff) + 512);
  return packet;
}

/** One each of what hosts chatter: NetBIOS name, SSDP, NTP, SNMP, syslog. */
export function chatter(kind: number, from: Host, count: number): { port: number; toMany: boolean; payload: Buffer } {
  if (kind === 0) return { port: 137, toMany: true, payload: netbiosQuery(from.name, count) };
  if (kind === 1)
    return {
      port: 1900,
      toMany: true,
      payload: Buffer.from(
        'M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: "ssdp:discover"\r\nMX: 3\r\nST: ssdp:all\r\n\r\n',
      ),
    };
  if (kind === 2)
    return {
      port: 123,
      toMany: false,
      payload: Buffer.concat([bytes(0x23, 0, 6, 0xec), Buffer.alloc(40, count & 255), bytes(0, 0, 0, 0)]),
    };
  // GetRequest of sysUpTime.0, community "public", SNMP version 2c. RFC 3416.
  if (kind === 3)
    return {
      port: 161,
      toMany: false,
      payload: Buffer.concat([
        Buffer.from("302602010104067075626c6963a0190201", "hex"),
        bytes(count & 127),
        Buffer.from("020100020100300e300c06082b060102010103000500", "hex"),
      ]),
    };
  return {
    port: 514,
    toMany: false,
    payload: Buffer.from(`<134>1 2026-01-01T12:00:00Z ${from.name} agent ${count & 1023} - - link state checked`),
  };
}

/** RFC 1002 4.2.12; names are written as half-bytes from "A" on. */
function netbiosQuery(name: string, id: number): Buffer {
  const padded = Buffer.from(`${name.slice(0, 15).padEnd(15)}\0`, "latin1");
  const coded = Buffer.alloc(32);
  for (let i = 0; i < 16; i++) coded.set([0x41 + (padded[i]! >> 4), 0x41 + (padded[i]! & 15)], 2 * i);
  return Buffer.concat([
    u16(id & 0xffff),
    u16(0x0110),
    u16(1),
    u16(0),
    u16(0),
    u16(0),
    bytes(32),
    coded,
    bytes(0),
    u16(32),
    u16(1),
  ]);
}
