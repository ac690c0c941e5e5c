/** The ward itself: real programs talk, the mirror hears each frame once and stays silent, nothing is left behind. */
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { missing } from "../../scripts/system-packages.mjs";
import { checkHosts } from "./build-script.ts";
import { type RecordedFrame, readFrames, recordMirror, repeatedFrames } from "./mirror-capture.ts";
import { forbiddenText, runWardDay, wardDayOptions, wardDevices } from "./script.ts";
import { leftovers } from "./support.ts";
import { buildWard, type Ward } from "./ward.ts";

const DAY_SECONDS = 12;
/** Two copies of a frame made by one flood lie microseconds apart; a real retransmission takes 200 ms. */
const COPY_WINDOW_US = 5_000;

const packages = () => [...missing("demo"), ...missing("test").filter((name) => name === "tshark")].join(", ");
const lacking = process.platform !== "linux" ? "Linux" : process.getuid?.() !== 0 ? "root" : packages();
const canRun = lacking === "" || process.env.CI === "true";

describe.skipIf(!canRun)(`a ward in network namespaces${canRun ? "" : ` (skipped: needs ${lacking})`}`, () => {
  let frames: RecordedFrame[] = [];
  let ward: Ward;
  let folder: string;
  let file: string;
  let counters: { sent: number; received: number };

  beforeAll(async () => {
    if (lacking) throw new Error(`the ward needs ${lacking}`);
    folder = mkdtempSync(join(tmpdir(), "wardtap-test-"));
    file = join(folder, "ward.pcap");
    ward = await buildWard({ ...wardDayOptions, lifetimeSeconds: 120 });
    const capture = await recordMirror(ward, file, 100);
    await runWardDay(ward, { seconds: DAY_SECONDS });
    await capture.stop();
    counters = await ward.mirrorCounters();
    await ward.close();
    frames = readFrames(file);
  });

  afterAll(async () => {
    await ward?.close();
    if (folder) rmSync(folder, { recursive: true, force: true });
  });

  const macs = () => new Set(frames.map(({ bytes }) => bytes.toString("hex", 6, 12).replace(/..(?=.)/g, "$&:")));
  const count = (filter: string) =>
    execFileSync("tshark", ["-n", "-r", file, "-Y", filter, "-T", "fields", "-e", "frame.number"], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    })
      .split("\n")
      .filter(Boolean).length;

  test("the mirror port sends nothing", () => {
    expect(counters.received).toBeGreaterThan(0);
    expect(counters.sent).toBe(0);
  });

  test("the mirror port hears each frame once", () => {
    expect(frames.length).toBeGreaterThan(300);
    expect(repeatedFrames(frames, COPY_WINDOW_US)).toEqual([]);
  });

  test("every frame the bridge forwarded is in the recording", () => {
    expect(frames.length).toBe(counters.received);
  });

  test("no frame is larger than the wire carries", () => {
    expect(Math.max(...frames.map(({ bytes }) => bytes.length))).toBeLessThanOrEqual(1514);
  });

  test("every host on the bridge is heard under its own MAC, and those behind the router are not", () => {
    const heard = macs();
    for (const { host } of wardDevices) expect([host.name, heard.has(host.mac)]).toEqual([host.name, !host.behind]);
  });

  test("nobody else is heard", () => {
    expect([...macs()].filter((mac) => !wardDevices.some(({ host }) => host.mac === mac))).toEqual([]);
  });

  test.each([
    ["dnsmasq gives udhcpc an address", "dhcp.option.dhcp == 5"],
    ["dnsmasq answers names", "dns.flags.response == 1 && udp.srcport == 53"],
    ["curl fetches a page from a web server behind the router", "http.response.code == 200 && ip.src == 10.20.50.10"],
    ["curl fetches a page from outside", "http.response.code == 200 && ip.src == 203.0.113.80"],
    ["curl fetches a file by TFTP", "tftp.opcode == 3"],
    ["lldpd announces the switch", 'lldp.tlv.system.name == "WARD7-SW-01"'],
    ["lldpd announces the phone's inventory", 'lldp.media.sn == "WZP20070799"'],
    ["avahi announces the printer", 'mdns && dns.txt contains "LaserJet"'],
    ["storescp accepts echoscu and storescu", "dicom.pdu.type == 2"],
    ["the pump's message names its device", 'hl7 && tcp contains "10887709012344"'],
    ["the engine acknowledges", 'tcp.srcport == 2575 && tcp contains "MSA|AA|"'],
    ["a message goes over several segments", "tcp.dstport == 2575 && tcp.len == 1448"],
  ])("%s", (_claim, filter) => {
    expect(count(filter)).toBeGreaterThan(0);
  });

  test("checksums are filled in, as on a real wire", () => {
    const bad = "ip.checksum.status == 0 || tcp.checksum.status == 0 || udp.checksum.status == 0";
    const checked = ["-o", "ip.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE"];
    const found = execFileSync("tshark", ["-n", "-r", file, ...checked, "-Y", bad], { encoding: "utf8" });
    expect(found).toBe("");
  });

  test("the made-up patient really is on the wire", () => {
    const wire = Buffer.concat(frames.map(({ bytes }) => bytes)).toString("latin1");
    expect(forbiddenText.filter((text) => !wire.includes(text))).toEqual([]);
  });

  test("this machine's own host name is not", () => {
    const own = readFileSync("/proc/sys/kernel/hostname", "utf8").trim();
    const wire = Buffer.concat(frames.map(({ bytes }) => bytes)).toString("latin1");
    expect(own.length > 3 && wire.includes(own)).toBe(false);
  });

  test("after it closed no namespace, process or file is left", () => {
    expect(leftovers(`wt-${process.pid}`)).toEqual([]);
  });

  test("a ward whose maker is killed clears itself away", async () => {
    const pid = await buildInAProcessAndKillIt(join(folder, "maker"));
    await expect.poll(() => leftovers(`wt-${pid}`), { timeout: 10_000 }).toEqual([]);
  });

  test("a ward whose reaper is gone too is cleared away by the next one", async () => {
    const dead = execFileSync("sh", ["-c", "echo $$"], { encoding: "utf8" }).trim();
    execFileSync("ip", ["netns", "add", `wt-${dead}-br`]);
    const next = await buildWard({ hosts: [] });
    await next.close();
    expect(leftovers(`wt-${dead}`)).toEqual([]);
  });
});

