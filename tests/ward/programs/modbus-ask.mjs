/** Reads a controller's identification and two registers over Modbus/TCP. Argument: host. Ends with 0 when both were answered. */
import { connect } from "node:net";

const TIMEOUT_MS = 5_000;
const REQUESTS = ["000100000005012b0e0100", "000200000006010300000002"].map((hex) => Buffer.from(hex, "hex"));

process.exitCode = 1;
let sent = 0;
const socket = connect({ host: process.argv[2], port: 502 });
socket.setTimeout(TIMEOUT_MS, () => socket.destroy());
socket.on("error", (error) => console.error(error.message));
socket.on("connect", () => socket.write(REQUESTS[sent++]));
socket.on("data", () => {
  if (sent < REQUESTS.length) return socket.write(REQUESTS[sent++]);
  process.exitCode = 0;
  socket.end();
});
