/** Doctor on the tap's own things: configuration, ledger and its disk, and the road to the console. */
import { accessSync, constants, existsSync, statfsSync } from "node:fs";
import { connect } from "node:net";
import { dirname } from "node:path";
import { type Config, ConfigError, defaultConfig } from "../config.ts";
import { readConfig } from "../config-file.ts";
import { LedgerError } from "../ledger/error.ts";
import { openLedger } from "../ledger/ledger.ts";
import { consoleUrlProblem } from "../uplink/console-url.ts";
import { type Check, fail, ok, warn } from "./check.ts";

/** A ledger of a large ward takes tens of megabytes; SQLite's log and a migration need as much again. */
const LITTLE_SPACE_MB = 500;
const NO_SPACE_MB = 50;
const CONNECT_MS = 3000;

/** The configuration, or the defaults when it can't be used, and how it stands. */
export function checkConfig(path: string): { config: Config; check: Check } {
  try {
    return { config: readConfig(path), check: ok("config", `${path} can be used`) };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const config = defaultConfig();
    if (!existsSync(path))
      return {
        config,
        check: warn("config", error.message, "The install script writes one; until then the defaults hold."),
      };
    return { config, check: fail("config", error.message, `Put it right, then: systemctl restart wardtap-agent.`) };
  }
}

/** Rules that need to know the hospital's networks don't run, or judge less surely, without. */
export function checkNetworks({ networks }: Config): Check {
  if (networks.purposes.length === 0)
    return warn(
      "networks",
      "what VLANs and prefixes are for is not configured: the rule cross-vlan does not run",
      "Say so under [networks], purposes, as the configuration file shows.",
    );
  const unknown = [
    ...(networks.dhcpServers.length === 0 ? ["DHCP servers"] : []),
    ...(networks.routers.length === 0 ? ["routers"] : []),
  ];
  if (unknown.length === 0) return ok("networks", "purposes, DHCP servers and routers are configured");
  return ok("networks", `purposes are configured; which ${unknown.join(" and ")} are the hospital's own is not`);
}

export function checkLedger(path: string): Check[] {
  const folder = nearest(dirname(path));
  const checks = [contents(path)];
  try {
    accessSync(existsSync(path) ? path : folder, constants.W_OK);
    checks.push(ok("ledger", `may be written (${path})`));
  } catch {
    checks.push(
      fail(
        "ledger",
        `${path} may not be written by this user`,
        "Ask as the user the agent runs as: sudo -u wardtap wardtap doctor. If it fails there too, give it the folder.",
      ),
    );
  }
  const free = Math.floor((statfsSync(folder).bavail * statfsSync(folder).bsize) / 1e6);
  if (free < NO_SPACE_MB)
    checks.push(
      fail(
        "disk",
        `only ${free} MB are free for the ledger`,
        "Make room: the tap keeps all it hears in memory until it can write.",
      ),
    );
  else if (free < LITTLE_SPACE_MB)
    checks.push(warn("disk", `${free} MB are free for the ledger`, "Make room before it is full."));
  else checks.push(ok("disk", `${free} MB are free for the ledger`));
  return checks;
}

function contents(path: string): Check {
  try {
    const ledger = openLedger(path, { readOnly: true, clock: () => Date.now() * 1000 });
    const devices = ledger.count("device");
    ledger.close();
    return ok("ledger", `holds ${devices} ${devices === 1 ? "device" : "devices"}`);
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    if (error.code === "missing") return ok("ledger", "none yet: the agent makes it when it starts");
    return fail(
      "ledger",
      error.message,
      "Start the agent once: it sets a damaged ledger aside, keeps it and begins a new one.",
    );
  }
}

/** Only ever a connection to this machine: any other console is refused before. */
export async function checkConsole(url: string | undefined): Promise<Check> {
  if (url === undefined) return ok("console", "none is configured: the tap works alone");
  const problem = consoleUrlProblem(url);
  if (problem !== undefined) return fail("console", problem, "Change url under [uplink].");
  const { hostname, port } = new URL(url);
  const heard = await answers(hostname.replace(/^\[|\]$/g, ""), Number(port || 80));
  if (heard) return ok("console", `something listens at ${url}`);
  return fail(
    "console",
    `nothing listens at ${url}`,
    "Start the console: systemctl status wardtap-console says how it stands. The tap keeps what it hears meanwhile.",
  );
}

const answers = (host: string, port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host, port, timeout: CONNECT_MS });
    const end = (result: boolean) => {
      socket.destroy();
      resolve(result);
    };
    socket.once("connect", () => end(true));
    socket.once("timeout", () => end(false));
    socket.once("error", () => end(false));
  });

/** The folder itself, or the closest of its parents that is there. */
function nearest(folder: string): string {
  while (!existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}