describe("the list of hosts", () => {
  const host = { name: "a", mac: "02:00:00:00:00:0a" };

  test("is refused when a name or address could reach the shell", () => {
    expect(() => checkHosts([{ ...host, name: "a;reboot" }])).toThrow(/host name/);
    expect(() => checkHosts([{ ...host, mac: "$(reboot)" }])).toThrow(/no MAC/);
    expect(() => checkHosts([{ ...host, address: "1.2.3.4/24; reboot" }])).toThrow(/no IPv4/);
  });

  test("is refused when two hosts share a name or a MAC, or there are too many", () => {
    expect(() => checkHosts([host, host])).toThrow(/host name .* taken/);
    expect(() => checkHosts([host, { ...host, name: "b" }])).toThrow(/MAC .* taken/);
    expect(() => checkHosts(Array.from({ length: 161 }, (_, index) => ({ ...host, name: `h${index}` })))).toThrow(
      /160/,
    );
  });
});

/** Builds a ward with a server in it from another process, kills that process without warning, and gives its id. */
async function buildInAProcessAndKillIt(into: string): Promise<number> {
  const root = fileURLToPath(new URL("../..", import.meta.url));
  mkdirSync(into);
  writeFileSync(join(into, "package.json"), '{ "type": "module" }');
  const compilerOptions = {
    rootDir: root,
    outDir: into,
    noCheck: true,
    typeRoots: [join(root, "node_modules/@types")],
  };
  const project = {
    extends: join(root, "tsconfig.json"),
    compilerOptions,
    include: [],
    files: [join(root, "tests/ward/ward.ts")],
  };
  writeFileSync(join(into, "tsconfig.json"), JSON.stringify(project));
  execFileSync(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", into]);
  writeFileSync(
    join(into, "maker.js"),
    `import { buildWard } from "./tests/ward/ward.js";
     const ward = await buildWard({ hosts: [{ name: "a", mac: "02:00:00:00:00:0a" }] });
     ward.spawn("a", "sleep", ["60"]);
     console.log("built");
     setInterval(() => {}, 1000);`,
  );
  const maker = spawn(process.execPath, [join(into, "maker.js")], { stdio: ["ignore", "pipe", "inherit"] });
  await new Promise((resolve) => maker.stdout.once("data", resolve));
  expect(leftovers(`wt-${maker.pid}`)).not.toEqual([]);
  maker.kill("SIGKILL");
  return maker.pid ?? 0;
}
