/**
 * A controller on Modbus/TCP that answers Read Device Identification and Read Holding Registers (Modbus Application
 * Protocol 1.1b3, 6.21 and 6.3). Arguments: vendor name, product code, revision.
 */
import { createServer } from "node:net";

const MAX_REQUESTS = 100;
const objects = process.argv.slice(2, 5);

const server = createServer((socket) => {
  let requests = 0;
  socket.on("error", () => socket.destroy());
  socket.on("data", (request) => {
    if (++requests > MAX_REQUESTS || request.length < 8) return socket.destroy();
    const body =
      request[7] === 0x2b ? identification() : request[7] === 0x03 ? registers() : Buffer.from([0x80 | request[7], 1]);
    const length = Buffer.from([(body.length + 1) >> 8, (body.length + 1) & 255]);
    socket.write(Buffer.concat([request.subarray(0, 4), length, request.subarray(6, 7), body]));
  });
});
server.maxConnections = 10;
server.listen(502);

const identification = () =>
  Buffer.concat([
    Buffer.from([0x2b, 0x0e, 0x01, 0x01, 0x00, 0x00, objects.length]),
    ...objects.map((text, index) => Buffer.concat([Buffer.from([index, text.length]), Buffer.from(text)])),
  ]);
const registers = () => Buffer.from([0x03, 0x04, 0x00, 0xd2, 0x00, 0x2d]);
