/** Keeps a child process running: starts it again when it dies, waiting longer each time, and ends it in order. */
import { type ChildProcess, spawn } from "node:child_process";
import { EXIT } from "./commands/output.ts";

const MIN_RETRY_MS = 1000;
const MAX_RETRY_MS = 30_000;
/** A child that lived this long starts the waiting anew. */
const STABLE_MS = 60_000;
const KILL_AFTER_MS = 5000;

export class Supervised {
  /** Called when the child says that starting it again is of no use (exit code 2: wrong usage or unusable port). */
  onUnusable: (reason: string) => void = () => undefined;
  /** Called before the child is started again; when it throws, the child stays ended and the next try comes later. */
  beforeRestart: () => void = () => undefined;
  readonly #name: string;
  readonly #command: readonly string[];
  readonly #say: (line: string) => void;
  #child: ChildProcess | undefined;
  #retryMs = MIN_RETRY_MS;
  #startedAt = 0;
  #timer: NodeJS.Timeout | undefined;
  #stopping = false;
  #everRan = false;

  constructor(name: string, command: readonly string[], say: (line: string) => void) {
    this.#name = name;
    this.#command = command;
    this.#say = say;
  }

  start(): void {
    const [program, ...words] = this.#command as [string, ...string[]];
    this.#startedAt = Date.now();
    // A process group of its own: Ctrl-C reaches this supervisor alone, which then ends them in order.
    const child = spawn(program, words, { stdio: ["ignore", "inherit", "inherit"], detached: true });
    this.#child = child;
    child.once("error", (error) => this.onUnusable(`${this.#name} can't be started: ${error.message}`));
    child.once("exit", (code, signal) => this.#ended(code, signal));
  }

  /** Asks it to end, then ends it. */
  async stop(): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#timer);
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
    const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    child.kill("SIGTERM");
    const timer = setTimeout(() => child.kill("SIGKILL"), KILL_AFTER_MS);
    await ended;
    clearTimeout(timer);
  }

  #ended(code: number | null, signal: NodeJS.Signals | null): void {
    if (this.#stopping) return;
    const lived = Date.now() - this.#startedAt;
    if (lived >= STABLE_MS) this.#retryMs = MIN_RETRY_MS;
    if (code === EXIT.usage && !this.#everRan) {
      this.onUnusable(`${this.#name} can't work; see above.`);
      return;
    }
    this.#everRan ||= lived > MIN_RETRY_MS;
    this.#say(`${this.#name} ended (${signal ?? `exit code ${code}`}); starting it again in ${this.#retryMs / 1000} s`);
    this.#startLater();
  }

  #startLater(): void {
    this.#timer = setTimeout(() => this.#startAgain(), this.#retryMs);
    this.#retryMs = Math.min(MAX_RETRY_MS, this.#retryMs * 2);
  }

  #startAgain(): void {
    try {
      this.beforeRestart();
    } catch (error) {
      this.#say(`${(error as Error).message}; trying again in ${this.#retryMs / 1000} s`);
      this.#startLater();
      return;
    }
    this.start();
  }
}
