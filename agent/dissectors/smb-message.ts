/** What the readers of SMB 1 and SMB 2/3 share: the message they fill and the flow's small memory. */
import type { Evidence } from "./dissector.ts";

/** Messages read after the session is set up; later ones of the flow teach nothing that is asked. */
export const MAX_AFTER_SETUP = 64;
/** The same for SMB 1, where attack tools groom the server's memory first. */
export const MAX_AFTER_SETUP_SMB1 = 512;

export interface SmbMessage {
  found: Evidence[];
  /** True for a response: its sender is the server. */
  response: boolean;
  /** False for a NetBIOS frame that doesn't say who serves. */
  sided: boolean;
  done: boolean;
}

/** Small memory of one connection, both directions. */
export interface SmbState {
  /** Dialects the client offered, as it wrote them. */
  offered: string[];
  /** The server asked for encrypted passwords in its negotiate response; undefined: not heard. */
  encryptsPasswords: boolean | undefined;
  /** A session is set up. */
  set: boolean;
  /** Messages since then. */
  after: number;
  /** An NT_TRANSACT request whose data can't fit its secondary requests (MS17-010). */
  largeNtTransact: boolean;
  /** Multiplex id of a TRANS2 SESSION_SETUP request, -1 for none. */
  sessionSetupMid: number;
}

export const newSmbState = (): SmbState => ({
  offered: [],
  encryptsPasswords: undefined,
  set: false,
  after: 0,
  largeNtTransact: false,
  sessionSetupMid: -1,
});

/** Shares by which Windows is administered from afar, and pipes of its services: fixed names, no person's. */
const ADMIN_SHARES = ["ADMIN$", "C$", "IPC$"];
const PIPES = [
  "atsvc",
  "browser",
  "drsuapi",
  "epmapper",
  "eventlog",
  "lsarpc",
  "lsass",
  "netlogon",
  "psexesvc",
  "samr",
  "spoolss",
  "srvsvc",
  "svcctl",
  "winreg",
  "wkssvc",
];

/** The administration share that a path `\\server\SHARE` ends in; undefined for any other share. */
export function adminShare(path: string): string | undefined {
  const share = path.slice(path.lastIndexOf("\\") + 1).toUpperCase();
  return ADMIN_SHARES.find((name) => name === share);
}

/** A known service's pipe; undefined for any other file. */
export function knownPipe(name: string): string | undefined {
  const bare = name.replace(/^\\+(?:PIPE\\+)?/i, "").toLowerCase();
  return PIPES.find((pipe) => pipe === bare);
}

/** WannaCry's tree connect carries these paths of its maker's own network, whatever the target (public analyses). */
const WANNACRY_PATHS = ["\\\\192.168.56.20\\IPC$", "\\\\172.16.99.5\\IPC$"];

export const isWannacryPath = (path: string): boolean => WANNACRY_PATHS.includes(path.toUpperCase());
