/** The configuration as the rooms know it, and its defaults; config-file.ts reads and checks the file. */
import { createHash } from "node:crypto";
import { DEFAULT_INSIDE } from "./identify/networks.ts";

export const DEFAULT_CONFIG_PATH = "/etc/wardtap/wardtap.toml";

export interface Config {
  tap: { id?: string | undefined; name: string };
  capture: {
    interfaces: string[];
    source: "auto" | "cap" | "dumpcap" | "tcpdump";
    bufferMb: number;
    pipeDirectory: string;
  };
  networks: { inside: string[] };
  identity: {
    /** Pairs of MACs that are two devices although something joined them. */
    apart: [string, string][];
    /** Names of phones and other personal devices stay on the tap unless this says otherwise. */
    sharePersonalNames: boolean;
  };
  ledger: { path: string };
  uplink: { url?: string | undefined };
  lights: {
    driver: "gpio" | "panel" | "none";
    pins: { [name in "health" | "mirror" | "uplink" | "alert" | "button"]?: number | undefined };
  };
}

/** `message` names the file and each wrong setting. */
export class ConfigError extends Error {
  override name = "ConfigError";
}

export const defaultConfig = (): Config => ({
  tap: { name: "Unnamed tap" },
  capture: { interfaces: [], source: "auto", bufferMb: 32, pipeDirectory: "/run/wardtap" },
  networks: { inside: [...DEFAULT_INSIDE] },
  identity: { apart: [], sharePersonalNames: false },
  ledger: { path: "/var/lib/wardtap/ledger.db" },
  uplink: {},
  lights: { driver: "gpio", pins: {} },
});

/** Digest of what judgement depends on, so that a document says under which settings it was made. */
export const configDigest = (config: Config): string =>
  `sha256:${createHash("sha256")
    .update(JSON.stringify({ networks: config.networks, apart: config.identity.apart }))
    .digest("hex")}`;
