/**
 * Asks a remote desktop server what security it has and hangs up (MS-RDPBCGR 2.2.1.1, connection request).
 * Arguments: host, user for the cookie. Ends with 0 when the server confirmed.
 */
import { connect } from "node:net";

const TIMEOUT_MS = 5_000;
const CONNECTION_CONFIRM = 0xd0;
const [host, user] = process.argv.slice(2);

const cookie = Buffer.from(`Cookie: mstshash=${user}\r\n`);
const negotiation = Buffer.from([0x01, 0x00, 0x08, 0x00, 0x03, 0x00, 0x00, 0x00]);
const length = 6 + cookie.length + negotiation.length;
const x224 = Buffer.from([length, 0xe0, 0x00, 0x00, 0x00, 0x00, 0x00]);
const tpkt = Buffer.from([0x03, 0x00, 0x00, 4 + 1 + length]);

const socket = connect({ host, port: 3389 });
process.exitCode = 1;
socket.setTimeout(TIMEOUT_MS, () => socket.destroy());
socket.on("error", (error) => console.error(error.message));
socket.on("connect", () => socket.write(Buffer.concat([tpkt, x224, cookie, negotiation])));
socket.on("data", (answer) => {
  if (answer[5] === CONNECTION_CONFIRM) process.exitCode = 0;
  socket.end();
});
