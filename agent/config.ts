/** The configuration as the rooms know it, and its defaults; config-file.ts reads and checks the file. */
import { createHash } from "node:crypto";
import { DEFAULT_SETTINGS, type FindingSettings } from "./findings/settings.ts";
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
  networks: {
    inside: string[];
    /** What a VLAN or prefix is for; empty: not known, and rules that need it don't run. */
    purposes: FindingSettings["purposes"];
    /** Servers and routers that may answer here, by IP or MAC address; empty: not known. */
    dhcpServers: FindingSettings["dhcpServers"];
    routers: FindingSettings["routers"];
  };
  findings: Pick<FindingSettings, "scanHosts" | "scanPorts" | "knownScanners">;
  identity: {
    /** Pairs of MACs that are two devices although something joined them. */
    apart: [string, string][];
    /** Names of phones and other personal devices stay on the tap unless this says otherwise. */
    sharePersonalNames: boolean;
  };
  behaviour: {
    /** How long a device, and the ward, is learnt before what is new is told. */
    learnDays: number;
    /** Folder of MUD files that stand for what is usual for their models. */
    mudPath?: string | undefined;
  };
  ledger: { path: string };
  /** Where imported advisories lie. */
  knowledge: { path: string };
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
  networks: { inside: [...DEFAULT_INSIDE], purposes: [], dhcpServers: [], routers: [] },
  findings: {
    scanHosts: DEFAULT_SETTINGS.scanHosts,
    scanPorts: DEFAULT_SETTINGS.scanPorts,
    knownScanners: [],
  },
  identity: { apart: [], sharePersonalNames: false },
  behaviour: { learnDays: 7 },
  ledger: { path: "/var/lib/wardtap/ledger.db" },
  knowledge: { path: "/var/lib/wardtap/knowledge" },
  uplink: {},
  lights: { driver: "gpio", pins: {} },
});

/** Digest of what judgement depends on, so that a document says under which settings it was made. */
export const configDigest = (config: Config): string =>
  `sha256:${createHash("sha256")
    .update(
      JSON.stringify({
        networks: config.networks,
        findings: config.findings,
        behaviour: config.behaviour,
        apart: config.identity.apart,
      }),
    )
    .digest("hex")}`;

/** Microseconds. */
export const learnMicros = ({ behaviour }: Config): number => behaviour.learnDays * 24 * 3600 * 1_000_000;

/** What the finding rules need of it. */
export const findingSettings = ({ networks, findings }: Config): FindingSettings => ({
  ...findings,
  purposes: networks.purposes,
  dhcpServers: networks.dhcpServers,
  routers: networks.routers,
});
