/**
 * A haematology analyser that sends one result in LIS01-A2 frames of LIS2-A2 records (ENQ, frames with checksum, EOT).
 * Arguments: host, port, patient number, patient name. Ends with 0 when every frame was acknowledged.
 */
import { connect } from "node:net";

const ENQ = 0x05;
const ACK = 0x06;
const EOT = 0x04;
const TIMEOUT_MS = 8_000;
const [host, port, patient, name] = process.argv.slice(2);
const at = new Date().toISOString().replace(/\D/g, "").slice(0, 14);
const records = [
  `H|\\^&|||SYSMEX^XN-550^00-16^11001^20080144|||||||P|LIS2-A2|${at}`,
  `P|1||${patient}||${name}||19010203|F`,
  "O|1|CANARYSAMPLE01||^^^WBC|R",
  "R|1|^^^WBC|CANARYRESULT|10*3/uL||N||F",
  "L|1|N",
];
const frame = (record, index) => {
  const body = Buffer.from(`${(index + 1) % 8}${record}\r\x03`, "latin1");
  const sum = (body.reduce((total, byte) => total + byte, 0) & 255).toString(16).toUpperCase().padStart(2, "0");
  return Buffer.concat([Buffer.from([0x02]), body, Buffer.from(`${sum}\r\n`)]);
};
const steps = [Buffer.from([ENQ]), ...records.map(frame)];

process.exitCode = 1;
let step = 0;
const socket = connect({ host, port: Number(port) });
socket.setTimeout(TIMEOUT_MS, () => socket.destroy());
socket.on("error", (error) => console.error(error.message));
socket.on("connect", () => socket.write(steps[step++]));
socket.on("data", (answer) => {
  if (answer[0] !== ACK) return socket.destroy();
  if (step < steps.length) return socket.write(steps[step++]);
  process.exitCode = 0;
  socket.end(Buffer.from([EOT]));
});
