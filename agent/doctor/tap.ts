/** Doctor on the tap's own things: configuration, ledger and its disk, and the road to the console. */
import { accessSync, constants, existsSync, statfsSync } from "node:fs";
import { connect, type NetConnectOpts } from "node:net";
import { dirname } from "node:path";
import { type Config, ConfigError, defaultConfig } from "../config.ts";
import { readConfig } from "../config-file.ts";
import { controlPath, pathProblem } from "../control/messages.ts";
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
    const advice =
      error.code === "io"
        ? "Ask with sudo. If it fails there too, look at the folder's rights and at the disk."
        : "Start the agent once: it sets a damaged ledger aside, keeps it and begins a new one.";
    return fail("ledger", error.message, advice);
  }
}

/** A ledger that nobody writes belongs to a tap that hears nothing now. The agent is only connected to, nothing is asked. */
export async function checkAgent(ledgerPath: string): Promise<Check> {
  if (!existsSync(ledgerPath)) return ok("agent", "none has kept a ledger here yet");
  const path = controlPath(ledgerPath);
  const problem = pathProblem(path);
  if (problem !== null) return warn("agent", problem, "Choose a shorter path under [ledger].");
  const heard = await reached({ path });
  if (heard === true) return ok("agent", "runs and takes commands");
  if (heard === "EACCES") return warn("agent", "this user may not talk to the agent", "Ask with sudo.");
  return warn(
    "agent",
    "none runs with this ledger: nothing is heard now",
    "Start it: systemctl start wardtap-agent. journalctl -u wardtap-agent says why it stopped.",
  );
}

/** Only ever a connection to this machine: any other console is refused before. */
export async function checkConsole(url: string | undefined): Promise<Check> {
  if (url === undefined) return ok("console", "none is configured: the tap works alone");
  const problem = consoleUrlProblem(url);
  if (problem !== undefined) return fail("console", problem, "Change url under [uplink].");
  const { hostname, port } = new URL(url);
  const heard = await reached({ host: hostname.replace(/^\[|\]$/g, ""), port: Number(port || 80) });
  if (heard === true) return ok("console", `something listens at ${url}`);
  return fail(
    "console",
    `nothing listens at ${url}`,
    "Start the console: node dist/console/main.js, or its service. The tap keeps what it hears meanwhile.",
  );
}

/** True when something listens there, else the code of what stood in the way. */
const reached = (where: NetConnectOpts): Promise<true | string> =>
  new Promise((resolve) => {
    const socket = connect({ ...where, timeout: CONNECT_MS });
    const end = (result: true | string) => {
      socket.destroy();
      resolve(result);
    };
    socket.once("connect", () => end(true));
    socket.once("timeout", () => end("ETIMEDOUT"));
    socket.once("error", (error: NodeJS.ErrnoException) => end(error.code ?? ""));
  });

/** The folder itself, or the closest of its parents that is there. */
function nearest(folder: string): string {
  while (!existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}
