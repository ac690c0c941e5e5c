/** One made-up device: its address and names, the frames of each of its voices, and what is true of it. */
import type { FileLabels } from "../labels.ts";
import { acceptedMakers } from "./makers.ts";
import { type Product, textOf, type Voice } from "./product.ts";
import type { Random } from "./random.ts";
import { dhcp, mdns } from "./speak-names.ts";
import { SPEAK } from "./voices.ts";
import type { Host, Wire } from "./wire.ts";

/** Systems of the ward that devices talk to; each is part of a file once somebody talks to it. */
export interface Ward {
  wire: Wire;
  random: Random;
  /** "epr", "pacs", "manager", "gateway", "modality". */
  system(name: string): Host;
}

type Label = NonNullable<FileLabels["devices"]>[number];

const WARDS = ["W7", "ITU", "NICU", "ED", "THEATRE2", "CCU", "4B"];
export interface Made {
  product: Product;
  deviceClass: string;
  voices: readonly Voice[];
  host: Host;
  /** EUI-64 made of its own MAC address. */
  eui64: string;
  serial: string;
  version: string;
  number: number;
}

/** Sends all that the device says, and returns its label. */
export function speak(made: Made, ward: Ward): Label {
  const { product, voices, host } = made;
  const { wire, random } = ward;
  const hostName = hostNameOf(made, random);
  const onlyReported = voices.length === 1 && voices[0] === "gateway";
  if (!onlyReported) {
    wire.arp(host);
    if (hostName !== "" || voices.includes("vendor-class") || random.chance(40))
      dhcp(wire, host, hostName, voices.includes("vendor-class") ? textOf(product) : "", random);
    if (hostName !== "" && random.chance(30)) mdns(wire, host, hostName);
  }
  for (const voice of voices) {
    wire.wait(200 + random.int(2000));
    SPEAK[voice]?.(made, ward);
  }
  return labelOf(made, hostName, onlyReported);
}

function hostNameOf({ product, voices, deviceClass, serial, number }: Made, random: Random): string {
  const two = String(number).padStart(2, "0");
  const short = product.short ?? product.model.replace(/[^A-Za-z0-9]+/g, "-");
  if (voices.includes("name"))
    return random.pick([`${short}-${two}`, `${short}-${two}`, `${random.pick(WARDS)}-${short}-${two}`]);
  if (voices.includes("ward-name"))
    return `${random.pick(WARDS)}-${random.pick(["MED", "EQ", deviceClass.slice(0, 4).toUpperCase()])}-${random.digits(4)}`;
  return voices.includes("serial-name") ? serial : "";
}

/** Only what the frames tell is labelled, beside the class, which the maker of the file knows. */
function labelOf(
  { product, deviceClass, voices, host, eui64, serial }: Made,
  hostName: string,
  onlyReported: boolean,
): Label {
  const speaks = (...some: Voice[]) => some.some((voice) => voices.includes(voice));
  const textSaid = speaks("udi", "snmp", "web", "vendor-class");
  const makerSaid =
    (product.ownCard === true && !onlyReported) ||
    speaks("store", "poct", "dpws", "intellivue") ||
    // A program on somebody's server has no maker that the ledger could know.
    (textSaid && textOf(product).includes(product.maker) && deviceClass !== "imaging-archive");
  const modelSaid = speaks("store", "poct", "dpws", "intellivue") || textSaid;
  const models = [
    product.model,
    textOf(product),
    product.text,
    product.number,
    `${product.maker} ${product.model}`,
    ...(product.also ?? []),
  ];
  return {
    at: onlyReported ? { reported: eui64 } : { mac: host.mac, ip: host.ip },
    class:
      deviceClass === "imaging-archive" || deviceClass === "medical-gateway" ? [deviceClass, "server"] : [deviceClass],
    ...(makerSaid ? { maker: acceptedMakers(product.maker) } : {}),
    ...(modelSaid ? { model: models.filter((model) => model !== undefined) } : {}),
    ...(speaks("store", "poct", "dpws", "intellivue", "udi") ? { serial } : {}),
    ...(hostName === "" ? {} : { names: [hostName] }),
  };
}
