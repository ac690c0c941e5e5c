/** A ledger with findings in it, and an agent of its own process over it that hears of no mirror port. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createConnection, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { begun } from "../../agent/findings/work/sight.ts";
import { findingChange } from "../../agent/ledger/finding-rows.ts";
import { openLedger } from "../../agent/ledger/ledger.ts";
import { rowKey } from "../../agent/ledger/rows.ts";
import { fresh } from "../findings/work/given.ts";
import { startWardtap } from "../support/wardtap.ts";

const clock = () => Date.now() * 1000;
export const FINDING = fresh().id;
/** What a command sends to have it resolved. */
export const RESOLVE = { findingId: FINDING, action: "resolve", by: "A. Nurse", reason: "switched off" };

export interface Place {
  folder: string;
  ledger: string;
  config: string;
  socket: string;
}

/** A folder that goes away with the test, with a configuration and, unless `bare`, a ledger of one open finding. */
export function place(bare = false): Place {
  const folder = mkdtempSync(join(tmpdir(), "wardtap-control-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const ledger = join(folder, "ledger.db");
  const config = join(folder, "wardtap.toml");
  const quoted = JSON.stringify;
  writeFileSync(
    config,
    `[capture]\ninterfaces = ["none0"]\npipeDirectory = ${quoted(folder)}\n[ledger]\npath = ${quoted(ledger)}\n[lights]\ndriver = "none"\n`,
  );
  if (!bare) {
    const writer = openLedger(ledger, { clock });
    writer.write([findingChange(begun(fresh(), clock()))]);
    writer.close();
  }
  return { folder, ledger, config, socket: `${ledger}.sock` };
}

export interface AgentProcess {
  said: () => string;
  /** Resolves when it is gone. */
  end: (signal?: NodeJS.Signals) => Promise<void>;
}

/** Resolves once it listens. */
export async function startAgent({ config }: Place): Promise<AgentProcess> {
  const child = startWardtap(["agent", "--config", config]);
  let said = "";
  const gone = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const end = (signal: NodeJS.Signals = "SIGTERM") => {
    child.kill(signal);
    return gone;
  };
  onTestFinished(() => end("SIGKILL"));
  await new Promise<void>((resolve, reject) => {
    child.stderr?.on("data", (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes("agent started")) resolve();
    });
    void gone.then(() => reject(new Error(`the agent ended: ${said}`)));
  });
  return { said: () => said, end };
}

/** State of the one finding, read beside whoever writes. */
export function stateIn({ ledger }: Place): unknown {
  const reader = openLedger(ledger, { readOnly: true, clock });
  try {
    return reader.get("finding", rowKey(FINDING))?.body.state;
  } finally {
    reader.close();
  }
}

/** A client that the test steers by hand; `heard` is all it was told. */
export function connect(path: string): { socket: Socket; heard: () => string; closed: Promise<void> } {
  const socket = createConnection({ path, allowHalfOpen: true });
  let text = "";
  socket.setEncoding("utf8");
  socket.on("data", (chunk: string) => {
    text += chunk;
  });
  socket.on("error", () => undefined);
  const closed = new Promise<void>((resolve) => {
    socket.once("close", () => resolve());
    socket.once("end", () => resolve());
  });
  onTestFinished(() => {
    socket.destroy();
  });
  return { socket, heard: () => text, closed };
}
