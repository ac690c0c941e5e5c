/** A point-of-care data manager that acknowledges what meters say (CLSI POCT01-A2, appendix B: ACK.R01). Argument: port. */
import { createServer } from "node:net";

const MAX_BYTES = 65_536;
const END = /<\/([A-Z]{3})\.R01>/;

const server = createServer((socket) => {
  let text = "";
  let control = 100;
  socket.on("error", () => socket.destroy());
  socket.on("data", (chunk) => {
    text += chunk.toString("utf8");
    if (text.length > MAX_BYTES) return socket.destroy();
    if (!END.test(text)) return;
    const asked = /control_id V="(\d+)"/.exec(text)?.[1] ?? "0";
    text = "";
    control += 1;
    socket.write(
      `<?xml version="1.0" encoding="utf-8"?><ACK.R01><HDR><HDR.message_type V="ACK.R01"/><HDR.control_id V="${control}"/><HDR.version_id V="POCT1"/></HDR><ACK><ACK.type_cd V="AA"/><ACK.ack_control_id V="${asked}"/></ACK></ACK.R01>`,
    );
  });
});
server.maxConnections = 10;
server.listen(Number(process.argv[2]));
