/**
 * A room controller on BACnet/IP that answers Who-Is and ReadProperty of its device object (ANSI/ASHRAE 135, 16.10,
 * 15.5, annex J). Arguments: own address, instance number, vendor id, vendor name, model, firmware, object name.
 */
import { createSocket } from "node:dgram";

const PORT = 47808;
const MAX_ANSWERS = 100;
const WHO_IS = 0x08;
const READ_PROPERTY = 0x0c;
const [address, instance, vendor, vendorName, model, firmware, name] = process.argv.slice(2);
/** Properties of the device object (135, 21). */
const PROPERTIES = { 12: "2.4", 44: firmware, 70: model, 77: name, 121: vendorName };

const u16 = (value) => Buffer.from([value >> 8, value & 255]);
const objectId = (() => {
  const id = Buffer.alloc(4);
  id.writeUInt32BE(((8 << 22) | Number(instance)) >>> 0);
  return id;
})();
const bvlc = (kind, ...parts) => {
  const body = Buffer.concat([Buffer.from([0x01, 0x00]), ...parts]);
  return Buffer.concat([Buffer.from([0x81, kind]), u16(body.length + 4), body]);
};
/** Object identifier, max APDU 1476, no segmentation, vendor. */
const iAm = bvlc(
  0x0b,
  Buffer.from([0x10, 0x00, 0xc4]),
  objectId,
  Buffer.from([0x22, 0x05, 0xc4, 0x91, 0x03]),
  Number(vendor) < 256
    ? Buffer.from([0x21, Number(vendor)])
    : Buffer.concat([Buffer.from([0x22]), u16(Number(vendor))]),
);
const characters = (text) => {
  const value = Buffer.concat([Buffer.from([0x00]), Buffer.from(text)]);
  return Buffer.concat([
    value.length < 5 ? Buffer.from([0x70 + value.length]) : Buffer.from([0x75, value.length]),
    value,
  ]);
};

const socket = createSocket({ type: "udp4", reuseAddr: true });
let answered = 0;
socket.on("message", (message, { address: from, port }) => {
  if (from === address || message[0] !== 0x81 || ++answered > MAX_ANSWERS) return;
  const apdu = message.subarray(4 + (message[5] & 0x20 ? 6 : 2));
  if (apdu[0] === 0x10 && apdu[1] === WHO_IS) return socket.send(iAm, PORT, address.replace(/\d+$/, "255"));
  if (apdu[0] >> 4 !== 0 || apdu[3] !== READ_PROPERTY) return;
  const property = apdu[10];
  const value = PROPERTIES[property];
  if (value === undefined) return;
  const answer = bvlc(
    0x0a,
    Buffer.from([0x30, apdu[2], READ_PROPERTY, 0x0c]),
    objectId,
    Buffer.from([0x19, property, 0x3e]),
    characters(value),
    Buffer.from([0x3f]),
  );
  socket.send(answer, port, from);
});
socket.bind(PORT, () => {
  socket.setBroadcast(true);
  socket.send(iAm, PORT, address.replace(/\d+$/, "255"));
});
