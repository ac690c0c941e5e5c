/** Choosing the means of live capture on machines that have all, some or none of them. */
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { findProgram } from "../../agent/capture/program-args.ts";
import { builtPath, repositoryRoot } from "../support/built.ts";
import { CaptureProcess } from "../support/capture-process.ts";
import { LonelyPort, namespacesAvailable, PORT } from "../support/lonely-port.ts";

/** A copy of the compiled room on a machine of its own, as far as modules go: no node_modules above it. */
const withoutModules = [tmpdir(), "/var/tmp", "/dev/shm"].find((folder) => !existsSync(join(folder, "node_modules")));
const machine = mkdtempSync(join(withoutModules ?? tmpdir(), "wardtap-machine-"));
afterAll(() => rmSync(machine, { recursive: true, force: true }));
cpSync(dirname(builtPath("agent/capture/live.js")), join(machine, "capture"), { recursive: true });
writeFileSync(join(machine, "package.json"), '{ "type": "module" }');

const onMachine = (script: string): string =>
  execFileSync(process.execPath, ["--input-type=module", "-e", script], {
    cwd: machine,
    encoding: "utf8",
    // Where the module is found after all, capture begins and would never end.
    timeout: 20_000,
  }).trim();
const LOAD = `import { loadCap } from "./capture/cap-module.js";
  try { loadCap(); console.log("loaded") } catch (error) { console.log(error.name + ": " + error.message) }`;

describe("without the native module", () => {
  test("the message says that it is missing and what to install", () => {
    expect(onMachine(LOAD)).toMatch(/^CaptureError: .*it is not installed.*libpcap-dev.*`npm run setup`.*tcpdump/);
  });

  test("the message says so when it was installed but never built", () => {
    const from = join(repositoryRoot(), "node_modules", "cap");
    const to = join(machine, "node_modules", "cap");
    mkdirSync(to, { recursive: true });
    for (const part of ["lib", "package.json"]) cpSync(join(from, part), join(to, part), { recursive: true });
    expect(onMachine(LOAD)).toMatch(/^CaptureError: .*it was never built.*libpcap-dev/);
    rmSync(join(machine, "node_modules"), { recursive: true });
  });

  const withProgram = findProgram("tcpdump") !== undefined || findProgram("dumpcap") !== undefined;
  test.skipIf(!withProgram)("auto takes a program and says why (skipped: neither is installed)", () => {
    const script = `import { openLive } from "./capture/live.js";
      const { means, because } = openLive({ interface: "lo" });
      console.log(means + " because " + because)`;
    expect(onMachine(script)).toMatch(/^(dumpcap|tcpdump) because live capture needs the native module cap/);
  });
});

describe.skipIf(!namespacesAvailable())("with everything there (skipped: needs root)", () => {
  test("auto takes cap", async () => {
    const port = new LonelyPort();
    try {
      const child = new CaptureProcess(port, "auto", PORT);
      expect(await child.until("ready")).toEqual({ ready: "cap" });
      await child.finish();
      await child.exited;
    } finally {
      port.remove();
    }
  });
});
