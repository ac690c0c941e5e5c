/** `wardtap agent`: the process that remembers, judges, shows and sends; started by systemd or by `wardtap run`. */
import { join } from "node:path";
import type { Command } from "commander";
import { pino } from "pino";
import { Agent } from "../agent.ts";
import { heardTimeServer } from "../clock-state.ts";
import { type Config, DEFAULT_CONFIG_PATH } from "../config.ts";
import { readConfig } from "../config-file.ts";
import { controlPath } from "../control/messages.ts";
import { openControl } from "../control/server.ts";
import { LedgerError } from "../ledger/error.ts";
import { type Ledger, openLedger } from "../ledger/ledger.ts";
import { openLights } from "../lights.ts";
import { readMudFolder } from "../mud-folder.ts";
import { openPipe, type PipeReader } from "../pipe/reader.ts";
import { withoutPersonalNames } from "../uplink/personal.ts";
import { createUplink, type Uplink } from "../uplink/uplink.ts";
import { VERSION } from "../version.ts";
import { CommandError, EXIT } from "./output.ts";

const TICK_MS = 250;

export const pipePath = (config: Config, port: string): string =>
  join(config.capture.pipeDirectory, `observations-${port}`);

export function addAgentCommand(program: Command): void {
  program
    .command("agent")
    .description("keep the ledger from what sniffers tell; show lights; send to the console (needs no right at all)")
    .option("--config <file>", "configuration file", DEFAULT_CONFIG_PATH)
    .action(async ({ config }: { config: string }) => runAgent(readConfig(config)));
}

async function runAgent(config: Config): Promise<void> {
  if (config.capture.interfaces.length === 0) {
    throw new CommandError(
      "No mirror port is configured: set interfaces under [capture] in the configuration.",
      EXIT.usage,
    );
  }
  const log = pino({ base: null }, pino.destination({ fd: 2, sync: true }));
  const clock = () => Date.now() * 1000;
  const ledger = open(config, clock);
  if (ledger.repaired !== null) log.warn({}, ledger.repaired);
  const stopping = new AbortController();
  const lights = await openLights(config.lights, log, () => stopping.abort());
  let uplink: Uplink | undefined;
  const { accepted, problems } = readMudFolder(config.behaviour.mudPath);
  for (const problem of problems) log.warn({}, problem);
  const onCommit = () => uplink?.notify();
  const agent = new Agent({ config, ledger, lights, log, clock, heardTimeServer, accepted, onCommit });
  uplink = createUplink({
    url: config.uplink.url ?? null,
    hello: () => ({ tapId: tapId(config, ledger), name: config.tap.name, version: VERSION }),
    ledger: config.identity.sharePersonalNames ? ledger : withoutPersonalNames(ledger),
    summary: () => agent.summary(),
    locate: () => agent.locate(),
    work: (asked) => agent.work(asked),
    onState: (state, reason) => {
      agent.uplinkIs(state);
      log.info({ state, reason }, "uplink");
    },
    log,
  });
  const pipes: PipeReader[] = config.capture.interfaces.map((port) =>
    plainly(() => openPipe(pipePath(config, port), (observation) => agent.take(observation))),
  );
  const control = await openControl(
    controlPath(config.ledger.path),
    (request, values) => (request === "finding" ? agent.work(values) : { ok: false, message: "not supported" }),
    log,
  );
  uplink.start();
  const timer = setInterval(() => agent.tick(), TICK_MS);
  log.info({ version: VERSION, ports: config.capture.interfaces }, "agent started");

  await new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
    stopping.signal.addEventListener("abort", () => resolve());
  });
  clearInterval(timer);
  for (const pipe of pipes) pipe.close();
  await control?.close();
  agent.stop();
  await uplink.stop();
  ledger.close();
  await lights.close();
  log.info({}, "agent stopped");
}

function open(config: Config, clock: () => number): Ledger {
  try {
    return openLedger(config.ledger.path, { clock });
  } catch (error) {
    if (error instanceof LedgerError) throw new CommandError(error.message);
    throw error;
  }
}

/** What can't be made or opened is said as it is; there is no bug to report. */
function plainly<T>(open: () => T): T {
  try {
    return open();
  } catch (error) {
    throw new CommandError((error as Error).message);
  }
}

/** Without an id of its own a tap is named after its ledger, which no other tap has. */
const tapId = (config: Config, ledger: Ledger) => config.tap.id ?? `tap-${ledger.ledgerId.slice(0, 12)}`;
