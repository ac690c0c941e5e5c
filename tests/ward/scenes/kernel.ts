/** Runs programs that would tell everybody the kernel of the machine the ward is built on, and has them tell another. */
import { join } from "node:path";
import { programPath } from "../hosts/programs.ts";
import { runAsHost } from "../shell.ts";
import type { Ward } from "../ward.ts";

/** Path of a library for LD_PRELOAD, compiled into the ward's folder. Needs a C compiler, as the native modules do. */
export async function otherKernel(ward: Ward, name: string): Promise<string> {
  const library = join(ward.folder, `uname-${name}.so`);
  await runAsHost("cc", ["-shared", "-fPIC", "-o", library, programPath("uname.c")]);
  return library;
}
