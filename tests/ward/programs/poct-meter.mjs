/**
 * A glucose meter that docks and tells its manager of a result (CLSI POCT01-A2, appendix B: HEL.R01, DST.R01, OBS.R01).
 * Arguments: host, port, patient number, patient name, operator. Ends with 0 when all was acknowledged.
 */
import { connect } from "node:net";

const TIMEOUT_MS = 8_000;
const [host, port, patient, name, operator] = process.argv.slice(2);
const at = new Date().toISOString().slice(0, 19);
const head = (type, control) =>
  `<HDR><HDR.message_type V="${type}"/><HDR.control_id V="${control}"/><HDR.version_id V="POCT1"/><HDR.creation_dttm V="${at}"/></HDR>`;
const device =
  '<DEV><DEV.device_id V="00-60-19-20-08-9C"/><DEV.vendor_id V="ROCHE"/><DEV.model_id V="ACCU-CHEK INFORM II"/><DEV.serial_id V="UU20080143"/><DEV.manufacturer_name V="Roche Diagnostics"/><DEV.hw_version V="2.00"/><DEV.sw_version V="03.06.00"/><DEV.device_name V="WARD8-METER-03"/></DEV>';
const status =
  '<DST><DST.status_dttm V="2026-01-01T08:00:00"/><DST.new_observations_qty V="1"/><DST.condition_cd V="R"/></DST>';
const result = `<SVC><SVC.role_cd V="OBS"/><PT><PT.patient_id V="${patient}"/><PT.name V="${name}"/><OBS><OBS.observation_id V="2339-0"/><OBS.value V="CANARYRESULT" U="mg/dL"/></OBS></PT><OPR><OPR.operator_id V="${operator}"/></OPR></SVC>`;
const messages = [
  `<?xml version="1.0" encoding="utf-8"?><HEL.R01>${head("HEL.R01", 1)}${device}</HEL.R01>`,
  `<?xml version="1.0" encoding="utf-8"?><DST.R01>${head("DST.R01", 2)}${status}</DST.R01>`,
  `<?xml version="1.0" encoding="utf-8"?><OBS.R01>${head("OBS.R01", 3)}${result}</OBS.R01>`,
];

process.exitCode = 1;
let sent = 0;
const socket = connect({ host, port: Number(port) });
socket.setTimeout(TIMEOUT_MS, () => socket.destroy());
socket.on("error", (error) => console.error(error.message));
socket.on("connect", () => socket.write(messages[sent++]));
socket.on("data", () => {
  if (sent < messages.length) return socket.write(messages[sent++]);
  process.exitCode = 0;
  socket.end();
});
