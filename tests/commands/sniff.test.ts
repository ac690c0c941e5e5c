/** `wardtap sniff` when it can't: each reason in plain words, with what to do, and code 2 so that nobody tries again and again. */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { builtPath, repositoryRoot } from "../support/built.ts";
import { LonelyPort, namespacesAvailable, PORT } from "../support/lonely-port.ts";
import { type Finished, STACK_TRACE, wardtap } from "../support/wardtap.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "wardtap-sniff-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const words = (port: string, ...more: string[]) => [
  "sniff",
  "--interface",
  port,
  "--pipe",
  join(folder, "pipe"),
  ...more,
];
const refused = ({ code, stdout, stderr }: Finished, reason: RegExp) => {
  expect(stderr).toMatch(reason);
  expect(stderr).not.toMatch(STACK_TRACE);
  expect([code, stdout]).toEqual([2, ""]);
};

test("an interface that isn't there is named, with how to list those there are", async () => {
  refused(await wardtap(words("nowhere0")), /no network interface nowhere0.*ip link/);
});

test.each(["../../etc/passwd", "a b", "eth0;reboot", "-i", "x".repeat(16)])(
  "the name %j is no interface's",
  async (name) => {
    refused(await wardtap(words(name)), /interface|argument/);
  },
);

test.each(["0", "2000", "many", "1.5"])("a buffer of %s MB is refused", async (size) => {
  refused(await wardtap(words("lo", "--buffer-mb", size)), /--buffer-mb .*1 to 1024/);
});

test.each([
  ["--interface", ["sniff", "--pipe", "x"]],
  ["--pipe", ["sniff", "--interface", "lo"]],
])("without %s it says what is missing", async (option, given) => {
  refused(await wardtap(given), new RegExp(`required option '${option}`));
});

test("an unknown means of capture is answered with the ones there are", async () => {
  refused(await wardtap(words("lo", "--source", "telepathy")), /cap, dumpcap, tcpdump/);
});

const canMake = namespacesAvailable();
describe.skipIf(!canMake)(`on a port of its own${canMake ? "" : " (skipped: needs root)"}`, () => {
  let port: LonelyPort;
  beforeAll(() => {
    port = new LonelyPort();
  });
  afterAll(() => port?.remove());
  const inside = () => ["ip", "netns", "exec", port.name];
  const nobody = [
    "setpriv",
    "--reuid",
    "65534",
    "--regid",
    "65534",
    "--clear-groups",
    "--inh-caps=-all",
    "--bounding-set=-all",
  ];

  test.each(["cap", "tcpdump"])("without the right to capture %s says which right is missing", async (source) => {
    refused(
      await wardtap(words(PORT, "--source", source), { before: [...inside(), ...nobody] }),
      /CAP_NET_RAW|permission|root/i,
    );
  });

  test("switched off it says how to switch it on", async () => {
    port.ip("link", "set", PORT, "down");
    try {
      refused(await wardtap(words(PORT), { before: inside() }), /is down.*ip link set wt-port up/);
    } finally {
      port.ip("link", "set", PORT, "up");
    }
  });

  test("without the native module it says what to install", async () => {
    const copy = withoutCap();
    refused(await runCopy(copy, words(PORT, "--source", "cap"), inside()), /native module cap.*libpcap-dev.*tcpdump/);
  });

  async function runCopy(cli: string, given: string[], before: string[]): Promise<Finished> {
    // The command is the same but for where it lies.
    const finished = await wardtap(given, {
      before: [...before, "sh", "-c", `shift; shift; exec "${process.execPath}" "${cli}" "$@"`, "sh"],
    });
    return finished;
  }
});

/** The built product beside a cap that was never compiled, as where libpcap's headers are missing. */
function withoutCap(): string {
  const home = join(folder, "without-cap");
  cpSync(dirname(dirname(builtPath("agent/cli.js"))), join(home, "dist"), { recursive: true });
  cpSync(join(repositoryRoot(), "package.json"), join(home, "package.json"));
  mkdirSync(join(home, "node_modules"));
  for (const name of readdirSync(join(repositoryRoot(), "node_modules"))) {
    if (name !== "cap") symlinkSync(join(repositoryRoot(), "node_modules", name), join(home, "node_modules", name));
  }
  const cap = join(repositoryRoot(), "node_modules/cap");
  cpSync(cap, join(home, "node_modules/cap"), {
    recursive: true,
    dereference: true,
    filter: (path) => !relative(cap, path).startsWith("build"),
  });
  return join(home, "dist/agent/cli.js");
}
