import { expect, test } from "vitest";
import wsd from "../../agent/dissectors/wsd.ts";
import { ascii, canary } from "./bytes.ts";
import { everything, expectHostileProof, read, values } from "./hostile.ts";

const envelope = (body: string, namespaces = "") =>
  ascii(
    `<?xml version="1.0"?><s12:Envelope xmlns:s12="http://www.w3.org/2003/05/soap-envelope" xmlns:wsd="http://docs.oasis-open.org/ws-dd/ns/discovery/2009/01"${namespaces}><s12:Header/><s12:Body>${body}</s12:Body></s12:Envelope>`,
  );
const SDC = ' xmlns:mdpws="http://standards.ieee.org/downloads/11073/11073-20702-2016"';
const scopes = [
  "sdc.mds.pkp:1.2.840.10004.20701.1.1",
  "sdc.cdc.type:///70001",
  `sdc.ctxt.pat:/sdc.ctxt.pat.detail/${canary("patient")}`,
  `sdc.ctxt.opr:/${canary("operator")}`,
  `sdc.ctxt.loc:/sdc.ctxt.loc.detail/${canary("place")}`,
].join(" ");
const hello = envelope(
  `<wsd:Hello><wsa:Address>urn:uuid:${canary("id")}</wsa:Address><wsd:Types>dpws:Device mdpws:MedicalDevice</wsd:Types><wsd:Scopes>${scopes}</wsd:Scopes><wsd:XAddrs>https://10.0.0.5/${canary("path")}</wsd:XAddrs></wsd:Hello>`,
  SDC,
);

test("a medical device tells that it is one, and of which kind", () => {
  expect(read(wsd, hello).evidence.map(({ attribute, value }) => [attribute, value])).toEqual([
    ["wsd.type", "MedicalDevice"],
    ["wsd.scope.sdc", "sdc.mds.pkp:1.2.840.10004.20701.1.1"],
    ["wsd.scope.mdc", "70001"],
  ]);
});

test("patients, operators, places, identifiers and addresses are never told", () => {
  expect(everything(wsd, hello)).not.toContain("CANARY");
});

test("a type of that name from another namespace is not believed", () => {
  expect(
    values(
      read(wsd, envelope("<wsd:Hello><wsd:Types>x:MedicalDevice</wsd:Types></wsd:Hello>", ' xmlns:x="urn:x"')).evidence,
      "wsd.type",
    ),
  ).toEqual([]);
});

test("a code of a private coding system is no kind of the standard", () => {
  const coded = envelope("<wsd:Hello><wsd:Scopes>sdc.cdc.type:/urn%3Aoid%3A1.2.3//70001</wsd:Scopes></wsd:Hello>");
  expect(values(read(wsd, coded).evidence, "wsd.scope.mdc")).toEqual([]);
});

test("what a probe looks for is not what its sender is", () => {
  expect(read(wsd, envelope("<wsd:Probe><wsd:Types>wsdp:PrintDeviceType</wsd:Types></wsd:Probe>")).evidence).toEqual(
    [],
  );
});

test("printers and cameras tell their types, hardware and name", () => {
  const match = envelope(
    "<wsd:ProbeMatches><wsd:ProbeMatch><wsd:Types>dn:NetworkVideoTransmitter</wsd:Types><wsd:Scopes>onvif://www.onvif.org/hardware/IPC-HDW5442 onvif://www.onvif.org/name/Ward%207 onvif://www.onvif.org/type/ptz onvif://www.onvif.org/location/x</wsd:Scopes></wsd:ProbeMatch></wsd:ProbeMatches>",
  );
  expect(read(wsd, match).evidence.map(({ attribute, value }) => [attribute, value])).toEqual([
    ["wsd.type", "NetworkVideoTransmitter"],
    ["wsd.onvif.hardware", "IPC-HDW5442"],
    ["wsd.onvif.name", "Ward 7"],
    ["wsd.onvif.type", "ptz"],
  ]);
});

test("other XML, and a cut message without its body, are not this protocol", () => {
  expect(wsd.dissect(ascii('<?xml version="1.0"?><a/>'))).toBeUndefined();
  expect(wsd.dissect(hello.subarray(0, 200))).toBeUndefined();
});

test("types without an end are not waited for", () => {
  expect(read(wsd, envelope(`<wsd:Hello><wsd:Types>${"<".repeat(9000)}`)).evidence).toEqual([]);
});

test("stands hostile bytes", () => expectHostileProof(wsd, [hello]));
