/** A printer's raw port that answers the PJL question for its name and swallows jobs (PJL Technical Reference, 7). Argument: model. */
import { createServer } from "node:net";

const QUESTION = "@PJL INFO ID";
const MAX_JOB_BYTES = 65_536;
const [model] = process.argv.slice(2);

const server = createServer((socket) => {
  let received = 0;
  let text = "";
  socket.on("error", () => socket.destroy());
  socket.on("data", (chunk) => {
    received += chunk.length;
    if (received > MAX_JOB_BYTES) return socket.destroy();
    text += chunk.toString("latin1");
    if (!text.includes(QUESTION)) return;
    text = "";
    socket.write(`${QUESTION}\r\n"${model}"\r\n\f`);
  });
});
server.maxConnections = 10;
server.listen(9100);
