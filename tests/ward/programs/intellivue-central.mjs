/**
 * A central station that waits for a monitor's connect indication, opens a data export association with it, polls once
 * and releases it (Philips Data Export Interface Programming Guide 4535 642 59271). Argument: own address.
 * Ends with 0 when it has data.
 */
import { createSocket } from "node:dgram";

const EXPORT_PORT = 24105;
const CONNECT_PORT = 24005;
const TIMEOUT_MS = 10_000;
const ASSOCIATE = Buffer.from("0d130508130100160102800014020002c1053180000000", "hex");
const CREATE_RESULT = Buffer.from("e10000020002001400000001000e002100000000000000000d060000", "hex");
/** Confirmed action: poll the MDIB (0C16) for patient demographics (002A). */
const POLL = Buffer.from("e10000020001001c000100070016002100000000000000000c16000800010001002a0000", "hex");
const RELEASE = Buffer.from([0x09, 0x00]);
const [address] = process.argv.slice(2);

process.exitCode = 1;
const announcements = createSocket({ type: "udp4", reuseAddr: true });
const exporter = createSocket("udp4");
const giveUp = setTimeout(end, TIMEOUT_MS);
let asked = false;

announcements.on("message", (_message, { address: monitor }) => {
  if (asked) return;
  asked = true;
  exporter.send(ASSOCIATE, EXPORT_PORT, monitor);
});
exporter.on("message", (message, { address: monitor }) => {
  const send = (bytes) => exporter.send(bytes, EXPORT_PORT, monitor);
  if (message[0] === 0xe1 && message.readUInt16BE(4) === 1) {
    send(CREATE_RESULT);
    send(POLL);
  } else if (message[0] === 0xe1 && message.readUInt16BE(4) === 2) {
    process.exitCode = 0;
    send(RELEASE);
  } else if (message[0] === 0x0a) end();
});
announcements.bind(CONNECT_PORT);
exporter.bind(0, address);

function end() {
  clearTimeout(giveUp);
  announcements.close();
  exporter.close();
}
