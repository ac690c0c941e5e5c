/** Bedside monitors that announce themselves: Philips connect indication, GE CARESCAPE discovery. Layouts as in the makers' public guides. */
import { type Host, u16, u32, type Wire } from "./wire.ts";

const ipBytes = (ip: string) => Buffer.from(ip.split(".").map(Number));
const macBytes = (mac: string) => Buffer.from(mac.replaceAll(":", ""), "hex");
const attribute = (number: number, value: Buffer) => Buffer.concat([u16(number), u16(value.length), value]);
const label = (text: string) => {
  const body = Buffer.from(text.length % 2 === 0 ? text : `${text}\0`, "latin1");
  return Buffer.concat([u16(body.length), body]);
};
const list = (items: readonly Buffer[]) => {
  const body = Buffer.concat([...items]);
  return Buffer.concat([u16(items.length), u16(body.length), body]);
};

export interface Monitor {
  number: string;
  serial: string;
  software: string;
  bed: string;
}

/** Philips Data Export Interface Programming Guide: event 0D17 to UDP 24005. */
export function intellivue(wire: Wire, host: Host, said: Monitor): void {
  const specification = list([
    Buffer.concat([u16(1), u16(8), label(said.serial)]),
    Buffer.concat([u16(2), u16(8), label(said.number)]),
    Buffer.concat([u16(4), u16(0x58), label(said.software)]),
  ]);
  const bed = Buffer.from(said.bed, "utf16le").swap16();
  const attributes = list([
    attribute(0x0986, Buffer.concat([u16(1), u16(4429)])),
    attribute(0xf100, Buffer.concat([macBytes(host.mac), ipBytes(host.ip), Buffer.from([255, 255, 0, 0])])),
    attribute(0xf135, Buffer.concat([bed, Buffer.alloc(34 - bed.length)])),
    attribute(0x092d, specification),
    attribute(0x0928, Buffer.concat([label("Philips"), label(said.number)])),
  ]);
  const report = Buffer.concat([
    u16(0x23),
    u16(0),
    u16(0),
    u32(0x00d6d400),
    u16(0x0d17),
    u16(attributes.length),
    attributes,
  ]);
  const invoke = Buffer.concat([u16(0), u16(0), u16(report.length), report]);
  wire.broadcast(
    host,
    [24105, 24005],
    Buffer.concat([Buffer.from([0, 0, 1, 0]), u16(1), u16(invoke.length), invoke]),
    "10.44.255.255",
  );
}

/** Discovery to UDP 7000: "UNIT|BED", and a patient's name that must never be told. */
export function carescape(wire: Wire, host: Host, unit: string, bed: string): void {
  const fixed = (text: string, bytes: number) => Buffer.from(text.padEnd(bytes, "\0").slice(0, bytes), "latin1");
  const services = Buffer.concat([u16(3), u16(2000), u16(0x13), u16(3000), u16(0x1c), u16(3001)]);
  const body = Buffer.concat([
    Buffer.from([1, 4, 0, 0]),
    ipBytes(host.ip),
    u32(1_772_438_400),
    fixed(`${unit}|${bed}`, 16),
    fixed("SYNTHPATIENT,SYN", 16),
    services,
  ]);
  wire.broadcast(host, [7000, 7000], body, "10.44.255.255");
}
