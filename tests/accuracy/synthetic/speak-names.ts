/** How a made-up device gives its name and kind in general protocols: DHCP, mDNS, SNMP, HTTP. RFC 2132, 6762, 3416, 9112. */
import type { Random } from "./random.ts";
import { type Host, u16, u32, type Wire } from "./wire.ts";

const macBytes = (mac: string) => Buffer.from(mac.replaceAll(":", ""), "hex");
const ipBytes = (ip: string) => Buffer.from(ip.split(".").map(Number));
const option = (code: number, value: Buffer) => Buffer.concat([Buffer.from([code, value.length]), value]);

/** A DHCP request: host name and vendor class where there are some, and the options asked for. */
export function dhcp(wire: Wire, host: Host, hostName: string, vendorClass: string, random: Random): void {
  const fixed = Buffer.concat([
    Buffer.from([1, 1, 6, 0]),
    u32(random.int(2 ** 31)),
    u16(0),
    u16(0),
    Buffer.alloc(16),
    macBytes(host.mac),
    Buffer.alloc(10),
    Buffer.alloc(192),
    Buffer.from("63825363", "hex"),
  ]);
  const options = [option(53, Buffer.from([3])), option(50, ipBytes(host.ip))];
  if (hostName !== "") options.push(option(12, Buffer.from(hostName)));
  if (vendorClass !== "") options.push(option(60, Buffer.from(vendorClass)));
  options.push(
    option(55, Buffer.from(random.pick(["0103060f1c", "010306", "01031c06", "01030f060c2a"]), "hex")),
    Buffer.from([255]),
  );
  wire.udp(
    { mac: host.mac, ip: "0.0.0.0" },
    { mac: "ff:ff:ff:ff:ff:ff", ip: "255.255.255.255" },
    [68, 67],
    Buffer.concat([fixed, ...options]),
  );
}

const dnsName = (name: string) =>
  Buffer.concat([
    ...name.split(".").map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)])),
    Buffer.from([0]),
  ]);
const record = (name: string, type: number, data: Buffer) =>
  Buffer.concat([dnsName(name), u16(type), u16(0x8001), u32(120), u16(data.length), data]);

/** A multicast answer: its host name's address and a web page. */
export function mdns(wire: Wire, host: Host, hostName: string): void {
  const full = `${hostName}.local`;
  const service = Buffer.concat([u16(0), u16(0), u16(80), dnsName(full)]);
  const head = Buffer.concat([u16(0), u16(0x8400), u16(0), u16(2), u16(0), u16(0)]);
  const body = Buffer.concat([
    head,
    record(full, 1, ipBytes(host.ip)),
    record(`${hostName}._http._tcp.local`, 33, service),
  ]);
  wire.udp(host, { mac: "01:00:5e:00:00:fb", ip: "224.0.0.251" }, [5353, 5353], body);
}

const ber = (tag: number, ...parts: Buffer[]) => {
  const body = Buffer.concat(parts);
  const length =
    body.length < 128 ? Buffer.from([body.length]) : Buffer.concat([Buffer.from([0x82]), u16(body.length)]);
  return Buffer.concat([Buffer.from([tag]), length, body]);
};
const SYS_DESCR = Buffer.from("2b06010201010100", "hex");

/** A manager asks for sysDescr, the device answers. */
export function snmp(wire: Wire, manager: Host, host: Host, description: string, random: Random): void {
  const message = (kind: number, value: Buffer, id: number) =>
    ber(
      0x30,
      ber(2, Buffer.from([1])),
      ber(4, Buffer.from("ward-read")),
      ber(
        kind,
        ber(2, u16(id)),
        ber(2, Buffer.from([0])),
        ber(2, Buffer.from([0])),
        ber(0x30, ber(0x30, ber(6, SYS_DESCR), value)),
      ),
    );
  const port = wire.clientPort();
  const id = 256 + random.int(30_000);
  wire.udp(manager, host, [port, 161], message(0xa0, ber(5), id));
  wire.udp(host, manager, [161, port], message(0xa2, ber(4, Buffer.from(description)), id));
}

/** A browser asks for the start page; the device wants a login and names itself in its realm. */
export function web(wire: Wire, browser: Host, host: Host, server: string, realm: string): void {
  const question = `GET / HTTP/1.1\r\nHost: ${host.ip}\r\nUser-Agent: Mozilla/5.0 (Windows NT 10.0; Win64; x64)\r\n\r\n`;
  const answer = `HTTP/1.1 401 Unauthorized\r\nServer: ${server}\r\nWWW-Authenticate: Basic realm="${realm}"\r\nContent-Length: 0\r\n\r\n`;
  wire.tcp(browser, host, 80, [
    ["client", Buffer.from(question)],
    ["server", Buffer.from(answer)],
  ]);
}
