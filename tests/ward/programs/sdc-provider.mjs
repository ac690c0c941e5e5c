/**
 * A ventilator as an SDC provider: WS-Discovery Hello and ProbeMatches, metadata and a patient context over HTTP
 * (OASIS WS-DD 1.1, OASIS DPWS 1.1, IEEE 11073-20702 and -20701). Arguments: own address, patient name.
 */
import { createSocket } from "node:dgram";
import { createServer } from "node:http";

const GROUP = "239.255.255.250";
const DISCOVERY_PORT = 3702;
const HTTP_PORT = 6464;
const ENDPOINT = "urn:uuid:20080145-0000-4000-8000-0007d9200845";
const MAX_BODY_BYTES = 65_536;
const [address, patient] = process.argv.slice(2);

const NAMESPACES =
  'xmlns:s12="http://www.w3.org/2003/05/soap-envelope" xmlns:wsa="http://www.w3.org/2005/08/addressing" xmlns:wsd="http://docs.oasis-open.org/ws-dd/ns/discovery/2009/01" xmlns:dpws="http://docs.oasis-open.org/ws-dd/ns/dpws/2009/01" xmlns:mdpws="http://standards.ieee.org/downloads/11073/11073-20702-2016" xmlns:mex="http://schemas.xmlsoap.org/ws/2004/09/mex"';
const SCOPES = `sdc.mds.pkp:1.2.840.10004.20701.1.1 sdc.ctxt.loc:/sdc.ctxt.loc.detail/HOSP%2F%2F%2FWARD8%2F%2FBED05?fac=HOSP&amp;poc=WARD8&amp;bed=BED05 sdc.cdc.type:///70041`;
let message = 0;
const envelope = (action, body, relates) =>
  `<?xml version="1.0" encoding="UTF-8"?><s12:Envelope ${NAMESPACES}><s12:Header><wsa:Action>${action}</wsa:Action><wsa:MessageID>urn:uuid:20080145-0000-4000-8000-${String(++message).padStart(12, "0")}</wsa:MessageID>${relates ? `<wsa:RelatesTo>${relates}</wsa:RelatesTo>` : ""}<wsa:To>urn:docs-oasis-open-org:ws-dd:ns:discovery:2009:01</wsa:To><wsd:AppSequence InstanceId="1" MessageNumber="${message}"/></s12:Header><s12:Body>${body}</s12:Body></s12:Envelope>`;
const described = `<wsa:EndpointReference><wsa:Address>${ENDPOINT}</wsa:Address></wsa:EndpointReference><wsd:Types>dpws:Device mdpws:MedicalDevice</wsd:Types><wsd:Scopes>${SCOPES}</wsd:Scopes><wsd:XAddrs>http://${address}:${HTTP_PORT}/${ENDPOINT.slice(9)}</wsd:XAddrs><wsd:MetadataVersion>1</wsd:MetadataVersion>`;
const action = (name) => `http://docs.oasis-open.org/ws-dd/ns/discovery/2009/01/${name}`;

const metadata = `<mex:Metadata><mex:MetadataSection Dialect="http://docs.oasis-open.org/ws-dd/ns/dpws/2009/01/ThisModel"><dpws:ThisModel><dpws:Manufacturer>Dräger</dpws:Manufacturer><dpws:ManufacturerUrl>http://www.draeger.com</dpws:ManufacturerUrl><dpws:ModelName>Evita V800</dpws:ModelName><dpws:ModelNumber>8419300</dpws:ModelNumber></dpws:ThisModel></mex:MetadataSection><mex:MetadataSection Dialect="http://docs.oasis-open.org/ws-dd/ns/dpws/2009/01/ThisDevice"><dpws:ThisDevice><dpws:FriendlyName>WARD8-VENT-05</dpws:FriendlyName><dpws:FirmwareVersion>2.51.01</dpws:FirmwareVersion><dpws:SerialNumber>ASRC-0145</dpws:SerialNumber></dpws:ThisDevice></mex:MetadataSection></mex:Metadata>`;
const mdib = `<msg:GetMdibResponse xmlns:msg="http://standards.ieee.org/downloads/11073/11073-10207-2017/message" xmlns:pm="http://standards.ieee.org/downloads/11073/11073-10207-2017/participant"><pm:State DescriptorHandle="pat"><pm:CoreData><pm:Givenname>Ward</pm:Givenname><pm:Familyname>${patient}</pm:Familyname></pm:CoreData></pm:State></msg:GetMdibResponse>`;

const socket = createSocket({ type: "udp4", reuseAddr: true });
socket.on("message", (bytes, { address: from, port }) => {
  const text = bytes.toString("utf8");
  if (!/<[\w-]*:?Probe[\s>/]/.test(text)) return;
  const asked = /MessageID>([^<]{1,80})</.exec(text)?.[1];
  const body = `<wsd:ProbeMatches><wsd:ProbeMatch>${described}</wsd:ProbeMatch></wsd:ProbeMatches>`;
  socket.send(envelope(action("ProbeMatches"), body, asked), port, from);
});
socket.bind(DISCOVERY_PORT, () => {
  socket.addMembership(GROUP, address);
  socket.setMulticastInterface(address);
  socket.send(envelope(action("Hello"), `<wsd:Hello>${described}</wsd:Hello>`), DISCOVERY_PORT, GROUP);
});

const server = createServer((request, response) => {
  let body = "";
  request.on("data", (chunk) => {
    body += chunk;
    if (body.length > MAX_BODY_BYTES) request.destroy();
  });
  request.on("end", () => {
    const isGet = body.includes("ws/2004/09/transfer/Get");
    const answer = envelope(
      isGet
        ? "http://schemas.xmlsoap.org/ws/2004/09/transfer/GetResponse"
        : "http://standards.ieee.org/downloads/11073/11073-20701-2018/GetService/GetMdibResponse",
      isGet ? metadata : mdib,
    );
    response.writeHead(200, { "Content-Type": "application/soap+xml; charset=utf-8" });
    response.end(answer);
  });
});
server.maxConnections = 10;
server.listen(HTTP_PORT);
