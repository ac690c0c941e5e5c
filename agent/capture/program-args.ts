/** How the capture programs are found and called, and how to read what they say about loss. tcpdump(1), dumpcap(1). */
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

export const PROGRAMS = ["dumpcap", "tcpdump"] as const;
export type Program = (typeof PROGRAMS)[number];

/** PATH, and where capture programs live: an ordinary user's PATH lacks sbin. */
const searchFolders = (): string[] => [
  ...(process.env.PATH ?? "").split(delimiter),
  ...["/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin", "/sbin", "/bin"],
];

/** The program's path; undefined when it isn't installed. Relative folders are passed over. */
export const findProgram = (program: Program, folders: readonly string[] = searchFolders()): string | undefined =>
  folders
    .filter((folder) => folder.startsWith("/"))
    .map((folder) => join(folder, program))
    .find(isExecutable);

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

export interface ProgramSettings {
  interface: string;
  snapLength: number;
  bufferBytes: number;
}

/** Both stay in promiscuous mode, which a mirror port needs, set no filter, and write records as frames come. */
export const programArguments = (
  program: Program,
  { interface: name, snapLength, bufferBytes }: ProgramSettings,
): string[] =>
  program === "tcpdump"
    ? ["-i", name, "-n", "-U", "-s", `${snapLength}`, "-B", `${Math.ceil(bufferBytes / 1024)}`, "-w", "-"]
    : ["-i", name, "-q", "-P", "-s", `${snapLength}`, "-B", `${Math.ceil(bufferBytes / 1_048_576)}`, "-w", "-"];

/** Frames lost by the kernel as the program last told; null when it has not. */
export const readDropped = (program: Program, words: string): number | null => {
  const pattern =
    program === "tcpdump" ? /(\d+) packets? dropped by kernel/g : /received\/dropped on interface .*: \d+\/(\d+)/g;
  const last = [...words.matchAll(pattern)].at(-1)?.[1];
  return last === undefined ? null : Number(last);
};

/** The line that tells why it ended, among greetings and statistics. */
export const lastWords = (words: string): string => {
  const lines = words.split("\n").map((line) => line.trim());
  const telling = lines.filter(
    (line) =>
      line !== "" &&
      !/^(tcpdump: listening|Capturing on|File:|Packets |\d+ packets? |tcpdump: \d+ packets?|tcpdump: data link)/.test(
        line,
      ),
  );
  return telling.at(-1)?.replace(/\p{C}/gu, " ") ?? "";
};
