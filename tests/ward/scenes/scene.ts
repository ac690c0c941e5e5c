/** A scene of the protocol day: a few hosts that speak one family of protocols, and what a tap should say of them. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { DeviceFacts } from "../hosts/device.ts";
import type { HostSpec, Ward, WardProcess } from "../ward.ts";

export interface CastMember {
  readonly host: HostSpec & { readonly address: string };
  readonly facts: DeviceFacts;
  /** In words, for the label's `because`. */
  readonly because: string;
}

/** Equipment that another host speaks for: no address of its own. `reported` is the identity it is reported under. */
export interface ReportedDevice {
  readonly reported: string;
  readonly facts: DeviceFacts;
  readonly because: string;
}

export interface ExpectedFinding {
  readonly rule: string;
  readonly at: CastMember;
  readonly because: string;
}

export interface Scene {
  /** Its capture in tests/captures. */
  readonly file: string;
  readonly holds: string;
  readonly cast: readonly CastMember[];
  /** Its hosts keep their IPv6; the others have none. */
  readonly speaksIpv6?: boolean;
  readonly reported?: readonly ReportedDevice[];
  /** Strings that the traffic carries and no output may. */
  readonly secrets: readonly string[];
  readonly findings: readonly ExpectedFinding[];
  /** Rules that must stay silent over the whole scene, because it only looks as if. */
  readonly nearMisses: readonly string[];
  /** What the mirror must have heard, as tshark filters. */
  readonly proof: readonly (readonly [claim: string, displayFilter: string])[];
  /** All hosts are plugged in already. Resolves when the scene is over; its servers may run on. */
  play(ward: Ward): Promise<void>;
}

const NETWORK = "10.20.8";

/** A host of the protocol day: its number is the last byte of its address and of its MAC. */
export function castMember(
  setup: { name: string; number: number; oui: string; hostname?: string },
  facts: DeviceFacts,
  because: string,
): CastMember {
  const { name, number, oui, hostname } = setup;
  const mac = `${oui}:20:08:${number.toString(16).padStart(2, "0")}`;
  return { host: { name, mac, address: `${NETWORK}.${number}/24`, ...(hostname ? { hostname } : {}) }, facts, because };
}

export const ipOf = ({ host }: CastMember) => host.address.slice(0, host.address.indexOf("/"));

/** A folder of the host inside the ward's own, made when it is not there. */
export function folderOf(ward: Ward, { host }: CastMember, ...inside: string[]): string {
  const folder = join(ward.folder, host.name, ...inside);
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Writes a settings file for a host and gives its path. */
export function fileFor(ward: Ward, member: CastMember, name: string, lines: readonly string[], mode = 0o644): string {
  const path = join(folderOf(ward, member), name);
  writeFileSync(path, `${lines.join("\n")}\n`, { mode });
  return path;
}

/** What a daemon sees differently from this machine, so that it finds what it needs and leaves nothing behind. */
export interface PrivateView {
  /** Folders that are empty for it, and gone when it ends. */
  readonly empty?: readonly string[];
  /** Folders below /run it expects. */
  readonly run?: readonly string[];
  /** Files of ours it sees at other places: [the place, our file]. */
  readonly files?: readonly (readonly [place: string, file: string])[];
  /** Lines that /etc/passwd has besides, for people who exist in the ward only. */
  readonly people?: readonly string[];
}

const VIEW = `
people=$1; shift
if [ -n "$people" ]; then { cat /etc/passwd; printf '%s\\n' "$people"; } > /run/passwd; mount --bind /run/passwd /etc/passwd; fi
while [ "$1" != -- ]; do
  case $1 in
    empty) [ ! -d "$2" ] || mount -t tmpfs -o mode=755 tmpfs "$2"; shift 2 ;;
    run) mkdir -p "$2"; shift 2 ;;
    file) mount --bind "$3" "$2"; shift 3 ;;
  esac
done
shift
exec "$@"
`;

/** The command and arguments that run a program with a private view; the mounts are its own namespace's. */
export function privately(view: PrivateView, command: string, args: readonly string[]): [string, string[]] {
  const steps = [
    ...(view.empty ?? []).flatMap((folder) => ["empty", folder]),
    ...(view.run ?? []).flatMap((folder) => ["run", folder]),
    ...(view.files ?? []).flatMap(([place, file]) => ["file", place, file]),
  ];
  return ["/bin/sh", ["-euc", VIEW, "view", (view.people ?? []).join("\n"), ...steps, "--", command, ...args]];
}

/** Starts a server of a cast member with a private view. */
export function serve(
  ward: Ward,
  { host }: CastMember,
  view: PrivateView,
  command: string,
  args: readonly string[],
): WardProcess {
  return ward.spawn(host.name, ...privately(view, command, args));
}

/** Runs a client to its end with a private view; rejects when it fails, unless it may. */
export async function use(
  ward: Ward,
  { host }: CastMember,
  view: PrivateView,
  command: string,
  args: readonly string[],
  mayFail = false,
): Promise<string> {
  const { stdout, stderr } = await ward.run(host.name, ...privately(view, command, args), { mayFail });
  return stdout + stderr;
}
