/**
 * Sends one HL7 v2 message over MLLP and waits for its acknowledgement. Arguments: host, port, file.
 * Ends with 0 when it was accepted (MSA-1 is AA), else with 1.
 */
import { readFileSync } from "node:fs";
import { connect } from "node:net";

const TIMEOUT_MS = 10_000;
const MAX_REPLY_BYTES = 65_536;

const [host, port, file] = process.argv.slice(2);
const socket = connect({ host, port: Number(port) });
let reply = "";

socket.setTimeout(TIMEOUT_MS, () => fail("no acknowledgement in time"));
socket.on("error", (error) => fail(error.message));
socket.on("connect", () => socket.write(`\x0b${readFileSync(file, "utf8")}\x1c\r`));
socket.on("data", (chunk) => {
  reply += chunk.toString("utf8");
  if (reply.length > MAX_REPLY_BYTES) return fail("reply too long");
  if (!reply.includes("\x1c\r")) return;
  if (/\rMSA\|AA\|/.test(reply)) socket.end();
  else fail("not accepted");
});

function fail(why) {
  console.error(why);
  process.exitCode = 1;
  socket.destroy();
}
