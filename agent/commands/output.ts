/** What commands share: exit codes, messages on stderr, colour only where a person reads. */

/** 0 all well; 1 something went wrong while working; 2 wrong usage or unusable input; 3 input broke part-way. */
export const EXIT = { ok: 0, failed: 1, usage: 2, truncated: 3 } as const;

/** A refusal with the sentence that people see and the exit code that programs see. */
export class CommandError extends Error {
  override name = "CommandError";
  readonly exitCode: number;
  constructor(message: string, exitCode: number = EXIT.failed) {
    super(message);
    this.exitCode = exitCode;
  }
}

export const isColoured = (stream: NodeJS.WriteStream): boolean =>
  stream.isTTY === true && process.env["NO_COLOR"] === undefined && process.env["TERM"] !== "dumb";

/** Writes all of it before resolving; a reader that went away (`| head`) ends the command quietly. */
export function writeOut(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(text, (error) => {
      if (error === null || error === undefined) resolve();
      else if ((error as NodeJS.ErrnoException).code === "EPIPE") process.exit(EXIT.ok);
      else reject(error);
    });
  });
}
