/** A laboratory computer that acknowledges an analyser's frames one by one (LIS01-A2, 6.3). Argument: port. */
import { createServer } from "node:net";

const EOT = 0x04;
const ACK = Buffer.from([0x06]);
const MAX_BYTES = 65_536;

const server = createServer((socket) => {
  let received = 0;
  socket.on("error", () => socket.destroy());
  socket.on("data", (chunk) => {
    received += chunk.length;
    if (received > MAX_BYTES) return socket.destroy();
    if (chunk[0] !== EOT) socket.write(ACK);
  });
});
server.maxConnections = 10;
server.listen(Number(process.argv[2]));
