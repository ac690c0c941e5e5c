/**
 * An integration engine: receives HL7 v2 over MLLP and acknowledges each message (HL7 v2.9, 2.9.2; MLLP release 1).
 * Arguments: port, its application name, its facility.
 */
import { createServer } from "node:net";

const VT = 0x0b;
const FS = 0x1c;
const CR = 0x0d;
/** A sender that goes on longer without ending its message is cut off. */
const MAX_MESSAGE_BYTES = 1024 * 1024;

const [port, application, facility] = process.argv.slice(2);

const server = createServer((socket) => {
  let waiting = Buffer.alloc(0);
  socket.on("error", () => socket.destroy());
  socket.on("data", (chunk) => {
    waiting = Buffer.concat([waiting, chunk]);
    if (waiting.length > MAX_MESSAGE_BYTES) return socket.destroy();
    for (let end = waiting.indexOf(FS); end >= 0 && waiting[end + 1] === CR; end = waiting.indexOf(FS)) {
      const start = waiting.indexOf(VT);
      socket.write(acknowledge(waiting.toString("utf8", start + 1, end)));
      waiting = waiting.subarray(end + 2);
    }
  });
});
server.maxConnections = 50;
server.listen(Number(port));

function acknowledge(message) {
  const msh = message.split("\r", 1)[0].split("|");
  const at = new Date().toISOString().replace(/\D/g, "").slice(0, 14);
  const trigger = (msh[8] ?? "").split("^")[1] ?? "";
  const reply = [
    ["MSH", "^~\\&", application, facility, msh[2], msh[3], at, "", `ACK^${trigger}^ACK`, `A${msh[9]}`, "P", msh[11]],
    ["MSA", "AA", msh[9]],
  ];
  return `\x0b${reply.map((segment) => segment.join("|")).join("\r")}\r\x1c\r`;
}
