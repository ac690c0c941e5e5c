/**
 * A bedside monitor that announces itself and exports data over UDP, as Philips' Data Export Interface Programming Guide
 * (4535 642 59271) lays the messages out: connect indication, association, MDS create, one poll result.
 * Arguments: own address, its MAC, bed label, family and given name of the patient, patient number.
 */
import { createSocket } from "node:dgram";

const EXPORT_PORT = 24105;
const CONNECT_PORT = 24005;
const MAX_ANSWERS = 50;
const [address, mac, bed, family, given, number] = process.argv.slice(2);

const u16 = (...values) => Buffer.concat(values.map((value) => Buffer.from([value >> 8, value & 255])));
const u32 = (value) => u16(Math.floor(value / 65536), value & 65535);
/** Two bytes a letter, ending in zero. */
const utf16 = (text) => Buffer.from(`${text}\0`, "utf16le").swap16();
/** A length and what it counts. */
const counted = (...parts) => {
  const body = Buffer.concat(parts);
  return Buffer.concat([u16(body.length), body]);
};
const even = (text) => Buffer.from(text.length % 2 ? `${text}\0` : text);
const attribute = (id, ...parts) => Buffer.concat([u16(id), counted(...parts)]);
const list = (...items) => Buffer.concat([u16(items.length), counted(...items)]);
const specification = (kind, text) => Buffer.concat([u16(kind, 8), counted(even(text))]);

const model = attribute(0x0928, counted(even("Philips")), counted(even("MX800")));
const addressInfo = Buffer.concat([
  Buffer.from(mac.replaceAll(":", ""), "hex"),
  Buffer.from(address.split(".").map(Number)),
  Buffer.from([255, 255, 255, 0]),
]);
const production = attribute(
  0x092d,
  list(
    specification(1, "DE20080141"),
    specification(2, "865240"),
    specification(3, "A.01.05"),
    specification(4, "J.10.51"),
  ),
);
const systemType = attribute(0x0986, u16(1, 0x114d));
const systemId = attribute(0x0984, counted(Buffer.from(`fffe${mac.replaceAll(":", "")}`, "hex")));
const protocols = attribute(0xf101, list(u16(1, 3, CONNECT_PORT - 5, 0), u16(5, 1, EXPORT_PORT, 0)));

/** Remote operation invoke with an event report inside. */
const eventReport = (command, object, event, ...body) =>
  Buffer.concat([
    u16(1),
    counted(u16(0, command), counted(u16(object, 0, 0), u32(14_000_000), u16(event), counted(...body))),
  ]);
const session = Buffer.from("e1000002", "hex");

const connectIndication = Buffer.concat([
  Buffer.from("00000100", "hex"),
  eventReport(
    0,
    0x0023,
    0x0d17,
    list(systemType, attribute(0xf100, addressInfo), attribute(0xf135, utf16(bed)), protocols, production, model),
  ),
]);
const create = Buffer.concat([
  session,
  eventReport(
    1,
    0x0021,
    0x0d06,
    u16(0x0021, 0, 0),
    list(systemType, systemId, attribute(0x091e, counted(utf16(bed))), model, production),
  ),
]);
/** Patient demographics: exactly what nobody on the wire may keep. */
const pollResult = () => {
  const patient = list(
    attribute(0x095c, counted(utf16(family))),
    attribute(0x095d, counted(utf16(given))),
    attribute(0x095a, counted(utf16(number))),
  );
  const info = Buffer.concat([u16(0x002a, 0, 0), u16(0, 1), counted(u16(1), counted(u16(1), patient))]);
  const body = Buffer.concat([u16(0x0021, 0, 0, 0x0c16), counted(u16(1), u32(14_000_100), u16(1, 0x002a, 0), info)]);
  return Buffer.concat([session, u16(2), counted(u16(0, 7), counted(body))]);
};
const accept = () => {
  const rest = Buffer.from("0508130100160102800014020002c10e3180a0808001010000a203000000", "hex");
  return Buffer.concat([Buffer.from([0x0e, rest.length]), rest]);
};

const socket = createSocket("udp4");
let answered = 0;
socket.on("message", (message, { address: from, port }) => {
  if (++answered > MAX_ANSWERS) return socket.close();
  const send = (bytes) => socket.send(bytes, port, from);
  if (message[0] === 0x0d) {
    send(accept());
    send(create);
  } else if (message[0] === 0xe1 && message.readUInt16BE(4) === 1) send(pollResult());
  else if (message[0] === 0x09) send(Buffer.from([0x0a, 0x00]));
});
socket.bind(EXPORT_PORT, address, () => {
  socket.setBroadcast(true);
  const announce = () => socket.send(connectIndication, CONNECT_PORT, address.replace(/\d+$/, "255"));
  announce();
  setInterval(announce, 1_000).unref();
});
setTimeout(() => process.exit(0), 120_000).unref();
