/** Imaging with dcmtk: a CT and an ultrasound that send pictures of a made-up patient, and the archive they send to. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Ward } from "../ward.ts";
import { CANARIES, ROUTER, type WardDevice } from "./device.ts";
import { askForAddress } from "./dhcp-client.ts";
import { listening } from "./wait.ts";

const ARCHIVE = "10.20.7.20";
const ARCHIVE_TITLE = "WARDPACS";
const DICOM_PORT = 11112;

export const archive: WardDevice = {
  host: { name: "pacs", mac: "00:50:56:20:07:20", hostname: "ward7-pacs", address: `${ARCHIVE}/24`, gateway: ROUTER },
  ip: ARCHIVE,
  facts: { dicom: { class: ["imaging-archive"] } },
  because: "accepts DICOM associations as WARDPACS on TCP 11112 and stores images from two modalities",
  arrive: async (ward) => {
    await ward.plug("pacs");
    const images = join(ward.folder, "images");
    mkdirSync(images, { recursive: true });
    const server = ward.spawn("pacs", "storescp", ["-aet", ARCHIVE_TITLE, "-od", images, String(DICOM_PORT)]);
    await listening(ward, "pacs", server, "tcp", DICOM_PORT);
  },
};

/** What stands in an image about the equipment that made it. */
export interface Picture {
  readonly name: string;
  readonly modality: string;
  /** SOP class of its images (DICOM PS3.4, B.5). */
  readonly sopClass: string;
  readonly manufacturer: string;
  readonly model: string;
  readonly station: string;
  readonly serial: string;
  readonly software: string;
}

interface Modality extends Picture {
  readonly mac: string;
  readonly ip: string;
  readonly hostname: string;
  readonly title: string;
  readonly facts: WardDevice["facts"];
}

function modality(setup: Modality): WardDevice {
  const { name, mac, ip, hostname, title } = setup;
  const store = async (ward: Ward) => {
    const image = await makeImage(ward, setup);
    await ward.run(name, "storescu", ["-aet", title, "-aec", ARCHIVE_TITLE, ARCHIVE, String(DICOM_PORT), image]);
  };
  return {
    host: { name, mac, hostname },
    ip,
    facts: { ...setup.facts, dhcp: { names: [hostname] } },
    because: `calls as ${title} and stores ${setup.modality} images with manufacturer, model, serial and software version`,
    arrive: async (ward) => {
      await askForAddress(ward, name, { hostname });
      await ward.run(name, "echoscu", ["-aet", title, "-aec", ARCHIVE_TITLE, ARCHIVE, String(DICOM_PORT)]);
      await store(ward);
    },
    routine: store,
  };
}

/** Makes a DICOM file of 16 by 16 pixels with dump2dcm and gives its path. */
export async function makeImage(ward: Ward, setup: Picture): Promise<string> {
  const folder = join(ward.folder, setup.name);
  mkdirSync(folder, { recursive: true });
  const text = join(folder, "image.dump");
  const image = join(folder, "image.dcm");
  const pixels = Array.from({ length: 256 }, (_, index) => index.toString(16).padStart(2, "0")).join("\\");
  const lines = [
    "(0008,0005) CS [ISO_IR 100]",
    `(0008,0016) UI [${setup.sopClass}]`,
    `(0008,0018) UI [1.2.276.0.7230010.3.1.4.20.7.${setup.serial}]`,
    `(0008,0060) CS [${setup.modality}]`,
    `(0008,0070) LO [${setup.manufacturer}]`,
    `(0008,0090) PN [${CANARIES.doctor}]`,
    `(0008,1010) SH [${setup.station}]`,
    `(0008,1090) LO [${setup.model}]`,
    `(0010,0010) PN [${CANARIES.patient}]`,
    `(0010,0020) LO [${CANARIES.patientId}]`,
    `(0010,0030) DA [${CANARIES.birthDate}]`,
    `(0018,1000) LO [${setup.serial}]`,
    `(0018,1020) LO [${setup.software}]`,
    `(0020,000d) UI [1.2.276.0.7230010.3.1.2.20.7.${setup.serial}]`,
    `(0020,000e) UI [1.2.276.0.7230010.3.1.3.20.7.${setup.serial}]`,
    "(0028,0002) US 1",
    "(0028,0004) CS [MONOCHROME2]",
    "(0028,0010) US 16",
    "(0028,0011) US 16",
    "(0028,0100) US 8",
    "(0028,0101) US 8",
    "(0028,0102) US 7",
    "(0028,0103) US 0",
    `(7fe0,0010) OB ${pixels}`,
  ];
  writeFileSync(text, `${lines.join("\n")}\n`);
  await ward.run(setup.name, "dump2dcm", ["+te", text, image]);
  return image;
}

export const ct = modality({
  name: "ct",
  mac: "88:4b:39:20:07:51",
  ip: "10.20.7.51",
  hostname: "CT7ROOM1",
  title: "CTROOM1",
  modality: "CT",
  sopClass: "1.2.840.10008.5.1.4.1.1.2",
  manufacturer: "SIEMENS",
  model: "SOMATOM go.Up",
  station: "CT7ROOM1",
  serial: "20751",
  software: "syngo CT VA40A",
  facts: {
    oui: { maker: ["Siemens", "Siemens Healthineers", "Siemens AG, Healthcare Sector", "SIEMENS"] },
    dicom: {
      class: ["imaging"],
      maker: ["Siemens", "Siemens Healthineers", "SIEMENS"],
      model: ["SOMATOM go.Up"],
      serial: "20751",
      version: "syngo CT VA40A",
    },
  },
});

export const ultrasound = modality({
  name: "ultrasound",
  mac: "44:4b:5d:20:07:52",
  ip: "10.20.7.52",
  hostname: "US-WARD7",
  title: "USWARD7",
  modality: "US",
  sopClass: "1.2.840.10008.5.1.4.1.1.6.1",
  manufacturer: "GE Healthcare",
  model: "LOGIQE10",
  station: "USWARD7",
  serial: "20752",
  software: "R2.1.5",
  facts: {
    oui: { maker: ["GE", "GE Healthcare"] },
    dicom: {
      class: ["ultrasound"],
      maker: ["GE", "GE Healthcare"],
      model: ["LOGIQE10", "LOGIQ E10"],
      serial: "20752",
      version: "R2.1.5",
    },
  },
});
