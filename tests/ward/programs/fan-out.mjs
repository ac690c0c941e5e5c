/** Begins a TCP connection to one port of each of the first addresses of a /24, and gives each up at once. */
import { connect } from "node:net";

const [network, port, count] = process.argv.slice(2);
const PAUSE_MS = 20;

for (let host = 1; host <= Math.min(Number(count), 60); host++) {
  const socket = connect({ host: `${network}.${host}`, port: Number(port) });
  socket.on("error", () => undefined);
  setTimeout(() => socket.destroy(), PAUSE_MS * 5);
  await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
}
