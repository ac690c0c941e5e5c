/** The configuration file (TOML), read and checked once. */
import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import { parse } from "smol-toml";
import { z } from "zod";
import { type Config, ConfigError, defaultConfig } from "./config.ts";
import { createNetworks, parsePrefix } from "./identify/networks.ts";
import { PURPOSES } from "./identify/purposes.ts";
import { MIN_TOLD } from "./observe/fan-out.ts";

const base = defaultConfig();

const pin = z.number().int().min(0).max(27);
const interfaceName = z
  .string()
  .regex(/^[A-Za-z0-9._:@-]{1,15}$/, "an interface name has 1 to 15 letters, digits or . _ : @ -");

const MAC = /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/;
const mac = z.string().toLowerCase().regex(MAC, "a MAC address such as 00:03:b1:00:00:01");

const inside = z.array(z.string()).superRefine((prefixes, context) => {
  try {
    createNetworks(prefixes);
  } catch (error) {
    context.addIssue({ code: "custom", message: (error as Error).message });
  }
});

const prefix = z.string().superRefine((text, context) => {
  try {
    parsePrefix(text);
  } catch (error) {
    context.addIssue({ code: "custom", message: (error as Error).message });
  }
});
const purposeWord = z.enum(PURPOSES);
const purpose = z.union(
  [
    z.strictObject({ vlan: z.number().int().min(1).max(4094), purpose: purposeWord }),
    z.strictObject({ prefix, purpose: purposeWord }),
  ],
  `each entry has a vlan (1 to 4094) or a prefix, and a purpose: ${PURPOSES.join(", ")}`,
);
const address = z
  .string()
  .toLowerCase()
  .refine((text) => isIP(text) !== 0 || MAC.test(text), "an IP address or a MAC address");
/** Entries of one list; more belong into a prefix. */
const MAX_LISTED = 1000;
/** The sniffer tells no fewer attempts than this, and counts no more than that. */
const scanThreshold = z.number().int().min(MIN_TOLD).max(1000);

const configSchema: z.ZodType<Config> = z.strictObject({
  tap: z
    .strictObject({
      id: z
        .string()
        .regex(/^[A-Za-z0-9._-]{1,64}$/, "letters, digits, . _ - only")
        .optional(),
      name: z.string().min(1).max(120).default(base.tap.name),
    })
    .prefault({}),
  capture: z
    .strictObject({
      interfaces: z.array(interfaceName).max(8).default([]),
      source: z.enum(["auto", "cap", "dumpcap", "tcpdump"]).default("auto"),
      bufferMb: z.number().int().min(1).max(1024).default(base.capture.bufferMb),
      pipeDirectory: z.string().default(base.capture.pipeDirectory),
    })
    .prefault({}),
  networks: z
    .strictObject({
      inside: inside.default(base.networks.inside),
      purposes: z.array(purpose).max(MAX_LISTED).default([]),
      dhcpServers: z.array(address).max(MAX_LISTED).default([]),
      routers: z.array(address).max(MAX_LISTED).default([]),
    })
    .prefault({}),
  findings: z
    .strictObject({
      scanHosts: scanThreshold.default(base.findings.scanHosts),
      scanPorts: scanThreshold.default(base.findings.scanPorts),
      knownScanners: z.array(z.string().toLowerCase().min(1).max(255)).max(MAX_LISTED).default([]),
    })
    .prefault({}),
  identity: z
    .strictObject({
      apart: z
        .array(z.tuple([mac, mac]))
        .max(1000)
        .default(base.identity.apart),
      sharePersonalNames: z.boolean().default(base.identity.sharePersonalNames),
    })
    .prefault({}),
  behaviour: z
    .strictObject({
      learnDays: z.number().int().min(1).max(90).default(base.behaviour.learnDays),
      mudPath: z.string().min(1).optional(),
    })
    .prefault({}),
  ledger: z.strictObject({ path: z.string().min(1).default(base.ledger.path) }).prefault({}),
  knowledge: z.strictObject({ path: z.string().min(1).default(base.knowledge.path) }).prefault({}),
  uplink: z.strictObject({ url: z.string().optional() }).prefault({}),
  lights: z
    .strictObject({
      driver: z.enum(["gpio", "panel", "none"]).default("gpio"),
      pins: z.strictObject({ health: pin, mirror: pin, uplink: pin, alert: pin, button: pin }).partial().default({}),
    })
    .prefault({}),
});

/** Throws ConfigError. A missing file is an error too: say which file is meant. */
export function readConfig(path: string): Config {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    throw new ConfigError(
      code === "ENOENT"
        ? `There is no configuration file ${path}.`
        : `The configuration file ${path} can't be read (${code ?? "unknown error"}).`,
    );
  }
  return parseConfig(text, path);
}

export function parseConfig(text: string, path: string): Config {
  let value: unknown;
  try {
    value = parse(text);
  } catch (error) {
    throw new ConfigError(`${path} is not valid TOML: ${(error as Error).message}`);
  }
  const checked = configSchema.safeParse(value);
  if (checked.success) return checked.data;
  const problems = checked.error.issues.map((issue) => `  ${issue.path.join(".") || "top level"}: ${issue.message}`);
  throw new ConfigError(`${path} has settings that can't be used:\n${problems.join("\n")}`);
}
