/** Types of system-packages.mjs, for the tests and scripts written in TypeScript. */
type Group = "install" | "demo" | "test";
export interface Need {
  package: string;
  commands?: string[];
  files?: string[];
  why: string;
}
export const NEEDS: Record<Group, Need[]>;
export function missing(group: Group, where?: { path?: string; root?: string }): string[];
export function installCommand(packages: string[]): string;
export function installMissing(group: Group, log?: (line: string) => void): { installed: string[]; missing: string[] };
