/** A building management station: Who-Is to all, then ReadProperty of the device that answers. Arguments: own address, instance. */
import { createSocket } from "node:dgram";

const PORT = 47808;
const TIMEOUT_MS = 5_000;
/** vendor-name, model-name, firmware-revision, application-software-version, object-name (135, 21). */
const WANTED = [121, 70, 44, 12, 77];
const [address, instance] = process.argv.slice(2);
const WHO_IS = Buffer.from("810b000801001008", "hex");
const objectId = Buffer.alloc(4);
objectId.writeUInt32BE(((8 << 22) | Number(instance)) >>> 0);

process.exitCode = 1;
let invoke = 0;
const socket = createSocket({ type: "udp4", reuseAddr: true });
const giveUp = setTimeout(() => socket.close(), TIMEOUT_MS);
socket.on("message", (message, { address: from }) => {
  if (from === address) return;
  const kind = message[6] >> 4;
  if (kind !== 1 && kind !== 3) return;
  if (kind === 1 && invoke > 0) return;
  if (invoke === WANTED.length) {
    process.exitCode = 0;
    clearTimeout(giveUp);
    return socket.close();
  }
  const apdu = Buffer.concat([
    Buffer.from([0x00, 0x05, invoke, 0x0c, 0x0c]),
    objectId,
    Buffer.from([0x19, WANTED[invoke++]]),
  ]);
  const npdu = Buffer.concat([Buffer.from([0x01, 0x04]), apdu]);
  socket.send(Buffer.concat([Buffer.from([0x81, 0x0a, 0x00, npdu.length + 4]), npdu]), PORT, from);
});
socket.bind(PORT, () => {
  socket.setBroadcast(true);
  socket.send(WHO_IS, PORT, address.replace(/\d+$/, "255"));
});
