/** Each voice of a made-up device, as the frames it sends. */

import type { Made, Ward } from "./device.ts";
import { saidInDicom } from "./makers.ts";
import { KINDS, textOf, type Voice } from "./product.ts";
import { performedStep, SOP, type Station, store, worklist } from "./speak-dicom.ts";
import { admission, type Equipment, pcd01, result, withUdi } from "./speak-hl7.ts";
import { astm, poct1a } from "./speak-lab.ts";
import { carescape, intellivue } from "./speak-monitors.ts";
import { snmp, web } from "./speak-names.ts";
import { dpwsMetadata, sdcHello } from "./speak-sdc.ts";

const IMPLEMENTATIONS: Readonly<Record<string, string>> = {
  "Siemens Healthineers": "1.3.12.2.1107.5.99.2",
  "GE Healthcare": "1.2.840.113619.6.80",
  Philips: "1.3.46.670589.5.2.10",
};
const OBJECTS: Readonly<Record<string, string>> = {
  CT: SOP.ct,
  MR: SOP.mr,
  US: SOP.us,
  ECG: SOP.ecg,
  ES: SOP.endoscopy,
};
const ARCHIVED: Station = {
  title: "CT1",
  modality: "CT",
  manufacturer: "SIEMENS",
  model: "SOMATOM Force",
  station: "CT1",
  serial: "98765",
  version: "VB20",
  implementation: "1.3.12.2.1107.5.99.2",
};

const compact = (model: string) => model.replace(/\W+/g, "").toUpperCase();
const sayOf = ({ product }: Made) => product.text ?? product.model;
const anyPort = ({ random }: Ward) => 3000 + random.int(4000);

function equipmentOf({ deviceClass, eui64, product }: Made): Equipment {
  const [device, part] = KINDS[deviceClass] ?? ["", ""];
  return { eui64, device, part, vendor: product.maker.replace(/[^A-Za-z ]/g, "") };
}

/** Host names and vendor classes go with DHCP, before these. */
export const SPEAK: Readonly<Partial<Record<Voice, (made: Made, ward: Ward) => void>>> = {
  pcd(made, ward) {
    const sender = `${compact(made.product.model)}^${made.eui64}^EUI-64`;
    pcd01(ward.wire, made.host, ward.system("epr"), sender, equipmentOf(made), ward.random);
  },
  gateway(made, ward) {
    const sender = "WARDGATEWAY^00005E0053FFFE01^EUI-64";
    pcd01(ward.wire, ward.system("gateway"), ward.system("epr"), sender, equipmentOf(made), ward.random);
  },
  udi: (made, { wire, random, system }) =>
    withUdi(wire, made.host, system("epr"), textOf(made.product), made.serial, random),
  result: (made, { wire, random, system }) =>
    result(wire, made.host, system("epr"), sayOf(made), made.product.maker, random),
  store(made, { wire, system }) {
    const object = OBJECTS[made.product.modality ?? ""] ?? SOP.secondary;
    store(wire, made.host, system("pacs"), 104, "WARDPACS", stationOf(made), object);
  },
  worklist: (made, { wire, system }) => worklist(wire, made.host, system("pacs"), 104, "WARDPACS", stationOf(made)),
  step: (made, { wire, random, system }) =>
    performedStep(wire, made.host, system("pacs"), 104, "WARDPACS", stationOf(made), random),
  archive: ({ host }, { wire, system }) => store(wire, system("modality"), host, 11_112, "ARCHIVE", ARCHIVED, SOP.ct),
  poct(made, ward) {
    const { product, serial, eui64, version } = made;
    const meter = { id: eui64.slice(0, 12), vendor: product.maker, model: sayOf(made), serial, version };
    poct1a(ward.wire, made.host, ward.system("epr"), anyPort(ward), meter);
  },
  astm(made, ward) {
    const sender = ward.random.chance(50) ? `${sayOf(made)}^${made.version}^${made.serial}` : sayOf(made);
    astm(ward.wire, made.host, ward.system("epr"), anyPort(ward), sender, ward.random);
  },
  intellivue({ product, host, serial, version, number }, { wire }) {
    const part = product.number ?? product.model;
    intellivue(wire, host, { number: part, serial, software: `L.${version}.1`, bed: `BED ${number}` });
  },
  carescape: ({ host, number }, { wire, random }) =>
    carescape(wire, host, random.pick(["ITU", "CCU", "ED"]), `BED${number}`),
  "sdc-coded": ({ host, deviceClass }, { wire, random }) => sdcHello(wire, host, KINDS[deviceClass]?.[2] ?? "", random),
  dpws: ({ host, product, serial, version }, { wire, system }) =>
    dpwsMetadata(wire, system("manager"), host, product.maker, product.model, serial, version),
  snmp: ({ host, product, version }, { wire, random, system }) =>
    snmp(wire, system("manager"), host, `${textOf(product)}, ${version}`, random),
  web({ host, product }, { wire, random, system }) {
    const server = random.pick(["lighttpd/1.4.45", "GoAhead-Webs", "Microsoft-IIS/8.5"]);
    web(wire, system("manager"), host, server, textOf(product));
  },
  receiver: ({ host }, ward) => admission(ward.wire, ward.system("epr"), host, anyPort(ward), ward.random),
  reporter: report,
};

/** A gateway of the catalogue tells of two pumps. */
function report({ host, product }: Made, { wire, random, system }: Ward): void {
  const [device, part] = KINDS["infusion-pump"]!;
  for (let index = 0; index < 2; index++) {
    const equipment = { eui64: `00005E0053${random.hex(6)}`, device, part, vendor: "" };
    const sender = `${compact(product.model)}^00005E0053FE${random.hex(4)}^EUI-64`;
    pcd01(wire, host, system("epr"), sender, equipment, random);
  }
}

function stationOf({ product, serial, number, version }: Made): Station {
  return {
    title: `${(product.short ?? product.modality ?? "DEV").slice(0, 10)}${number}`,
    modality: product.modality ?? "OT",
    manufacturer: saidInDicom(product.maker),
    model: product.model,
    station: `STN${number}`,
    serial,
    version,
    implementation: IMPLEMENTATIONS[product.maker] ?? "1.2.276.0.7230010.3.0.3.6.4",
  };
}
