/** A ward in network namespaces: hosts on a bridge, and one veth as the mirror port that hears every frame once. */
import { chmodSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bridgeScript, checkHosts, type HostSpec, MIRROR, plugScript, unplugScript } from "./build-script.ts";
import {
  DEFAULT_RUN_SECONDS,
  type FinishedProcess,
  Launcher,
  type ProcessOptions,
  type WardProcess,
} from "./process.ts";
import { sweepDeadWards, TEMPORARY_PREFIX, WardReaper } from "./reaper.ts";
import { runAsHost, runShell } from "./shell.ts";

export type { HostSpec } from "./build-script.ts";
export type { FinishedProcess, ProcessOptions, WardProcess } from "./process.ts";

/** A ward that nobody closed ends itself after this many seconds, whatever its maker does. */
const DEFAULT_LIFETIME_SECONDS = 600;
const MAX_LIFETIME_SECONDS = 6 * 3600;

export interface Ward {
  /** Namespace that holds the mirror port alone; a sniffer runs in it with `ip netns exec`. */
  readonly tapNamespace: string;
  /** Name of the mirror port inside `tapNamespace`. */
  readonly mirrorInterface: string;
  /** Folder for the ward's own files; goes with the ward. */
  readonly folder: string;
  readonly hosts: readonly HostSpec[];
  /** Namespace of a host by its name; throws for a host the ward doesn't have. */
  namespaceOf(host: string): string;
  /** Brings a host's link up (and its fixed address, if it has one). Before this it is silent. */
  plug(host: string): Promise<void>;
  /** Runs a program to its end on a host; rejects when it fails, unless `mayFail`. */
  run(host: string, command: string, args: readonly string[], options?: ProcessOptions): Promise<FinishedProcess>;
  /** Starts a server on a host; it is killed when its time is over or the ward closes. */
  spawn(host: string, command: string, args: readonly string[], options?: ProcessOptions): WardProcess;
  /** Runs a program in the tap's namespace (tcpdump, for instance). */
  spawnOnTap(command: string, args: readonly string[], options?: ProcessOptions): WardProcess;
  /** Cuts the bridge, so that nothing more reaches the mirror port and its counters stand still. */
  unplugAll(): Promise<void>;
  /** Frames the mirror port has sent (must stay 0) and received, as the kernel counts them. */
  mirrorCounters(): Promise<{ sent: number; received: number }>;
  /** Ends every process and removes every namespace and file. Safe to call twice. */
  close(): Promise<void>;
}

export interface WardOptions {
  readonly hosts: readonly HostSpec[];
  readonly lifetimeSeconds?: number;
  /** Address that the hosts' programs ask for names. */
  readonly nameserver?: string;
}

let standing: string | undefined;

/**
 * Builds a ward. Needs root on Linux with iproute2, ethtool and util-linux; rejects with what failed otherwise.
 * One ward at a time per process, because namespaces are named `wt-<pid>-<host>`.
 */
export async function buildWard(options: WardOptions): Promise<Ward> {
  const { hosts } = options;
  checkHosts(hosts);
  const lifetime = Math.min(options.lifetimeSeconds ?? DEFAULT_LIFETIME_SECONDS, MAX_LIFETIME_SECONDS);
  const prefix = `wt-${process.pid}`;
  if (standing) throw new Error("this process has a ward already: close it before building another");
  standing = prefix;

  let reaper: WardReaper | undefined;
  try {
    await sweepDeadWards();
    const folder = mkdtempSync(join(tmpdir(), `${TEMPORARY_PREFIX}${process.pid}-`));
    // Daemons that drop root (lldpd) must still read their settings; there is nothing secret in a ward.
    chmodSync(folder, 0o755);
    reaper = new WardReaper(prefix, folder, lifetime);
    await runShell(bridgeScript(prefix, hosts));
    return ward(
      prefix,
      hosts,
      reaper,
      new Launcher(prefix, folder, lifetime, options.nameserver ?? "127.0.0.1"),
      folder,
    );
  } catch (error) {
    await reaper?.reap();
    standing = undefined;
    throw error;
  }
}

function ward(
  prefix: string,
  hosts: readonly HostSpec[],
  reaper: WardReaper,
  launcher: Launcher,
  folder: string,
): Ward {
  const byName = new Map(hosts.map((host) => [host.name, host]));
  const tapNamespace = `${prefix}-tap`;
  const hostOf = (name: string): HostSpec => {
    const host = byName.get(name);
    if (!host) throw new Error(`this ward has no host "${name}"`);
    return host;
  };
  const namespaceOf = (name: string) => `${prefix}-${hostOf(name).name}`;
  const start = (name: string, command: string, args: readonly string[], options?: ProcessOptions) =>
    launcher.start({ namespace: namespaceOf(name), hostname: hostOf(name).hostname ?? name }, command, args, options);
  let closing: Promise<void> | undefined;

  return {
    tapNamespace,
    mirrorInterface: MIRROR,
    folder,
    hosts,
    namespaceOf,
    plug: (name) => runShell(plugScript(prefix, hostOf(name))),
    run: (name, command, args, options) =>
      start(name, command, args, { seconds: DEFAULT_RUN_SECONDS, ...options }).finish(options?.mayFail),
    spawn: start,
    spawnOnTap: (command, args, options) =>
      launcher.start({ namespace: tapNamespace, hostname: "tap" }, command, args, options),
    unplugAll: () => runShell(unplugScript(prefix)),
    mirrorCounters: async () => {
      const answer = await runAsHost("ip", ["-n", tapNamespace, "-s", "-j", "link", "show", "dev", MIRROR]);
      const [link] = JSON.parse(answer) as [{ stats64: { rx: { packets: number }; tx: { packets: number } } }];
      return { sent: link.stats64.tx.packets, received: link.stats64.rx.packets };
    },
    close: () => {
      closing ??= (async () => {
        await launcher.stopAll();
        await reaper.reap();
        standing = undefined;
      })();
      return closing;
    },
  };
}
