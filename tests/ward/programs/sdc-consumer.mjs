/** An SDC consumer: probes for medical devices, fetches the metadata and the MDIB of the one that answers. Argument: own address. */
import { createSocket } from "node:dgram";

const GROUP = "239.255.255.250";
const TIMEOUT_MS = 8_000;
const [address] = process.argv.slice(2);
const envelope = (action, body) =>
  `<?xml version="1.0" encoding="UTF-8"?><s12:Envelope xmlns:s12="http://www.w3.org/2003/05/soap-envelope" xmlns:wsa="http://www.w3.org/2005/08/addressing" xmlns:wsd="http://docs.oasis-open.org/ws-dd/ns/discovery/2009/01" xmlns:mdpws="http://standards.ieee.org/downloads/11073/11073-20702-2016"><s12:Header><wsa:Action>${action}</wsa:Action><wsa:MessageID>urn:uuid:20080146-0000-4000-8000-000000000001</wsa:MessageID></s12:Header><s12:Body>${body}</s12:Body></s12:Envelope>`;
const PROBE = envelope(
  "http://docs.oasis-open.org/ws-dd/ns/discovery/2009/01/Probe",
  "<wsd:Probe><wsd:Types>mdpws:MedicalDevice</wsd:Types></wsd:Probe>",
);
const GET = envelope("http://schemas.xmlsoap.org/ws/2004/09/transfer/Get", "");
const GET_MDIB = envelope("http://standards.ieee.org/downloads/11073/11073-20701-2018/GetService/GetMdib", "");

process.exitCode = 1;
const socket = createSocket("udp4");
const giveUp = setTimeout(() => socket.close(), TIMEOUT_MS);
socket.on("message", async (bytes) => {
  const url = /XAddrs>([^<]{1,200})</.exec(bytes.toString("utf8"))?.[1];
  if (!url) return;
  for (const body of [GET, GET_MDIB]) {
    const answer = await fetch(url, { method: "POST", body, headers: { "Content-Type": "application/soap+xml" } });
    await answer.text();
    process.exitCode = answer.ok ? 0 : 1;
  }
  clearTimeout(giveUp);
  socket.close();
});
socket.bind(0, address, () => {
  socket.setMulticastInterface(address);
  socket.send(PROBE, 3702, GROUP);
});
