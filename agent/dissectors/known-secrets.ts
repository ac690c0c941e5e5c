/** Whether a secret seen on the wire is one that everybody knows: compared with public defaults, and forgotten. */

/** Documented defaults by kind. RFC 1157 and RFC 3584 examples, and makers' manuals, name these communities; Cisco's names HSRP's. */
const DOCUMENTED: Record<SecretKind, readonly string[]> = {
  "snmp-community": ["public", "private"],
  "hsrp-authentication": ["cisco"],
};

export type SecretKind = "snmp-community" | "hsrp-authentication";

const defaults = new Map<SecretKind, Buffer[]>();

/** Adds documented defaults to those known, for lists kept as knowledge. */
export function learnDefaults(kind: SecretKind, secrets: readonly string[]): void {
  const known = defaults.get(kind) ?? [];
  for (const secret of secrets) known.push(Buffer.from(secret));
  defaults.set(kind, known);
}

/** "default" for a documented one, else "other". Nothing of `secret` is kept. */
export function judgeSecret(kind: SecretKind, secret: Buffer): "default" | "other" {
  for (const known of defaults.get(kind) ?? []) if (known.equals(secret)) return "default";
  return "other";
}

for (const [kind, secrets] of Object.entries(DOCUMENTED)) learnDefaults(kind as SecretKind, secrets);
