/** `wardtap-console affected CVE|ADVISORY`: asks the running console, else its data, which of our devices are concerned. */
import type { AffectedPage } from "./api/shapes-detail.ts";
import { classWords } from "./class-words.ts";
import { plainText } from "./plain-text.ts";
import { openStore } from "./store/worker-store.ts";

const EXIT_TROUBLE = 1;
/** Nothing known has this id. */
const EXIT_UNKNOWN = 4;
const DEVICES_A_PAGE = 200;

export interface AffectedOptions {
  what: string;
  json: boolean;
  host: string;
  port: number;
  data: string;
  knowledge: string;
}
type Asked = (from: number) => Promise<AffectedPage | null>;

/** Prints the answer; gives the exit code. */
export async function tellAffected(options: AffectedOptions): Promise<number> {
  try {
    const running = await askRunning(options);
    const found = running === undefined ? await askStore(options) : running;
    if (!found) {
      process.stderr.write(
        `No advisory that the console knows is called ${plainText(options.what, 100)} or names it.\n`,
      );
      return EXIT_UNKNOWN;
    }
    await print(options.json ? `${JSON.stringify(found, null, 2)}\n` : affectedText(found));
    return 0;
  } catch (error) {
    process.stderr.write(`The console can't tell: ${error instanceof Error ? error.message : String(error)}\n`);
    return EXIT_TROUBLE;
  }
}

/** undefined when no console listens there. */
async function askRunning({ what, host, port }: AffectedOptions): Promise<AffectedPage | null | undefined> {
  const base = `http://${host.includes(":") ? `[${host}]` : host}:${port}/api/advisories/${encodeURIComponent(what)}`;
  return allPages(async (from) => {
    const answer = await fetch(`${base}?from=${from}&limit=${DEVICES_A_PAGE}`);
    if (answer.status === 404) return null;
    if (!answer.ok) throw new Error(`it answers ${answer.status}`);
    return (await answer.json()) as AffectedPage;
  }).catch((error: unknown) => {
    // Nobody listens: its data is free to be read.
    if (error instanceof TypeError) return undefined;
    throw error;
  });
}

async function askStore({ what, data, knowledge }: AffectedOptions): Promise<AffectedPage | null> {
  const store = await openStore({ folder: data, knowledgeFolder: knowledge });
  try {
    return await allPages((from) => store.whichDevicesAreAffected({ what, from, limit: DEVICES_A_PAGE }));
  } finally {
    await store.close();
  }
}

async function allPages(ask: Asked): Promise<AffectedPage | null> {
  const first = await ask(0);
  if (!first) return null;
  const devices = [...first.devices];
  while (devices.length < first.total) {
    const next = await ask(devices.length);
    if (!next || next.devices.length === 0) break;
    devices.push(...next.devices);
  }
  return { ...first, devices };
}

const VERDICT: Readonly<Record<string, string>> = {
  confirmed: "affected",
  likely: "likely affected",
  possible: "possibly affected",
  "not-affected": "not affected",
};

function affectedText({ what, advisories, affected, devices }: AffectedPage): string {
  const named = advisories.map(({ id, title }) => `${plainText(id, 100)}: ${plainText(title)}`);
  const { confirmed, likely, possible, notAffected } = affected;
  const lines = devices.map(({ device, maker, model, version, verdict, why }) => {
    const product = [maker, model, version].filter(Boolean).join(" ");
    const kind = device.class === "unknown" ? "device" : classWords(device.class);
    const parts = [VERDICT[verdict] ?? verdict, device.name, kind, product, why, device.registerId ?? ""];
    return parts.map((part) => plainText(part)).join("  ");
  });
  return [
    `${plainText(what, 100)}: ${confirmed} affected, ${likely} likely, ${possible} possibly, ${notAffected} not affected`,
    ...named,
    "",
    ...(lines.length === 0 ? ["None of our devices."] : lines),
    "",
  ].join("\n");
}

const print = (text: string) => new Promise<void>((resolve) => process.stdout.write(text, () => resolve()));
