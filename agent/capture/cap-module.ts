/** Loads the native `cap` module (a libpcap binding), which a machine may be without, and says what its types are. */
import { createRequire } from "node:module";
import { CaptureError } from "./source.ts";

/** What of `cap` 0.2.1 is used. It must never get as far as `send`, so that is not here. */
export interface Cap {
  /** Returns the link type's name. `bufferBytes` is the kernel's ring; each frame is copied to the start of `into`. */
  open(device: string, filter: string, bufferBytes: number, into: Buffer): string;
  close(): void;
  on(event: "packet", listener: (length: number, truncated: boolean) => void): void;
}

export interface CapModule {
  Cap: new () => Cap;
}

let loaded: CapModule | undefined;

/** Throws CaptureError with what to install when the module is missing, was not built, or lacks libpcap. */
export const loadCap = (): CapModule => {
  // Not a plain import: the module is optional, and failing to load it must be an answer rather than a failed start.
  try {
    loaded ??= createRequire(import.meta.url)("cap") as CapModule;
    return loaded;
  } catch (error) {
    throw new CaptureError(
      `live capture needs the native module cap, which can't be loaded here (${reason(error)}). ` +
        "Install libpcap-dev and a C++ compiler (on Debian: apt install libpcap-dev build-essential python3), " +
        "then run `npm run setup`; or install tcpdump and capture with that",
    );
  }
};

const reason = (error: unknown): string => {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "MODULE_NOT_FOUND") return message.includes("cap.node") ? "it was never built" : "it is not installed";
  return message.split("\n", 1)[0] ?? "unknown reason";
};
