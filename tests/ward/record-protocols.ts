/** Records the protocol day into tests/captures: one capture per scene, with labels and README entries. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { programPath } from "./hosts/programs.ts";
import { mergeLabels, sceneLabels } from "./labels.ts";
import { readFrames, recordMirror } from "./mirror-capture.ts";
import { protocolDayOptions, runProtocolDay, scenes } from "./protocol-day.ts";
import { checkNothingOfThisMachine } from "./record.ts";
import { protocolReadme, replaceSection } from "./record-readme.ts";
import type { Scene } from "./scenes/scene.ts";
import { runAsHost } from "./shell.ts";
import { buildWard } from "./ward.ts";

const LIFETIME_SECONDS = 240;
const MAX_SCENE_BYTES = 300_000;
const MAX_DAY_BYTES = 2_000_000;

/** tcpdump filter for what a scene's hosts send. */
const framesOf = ({ cast }: Scene) => cast.map(({ host }) => `ether src ${host.mac}`).join(" or ");

/** Records some scenes (all when none is named) into a folder; the others' captures and labels stay as they are. */
export async function recordProtocols(folder: string, files: readonly string[] = []): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const only = files.length === 0 ? scenes : scenes.filter(({ file }) => files.includes(file));
  const work = mkdtempSync(join(tmpdir(), "wardtap-record-"));
  const ward = await buildWard({ ...protocolDayOptions, lifetimeSeconds: LIFETIME_SECONDS });
  try {
    const raw = join(work, "day.pcap");
    const capture = await recordMirror(ward, raw, LIFETIME_SECONDS);
    await runProtocolDay(ward, {
      only,
      onScene: ({ file }, seconds) => console.error(`${file}: ${seconds.toFixed(1)} s`),
    });
    await capture.stop();
    const counters = await ward.mirrorCounters();
    if (counters.sent !== 0) throw new Error(`the mirror port sent ${counters.sent} frames`);
    if (counters.received !== readFrames(raw).length) throw new Error("the recording lost frames");
    checkNothingOfThisMachine(raw, MAX_DAY_BYTES);
    for (const scene of only) {
      const cut = join(work, scene.file);
      await runAsHost("tcpdump", ["-r", raw, "-Z", "root", "-w", cut, framesOf(scene)]);
      if (statSync(cut).size > MAX_SCENE_BYTES) throw new Error(`${scene.file} has ${statSync(cut).size} bytes`);
      writeFileSync(join(folder, scene.file), readFileSync(cut));
    }
    mergeLabels(
      folder,
      only.map((scene) => [scene.file, sceneLabels(readFrames(join(folder, scene.file)), scene)]),
    );
    replaceSection(folder, await protocolReadme(scenes, folder));
  } finally {
    await ward.close();
    rmSync(work, { recursive: true, force: true });
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const captures = join(dirname(dirname(dirname(programPath("web-server.mjs")))), "captures");
  const { KEEP_IN, ONLY } = process.env;
  await recordProtocols(KEEP_IN ?? captures, ONLY?.split(",").filter(Boolean));
}
