/** A product of the catalogue: what it is, who makes it, on what network card, and how it speaks. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { repositoryRoot } from "../../support/built.ts";

/** How a device makes itself known; index.ts turns each into frames. */
export type Voice =
  /** DHCP with a host name made of the product, of the ward's scheme, or of a serial number. */
  | "name"
  | "ward-name"
  | "serial-name"
  /** DHCP vendor class that names the product. */
  | "vendor-class"
  | "mdns"
  | "snmp"
  | "web"
  /** HL7: PCD-01 sent by itself, reported by a gateway, a UDI, a result. */
  | "pcd"
  | "gateway"
  | "udi"
  | "result"
  | "store"
  | "worklist"
  | "step"
  | "archive"
  | "poct"
  | "astm"
  | "intellivue"
  | "carescape"
  | "sdc-coded"
  | "dpws"
  /** Takes HL7 messages; reports others' equipment. */
  | "receiver"
  | "reporter";

export interface Product {
  maker: string;
  model: string;
  /** Whose network cards it has; see cardOwner. */
  card: string;
  /** What it speaks, one set per device in turn. */
  voices: readonly (readonly Voice[])[];
  /** How it calls itself where it may: "CARESCAPE B650 SW 3.2"; the model by default. */
  text?: string;
  /** Other right answers for the model: its family. */
  also?: readonly string[];
  /** Beginning of a host name made of the product. */
  short?: string;
  /** DICOM modality. */
  modality?: string;
  /** Philips product number, or other fixed part number. */
  number?: string;
  /** Its cards belong to the maker. */
  ownCard?: boolean;
}

/** Cards that many makers build into their devices: they tell nothing of the device. */
const BUILT_IN: Readonly<Record<string, RegExp>> = {
  module: /^(?:silex technology, Inc|Silex Technology America|Lantronix)/i,
  pc: /^(?:Advantech|Dell Inc|Hewlett Packard$|Kontron (?!Medical))/i,
};

/** The registered owner of a product's cards: "module", "pc", or a regular expression. */
export const cardOwner = ({ card }: Product): RegExp => BUILT_IN[card] ?? new RegExp(card, "i");

/** Class → products. */
export const readCatalogue = (): Readonly<Record<string, readonly Product[]>> =>
  JSON.parse(readFileSync(join(repositoryRoot(), "tests/accuracy/synthetic/catalogue.json"), "utf8")) as Record<
    string,
    Product[]
  >;

/** Nomenclature of 11073-10101 per class: the device (MDS) and one part (VMD). */
export const KINDS: Readonly<Record<string, readonly [device: string, part: string, code: string]>> = {
  "infusion-pump": ["69985^MDC_DEV_PUMP_INFUS_MDS^MDC", "69986^MDC_DEV_PUMP_INFUS_VMD^MDC", "69985"],
  "syringe-pump": ["70053^MDC_DEV_PUMP_INFUS_SYRINGE_MDS^MDC", "70054^MDC_DEV_PUMP_INFUS_SYRINGE_VMD^MDC", "70053"],
  "patient-monitor": ["69965^MDC_DEV_MON_PHYSIO_MULTI_PARAM_MDS^MDC", "69798^MDC_DEV_ECG_VMD^MDC", "69965"],
  ventilator: ["70001^MDC_DEV_SYS_PT_VENT_MDS^MDC", "70002^MDC_DEV_SYS_PT_VENT_VMD^MDC", "70001"],
  anaesthesia: ["69993^MDC_DEV_SYS_ANESTH_MDS^MDC", "69994^MDC_DEV_SYS_ANESTH_VMD^MDC", "69993"],
};

/** How a device calls itself in free text. */
export const textOf = ({ text, maker, model }: Product): string =>
  text ?? (model.toLowerCase().startsWith(maker.toLowerCase().split(" ")[0]!) ? model : `${maker} ${model}`);
