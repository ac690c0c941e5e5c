/** Whether a secret seen on the wire is one that everybody knows: compared by keyed hash, and forgotten. */
import { createHmac, randomBytes } from "node:crypto";

/** Documented defaults by kind. RFC 1157 and RFC 3584 examples, and makers' manuals, name these communities; Cisco's names HSRP's. */
const DOCUMENTED: Record<SecretKind, readonly string[]> = {
  "snmp-community": ["public", "private"],
  "hsrp-authentication": ["cisco"],
};

export type SecretKind = "snmp-community" | "hsrp-authentication";

/** New for every process: a hash that leaked would tell nothing. */
const KEY = randomBytes(32);

const hashes = new Map<SecretKind, Set<string>>();
const lengths = new Map<SecretKind, Set<number>>();

/** Adds documented defaults to those known, for lists kept as knowledge. */
export function learnDefaults(kind: SecretKind, secrets: readonly string[]): void {
  const known = hashes.get(kind) ?? new Set();
  const lengthsKnown = lengths.get(kind) ?? new Set();
  for (const secret of secrets) {
    known.add(hash(kind, Buffer.from(secret)));
    lengthsKnown.add(Buffer.byteLength(secret));
  }
  hashes.set(kind, known);
  lengths.set(kind, lengthsKnown);
}

/** "default" for a documented one, else "other". Nothing of `secret` is kept. */
export function judgeSecret(kind: SecretKind, secret: Buffer): "default" | "other" {
  // Most secrets are told apart by their length alone, without the cost of a hash.
  if (lengths.get(kind)?.has(secret.length) !== true) return "other";
  return hashes.get(kind)?.has(hash(kind, secret)) === true ? "default" : "other";
}

const hash = (kind: SecretKind, secret: Buffer): string =>
  createHmac("sha256", KEY).update(kind).update("\0").update(secret).digest("base64");

for (const [kind, secrets] of Object.entries(DOCUMENTED)) learnDefaults(kind as SecretKind, secrets);
