/** IEEE 11073 SDC: a provider's WS-Discovery hello and its DPWS metadata. IEEE 11073-20702; ISO/IEEE 11073-20701 9.3; OASIS DPWS 1.1. */
import type { Random } from "./random.ts";
import type { Host, Wire } from "./wire.ts";

const NAMESPACES =
  'xmlns:s12="http://www.w3.org/2003/05/soap-envelope" xmlns:wsa="http://www.w3.org/2005/08/addressing" xmlns:wsd="http://docs.oasis-open.org/ws-dd/ns/discovery/2009/01" xmlns:dpws="http://docs.oasis-open.org/ws-dd/ns/dpws/2009/01" xmlns:mdpws="http://standards.ieee.org/downloads/11073/11073-20702-2016" xmlns:mex="http://schemas.xmlsoap.org/ws/2004/09/mex"';
const envelope = (action: string, body: string) =>
  `<?xml version="1.0" encoding="UTF-8"?><s12:Envelope ${NAMESPACES}><s12:Header><wsa:Action>${action}</wsa:Action></s12:Header><s12:Body>${body}</s12:Body></s12:Envelope>`;
const uuid = (random: Random) => [8, 4, 4, 4, 12].map((length) => random.hex(length).toLowerCase()).join("-");

/** `code`: device type of 11073-10101, or "" for a provider that doesn't say. */
export function sdcHello(wire: Wire, host: Host, code: string, random: Random): void {
  const type = code === "" ? "" : ` sdc.cdc.type:///${code}`;
  const location = "sdc.ctxt.loc:/sdc.ctxt.loc.detail/HOSP%2F%2F%2FWARD7%2FB2?fac=HOSP&amp;poc=WARD7&amp;bed=B2";
  const body = `<wsd:Hello><wsa:EndpointReference><wsa:Address>urn:uuid:${uuid(random)}</wsa:Address></wsa:EndpointReference><wsd:Types>dpws:Device mdpws:MedicalDevice</wsd:Types><wsd:Scopes>sdc.mds.pkp:1.2.840.10004.20701.1.1 ${location}${type}</wsd:Scopes><wsd:XAddrs>https://${host.ip}:6464/device</wsd:XAddrs><wsd:MetadataVersion>1</wsd:MetadataVersion></wsd:Hello>`;
  const message = envelope("http://docs.oasis-open.org/ws-dd/ns/discovery/2009/01/Hello", body);
  wire.udp(host, { mac: "01:00:5e:7f:ff:fa", ip: "239.255.255.250" }, [3702, 3702], Buffer.from(message));
}

/** A consumer gets the metadata over clear HTTP. */
export function dpwsMetadata(
  wire: Wire,
  consumer: Host,
  host: Host,
  maker: string,
  model: string,
  serial: string,
  firmware: string,
): void {
  const section = `<mex:MetadataSection Dialect="http://docs.oasis-open.org/ws-dd/ns/dpws/2009/01/ThisModel"><dpws:ThisModel><dpws:Manufacturer xml:lang="en">${maker}</dpws:Manufacturer><dpws:ModelName xml:lang="en">${model}</dpws:ModelName></dpws:ThisModel></mex:MetadataSection><mex:MetadataSection Dialect="http://docs.oasis-open.org/ws-dd/ns/dpws/2009/01/ThisDevice"><dpws:ThisDevice><dpws:FirmwareVersion>${firmware}</dpws:FirmwareVersion><dpws:SerialNumber>${serial}</dpws:SerialNumber></dpws:ThisDevice></mex:MetadataSection>`;
  const get = envelope("http://schemas.xmlsoap.org/ws/2004/09/transfer/Get", "");
  const got = envelope(
    "http://schemas.xmlsoap.org/ws/2004/09/transfer/GetResponse",
    `<mex:Metadata>${section}</mex:Metadata>`,
  );
  const soap = (first: string, body: string) =>
    Buffer.from(
      `${first}\r\nContent-Type: application/soap+xml; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    );
  wire.tcp(consumer, host, 6464, [
    ["client", soap(`POST /device HTTP/1.1\r\nHost: ${host.ip}:6464`, get)],
    ["server", soap("HTTP/1.1 200 OK", got)],
  ]);
}
