/** Made-up medical devices of every class, written to the public standards as captures with labels: what is known only of standards, told apart from what is known of real captures. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Labels } from "../labels.ts";
import { type Made, speak, type Ward } from "./device.ts";
import { cardOwner, type Product, readCatalogue } from "./product.ts";
import { createRandom, type Random } from "./random.ts";
import { macOf } from "./registry.ts";
import { PATIENT_MARKS } from "./speak-hl7.ts";
import { type Host, Wire } from "./wire.ts";

/** Devices per class: enough for a figure with an interval. */
const DEVICES_PER_CLASS = 24;
const SYSTEMS = /^VMware/i;
/** Two more devices that a reporting gateway tells of. */
const REPORTED_BY_EACH = 2;

/** Writes one capture per medical class and labels.json into `folder`; the same seed gives the same bytes. */
export function writeSynthetic(folder: string, { seed }: { seed: number }): Labels {
  mkdirSync(folder, { recursive: true });
  const labels: Labels = {};
  Object.entries(readCatalogue()).forEach(([deviceClass, products], index) => {
    const file = `${deviceClass}.pcap`;
    labels[file] = writeClass(join(folder, file), deviceClass, products, index, createRandom(seed * 1000 + index));
  });
  writeFileSync(join(folder, "labels.json"), `${JSON.stringify(labels, null, 2)}\n`);
  return labels;
}

function writeClass(
  path: string,
  deviceClass: string,
  products: readonly Product[],
  index: number,
  random: Random,
): Labels[string] {
  const wire = new Wire();
  const taken = new Set<string>();
  const systems = new Map<string, Host>();
  const ward: Ward = {
    wire,
    random,
    system(name) {
      let host = systems.get(name);
      if (host === undefined) {
        host = { mac: macOf(SYSTEMS, random, taken), ip: `10.44.${index}.${240 + systems.size}` };
        systems.set(name, host);
        wire.arp(host);
      }
      return host;
    },
  };
  const devices: NonNullable<Labels[string]["devices"]> = [];
  let reported = 0;
  for (let number = 1; number <= DEVICES_PER_CLASS; number++) {
    const made = make(deviceClass, products, index, number, random, taken);
    if (made.voices.includes("reporter")) reported += REPORTED_BY_EACH;
    devices.push(speak(made, ward));
  }
  wire.write(path);
  const count = devices.length + systems.size + reported;
  return { deviceCount: { min: count, max: count }, devices, forbiddenText: [...PATIENT_MARKS] };
}

/** Products in turn, and of each its ways of speaking in turn. */
function make(
  deviceClass: string,
  products: readonly Product[],
  index: number,
  number: number,
  random: Random,
  taken: Set<string>,
): Made {
  const product = products[(number - 1) % products.length]!;
  const round = Math.floor((number - 1) / products.length);
  const mac = macOf(cardOwner(product), random, taken);
  const digits = mac.replaceAll(":", "").toUpperCase();
  return {
    product,
    deviceClass,
    voices: product.voices[round % product.voices.length]!,
    host: { mac, ip: `10.44.${index}.${10 + number}` },
    eui64: `${digits.slice(0, 6)}FFFE${digits.slice(6)}`,
    serial: `${random.pick(["SN", "DE", "US", "A"])}${random.digits(7)}`,
    version: `${1 + random.int(9)}.${random.int(10)}`,
    number,
  };
}
