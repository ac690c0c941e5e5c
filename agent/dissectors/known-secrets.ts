/** Whether a secret seen on the wire is one that everybody knows: compared with public defaults, and forgotten. */
import { COMMUNITY, isFactoryLogin, nameDigest } from "./known-logins.ts";
import { hashOf } from "./print.ts";

export type SecretKind = "snmp-community" | "hsrp-authentication";

/** What the standards themselves and every manual name: RFC 1157 and RFC 3584 examples; Cisco's manuals for HSRP. */
const STANDARD: Record<SecretKind, readonly Buffer[]> = {
  "snmp-community": [Buffer.from("public"), Buffer.from("private")],
  "hsrp-authentication": [Buffer.from("cisco")],
};

/**
 * Verdicts on communities by a hash of 32 bits, from which nobody reads them: managers send the same few with every
 * question. Past the bound all are judged anew.
 */
const MAX_VERDICTS = 256;
const verdicts = new Map<number, boolean>();
const communities = nameDigest(COMMUNITY);

/** "default" for a documented one, else "other". Nothing of `secret` is kept. */
export function judgeSecret(kind: SecretKind, secret: Buffer): "default" | "other" {
  for (const known of STANDARD[kind]) if (known.equals(secret)) return "default";
  return kind === "snmp-community" && isMakers(secret) ? "default" : "other";
}

/** True for one that a maker documents for its own equipment; those are known by digests. */
function isMakers(community: Buffer): boolean {
  const hash = hashOf(community, 0, community.length);
  const before = verdicts.get(hash);
  if (before !== undefined) return before;
  const verdict = isFactoryLogin(communities, community.toString("latin1"));
  if (verdicts.size >= MAX_VERDICTS) verdicts.clear();
  verdicts.set(hash, verdict);
  return verdict;
}
