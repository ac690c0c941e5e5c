/** The whole road for the page's tests: a tap's real ledger and uplink, the real console with its store, the built page. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "vite";
import type { Finding } from "../../../agent/findings/finding.ts";
import { act, readAsked } from "../../../agent/findings/work/act.ts";
import { begun } from "../../../agent/findings/work/sight.ts";
import type { WorkedFinding } from "../../../agent/findings/work/worked.ts";
import type { Device } from "../../../agent/identify/device.ts";
import { findingChange } from "../../../agent/ledger/finding-rows.ts";
import { openLedger } from "../../../agent/ledger/ledger.ts";
import { deviceChanges } from "../../../agent/ledger/presenter.ts";
import type { Summary } from "../../../agent/uplink/messages.ts";
import { createUplink, type Uplink } from "../../../agent/uplink/uplink.ts";
import { createLocalBus } from "../../../console/bus.ts";
import { buildConsole, type ConsoleServer } from "../../../console/server.ts";
import { openStore } from "../../../console/store/worker-store.ts";
import { builtPath, repositoryRoot } from "../../support/built.ts";

const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined };
const nowMicros = () => Date.now() * 1000;

async function buildPage(outDir: string): Promise<void> {
  const root = join(repositoryRoot(), "console", "page");
  await build({ root, configFile: join(root, "vite.config.ts"), logLevel: "silent", build: { outDir } });
}

export async function openRoad() {
  const folder = mkdtempSync(join(tmpdir(), "wardtap-page-"));
  const pageFolder = join(folder, "page");
  await buildPage(pageFolder);
  const worker = pathToFileURL(builtPath("console/store/worker.js"));
  const store = await openStore({ folder: join(folder, "store"), worker });
  const ledger = openLedger(join(folder, "tap", "ledger.db"), { clock: nowMicros });
  const lights: Summary["lights"] = { health: "slow", mirror: "fast", uplink: "solid", alert: "off" };
  let server: ConsoleServer | undefined;
  let uplink: Uplink | undefined;
  let port = 0;
  /** What the console asked to be done with findings. */
  const asked: Record<string, unknown>[] = [];
  const held = new Map<string, WorkedFinding>();

  function keep(finding: WorkedFinding): void {
    held.set(finding.id, finding);
    ledger.write([findingChange(finding)]);
    uplink?.notify();
  }
  /** As the tap does it, with its own rules. */
  function work(values: Record<string, unknown>): { ok: boolean; message: string } {
    asked.push(values);
    const read = readAsked(values);
    const finding = "asked" in read ? held.get(read.asked.findingId) : undefined;
    if ("problem" in read || !finding) return { ok: false, message: "It can't be done." };
    const done = act(finding, read.asked, nowMicros());
    if ("problem" in done) return { ok: false, message: done.problem };
    keep(done.next);
    return { ok: true, message: done.message };
  }

  const summary = (): Summary => ({
    type: "summary",
    at: new Date().toISOString(),
    lights,
    devices: ledger.count("device"),
    openFindings: ledger.count("finding"),
    framesPerSecond: 1234,
    bytesPerSecond: 500_000,
    framesLost: 7,
    observationsLost: 0,
    backlog: ledger.backlog(),
    interfaces: ["eth1"],
    active: [],
  });

  return {
    lights,
    asked,
    address: () => `http://127.0.0.1:${port}/`,
    /** The first time on a free port, then on the same one: as a console that is started again. */
    async startConsole() {
      server = await buildConsole({ store, bus: createLocalBus(), log: SILENT, version: "0.1.0-test", pageFolder });
      port = await server.listen({ host: "127.0.0.1", port });
    },
    async stopConsole() {
      await server?.close();
      server = undefined;
    },
    startTap() {
      uplink = createUplink({
        url: `ws://127.0.0.1:${port}/uplink`,
        hello: () => ({ tapId: "ward-7", name: "Ward 7", version: "0.1.0-test" }),
        ledger,
        summary,
        work,
        times: { summaryMs: 200, minRetryMs: 200, maxRetryMs: 400 },
      });
      uplink.start();
    },
    hear(...devices: Device[]) {
      ledger.write(devices.flatMap((device) => deviceChanges(device, ledger)));
      uplink?.notify();
    },
    find(finding: Finding) {
      keep(begun({ ...finding, key: "", marks: [] }, nowMicros()));
    },
    async stopTap() {
      await uplink?.stop();
      uplink = undefined;
    },
    async close() {
      await uplink?.stop();
      await server?.close();
      await store.close();
      ledger.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A device as the tap's identify room would hand it over, heard just now; a higher number is the newer one. */
export function heard(number: number, change: Partial<Device> = {}): Device {
  const at = nowMicros() + number;
  return {
    id: `dev-${number}`,
    aliases: [],
    macs: [`00:03:b1:00:00:${number.toString(16).padStart(2, "0")}`],
    ips: [`10.0.0.${number}`],
    vlans: [20],
    names: [`ICU-PUMP-${number}`],
    class: "infusion-pump",
    medical: true,
    criticality: "life-sustaining",
    maker: "Hospira",
    model: "Plum A+",
    version: null,
    serial: null,
    os: null,
    confidence: 0.93,
    roles: [],
    randomisedMac: false,
    reportedBy: null,
    firstSeenAt: at,
    lastSeenAt: at,
    frames: 10,
    bytes: 1000,
    services: [],
    peers: [],
    evidence: [],
    claims: [{ field: "maker", value: "Hospira", because: ["oui-hospira"], confidence: 0.9 }],
    contradictions: [],
    ...change,
  };
}

export function found(deviceId: string, change: Partial<Finding> = {}): Finding {
  const at = nowMicros();
  return {
    id: "fnd-1",
    rule: "cleartext-login",
    severity: "high",
    certainty: "confirmed",
    state: "open",
    about: "device",
    deviceId,
    relatedDeviceIds: [],
    title: "A login went in clear",
    why: "A telnet login was seen.",
    advice: "Switch telnet off.",
    vulnerabilities: [],
    evidence: [],
    firstSeenAt: at,
    lastSeenAt: at,
    ...change,
  };
}
