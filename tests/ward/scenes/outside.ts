/** A medical device that sends clinical data out of the hospital, beside a PC steered from there; and, as the near miss, one that stays inside and encrypts. */
import { CANARIES } from "../hosts/device.ts";
import { equipment, header, order, patient } from "../hosts/hl7-messages.ts";
import { makeImage } from "../hosts/imaging.ts";
import { programPath } from "../hosts/programs.ts";
import { listening } from "../hosts/wait.ts";
import type { Ward } from "../ward.ts";
import { makeCertificate } from "./certificates.ts";
import { type CastMember, castMember, fileFor, folderOf, ipOf, type Scene, serve, use } from "./scene.ts";

const LINUX = { os: ["Linux"] };
const DELL = { ...LINUX, maker: ["Dell", "Dell Inc."] };
const RELAY = "relay-7d3a.net.anydesk.com";
const ARCHIVE_TITLE = "WARD8PACS";
const MODALITY_TITLE = "WARD8CT";

/** The same host with a way out of the ward. */
const withGateway = (member: CastMember, router: CastMember): CastMember => ({
  ...member,
  host: { ...member.host, gateway: ipOf(router) },
});

/** The ward's router and a host beyond it, heard only with the router's MAC. */
function way(name: string, number: number, network: string): [router: CastMember, server: CastMember] {
  const router = castMember({ name: `edge-${name}`, number, oui: "00:00:0c" }, {}, "carries others' packets");
  const server = castMember({ name: `far-${name}`, number: number + 1, oui: "00:50:56" }, {}, "an outside address");
  return [
    { ...router, host: { ...router.host, forwards: true } },
    {
      ...server,
      host: {
        ...server.host,
        address: `${network}.20/24`,
        gateway: `${network}.1`,
        behind: { router: router.host.name, routerAddress: `${network}.1/24` },
      },
    },
  ];
}

const [edge, cloud] = way("a", 201, "203.0.113");
const pump = withGateway(
  castMember(
    { name: "out-pump", number: 203, oui: "00:03:b1", hostname: "ICU-PUMP-03" },
    {
      class: ["infusion-pump"],
      maker: ["ICU Medical", "ICU Medical, Inc.", "Hospira"],
      model: ["Plum 360"],
      serial: "20080203",
    },
    "HL7 with PRT-20 and PRT-22 of its own; OUI 00:03:B1",
  ),
  edge,
);
const steered = withGateway(
  castMember(
    { name: "out-pc", number: 204, oui: "18:66:da", hostname: "ward8-pc-n" },
    DELL,
    "OUI 18:66:DA; Linux TCP SYN",
  ),
  edge,
);

const [soundEdge, website] = way("b", 211, "198.51.100");
const scanner = castMember(
  { name: "in-ct", number: 213, oui: "88:4b:39", hostname: "ward8-ct" },
  { maker: ["Siemens", "Siemens Healthineers", "SIEMENS"] },
  "OUI 88:4B:39",
);
const archive = castMember(
  { name: "in-pacs", number: 214, oui: "00:50:56", hostname: "ward8-pacs" },
  { class: ["imaging-archive", "server"] },
  "accepts DICOM associations as WARD8PACS",
);
const reader = withGateway(
  castMember(
    { name: "in-pc", number: 215, oui: "18:66:da", hostname: "ward8-pc-o" },
    DELL,
    "OUI 18:66:DA; Linux TCP SYN",
  ),
  soundEdge,
);

const report = () =>
  header({ application: "PLUM^0003B1FFFE2008CB^EUI-64", facility: "ICU MEDICAL", version: "2.6" }, "ORU^R01^ORU_R01") +
  patient() +
  order("2222^MDC_DEV_PUMP_INFUS_VMD^MDC") +
  equipment({ serial: "20080203", type: "PLUM360^Plum 360^L" });

async function cloudServices(ward: Ward): Promise<void> {
  const engine = serve(ward, cloud, {}, process.execPath, [
    programPath("mllp-engine.mjs"),
    "2575",
    "CLOUD",
    "SUPPLIER",
  ]);
  await listening(ward, cloud.host.name, engine, "tcp", 2575);
  const wish = { name: RELAY, bits: 2048, hash: "sha256", signedBy: "authority" } as const;
  const { certificate, key } = await makeCertificate(ward, cloud, wish);
  const tls = ["s_server", "-accept", "443", "-www", "-quiet", "-tls1_3", "-cert", certificate, "-key", key];
  await listening(ward, cloud.host.name, serve(ward, cloud, {}, "openssl", tls), "tcp", 443);
}

