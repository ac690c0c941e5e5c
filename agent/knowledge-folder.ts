/** The agent's knowledge of vulnerabilities: read at start, and again when the folder of imported ones has changed. */
import type { AdvisoryIndex } from "./knowledge/advisories/advisory-index.ts";
import { folderState, readFolder } from "./knowledge/advisories/folder.ts";
import { knowledgeWith } from "./knowledge/advisories/loaded.ts";

/** The folder is looked at no more often than this. */
const LOOK_EVERY_MICROS = 60 * 1_000_000;

export class KnowledgeFolder {
  readonly #path: string;
  readonly #warn: (fields: object, message: string) => void;
  #state = "";
  #lookedAt = Number.NEGATIVE_INFINITY;
  #advisories: AdvisoryIndex | undefined;

  constructor(path: string, warn: (fields: object, message: string) => void) {
    this.#path = path;
    this.#warn = warn;
  }

  /** `now` in microseconds. A file that can't be used is told in the log, and the others are. */
  advisories(now: number): AdvisoryIndex {
    const elapsed = now - this.#lookedAt;
    // A clock that was set back must not make it wait.
    if (this.#advisories !== undefined && elapsed >= 0 && elapsed < LOOK_EVERY_MICROS) return this.#advisories;
    this.#lookedAt = now;
    const state = folderState(this.#path);
    if (this.#advisories !== undefined && state === this.#state) return this.#advisories;
    this.#state = state;
    const imported = readFolder(this.#path);
    for (const { file, problem } of imported.problems) this.#warn({ file }, `imported knowledge: the file ${problem}`);
    this.#advisories = knowledgeWith(imported);
    return this.#advisories;
  }
}