export const outward: Scene = {
  file: "outside.pcap",
  holds:
    "HL7 from a simulated pump to an address outside, and openssl s_client asking for a remote access service there",
  cast: [edge, cloud, pump, steered],
  secrets: Object.values(CANARIES),
  findings: [
    { rule: "internet-egress", at: pump, because: "a pump opens TCP 2575 at 203.0.113.20" },
    { rule: "unencrypted-clinical-data", at: pump, because: "HL7 in clear" },
    { rule: "unencrypted-clinical-data-leaves-site", at: pump, because: "HL7 in clear to 203.0.113.20" },
    { rule: "remote-access-tool", at: steered, because: "asks TLS for a host of anydesk.com" },
  ],
  nearMisses: ["cleartext-login", "worm-spread", "port-scan", "address-scan", "cross-vlan", "known-vulnerability"],
  proof: [
    ["the pump sends HL7 to the outside", 'ip.src == 10.20.8.203 && ip.dst == 203.0.113.20 && tcp contains "MSH|"'],
    ["the PC asks for the remote access service", `tls.handshake.extensions_server_name == "${RELAY}"`],
  ],
  play: async (ward) => {
    await cloudServices(ward);
    const message = fileFor(ward, pump, "out.hl7", [report().trimEnd()]);
    await use(ward, pump, {}, process.execPath, [programPath("mllp-send.mjs"), "203.0.113.20", "2575", message]);
    const ask = `printf 'GET / HTTP/1.0\\r\\n\\r\\n' | openssl s_client -connect 203.0.113.20:443 -servername "$1" -ign_eof`;
    await use(ward, steered, {}, "/bin/sh", ["-uc", ask, "ask", RELAY], true);
  },
};

export const inward: Scene = {
  file: "outside-sound.pcap",
  holds: "dcmtk's echoscu in clear, storescu and storescp over TLS, and curl reading a page outside from a PC",
  cast: [soundEdge, website, scanner, archive, reader],
  secrets: [CANARIES.patient, CANARIES.patientId, CANARIES.doctor],
  findings: [],
  nearMisses: [
    "internet-egress",
    "unencrypted-clinical-data",
    "unencrypted-clinical-data-leaves-site",
    "remote-access-tool",
    "high+",
  ],
  proof: [
    ["the scanner greets the archive in clear", "dicom && ip.src == 10.20.8.213"],
    ["the image goes over TLS", "tls.handshake.type == 2 && ip.src == 10.20.8.214"],
    ["the PC reads a page outside", "http.response.code == 200 && ip.src == 198.51.100.20"],
  ],
  play: async (ward) => {
    const page = fileFor(ward, website, "page.html", ["<h1>News</h1>"]);
    const web = serve(ward, website, {}, process.execPath, [programPath("web-server.mjs"), "80", "nginx", page]);
    await listening(ward, website.host.name, web, "tcp", 80);
    await use(ward, reader, {}, "curl", ["-s", "-o", "/dev/null", "http://198.51.100.20/"]);

    const wish = { name: "pacs.ward8.example", bits: 2048, hash: "sha256", signedBy: "authority" } as const;
    const { certificate, key } = await makeCertificate(ward, archive, wish);
    const images = folderOf(ward, archive, "images");
    const clear = serve(ward, archive, {}, "storescp", ["-aet", ARCHIVE_TITLE, "-od", images, "11112"]);
    await listening(ward, archive.host.name, clear, "tcp", 11_112);
    const sealed = ["-aet", ARCHIVE_TITLE, "-od", images, "-ic", "+tls", key, certificate, "2762"];
    await listening(ward, archive.host.name, serve(ward, archive, {}, "storescp", sealed), "tcp", 2762);
    const titles = ["-aet", MODALITY_TITLE, "-aec", ARCHIVE_TITLE];
    await use(ward, scanner, {}, "echoscu", [...titles, ipOf(archive), "11112"]);
    const image = await makeImage(ward, {
      name: scanner.host.name,
      modality: "CT",
      sopClass: "1.2.840.10008.5.1.4.1.1.2",
      manufacturer: "SIEMENS",
      model: "SOMATOM go.Up",
      station: "WARD8CT",
      serial: "20083",
      software: "syngo CT VA40A",
    });
    await use(ward, scanner, {}, "storescu", [...titles, "-ic", "+tla", ipOf(archive), "2762", image]);
  },
};
