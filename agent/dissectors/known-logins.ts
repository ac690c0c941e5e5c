/** Whether a login seen on the wire is one that a maker documents for everybody: compared as keyed digests, and forgotten. */
import { createHmac } from "node:crypto";

/**
 * Public, as all of wardtap is: with it the knowledge is of use here and nowhere else, and no list to read logins from.
 * It can't stop somebody from trying logins that he has got already.
 */
const KEY = "wardtap factory login 1";
const DIGEST_BYTES = 12;
/** No documented login is longer; a longer one is no default. */
const MAX_LETTERS = 128;

/** Stands for the user where a community is all there is: in the table that the knowledge is made from, too. */
export const COMMUNITY = "(community)";

const known = new Set<string>();

/** Adds logins that makers document, as digests of `loginDigest`. For what is kept as knowledge. */
export function learnLogins(digests: Iterable<string>): void {
  for (const digest of digests) known.add(digest);
}

/** What stands for a user's name until the password comes, so that the name itself is kept nowhere. */
export const nameDigest = (user: string): Buffer => digestOf(Buffer.from(user.slice(0, MAX_LETTERS + 1), "latin1"));

/** A login as the knowledge holds it: 24 hex digits. Letters are Latin-1, as they are on the wire. */
export const loginDigest = (name: Buffer, password: string): string =>
  digestOf(Buffer.concat([name, Buffer.from(password, "latin1")])).toString("hex");

/** True for a documented login. `name` is `nameDigest` of the user; undefined: the name went by unheard. */
export const isFactoryLogin = (name: Buffer | undefined, password: string): boolean =>
  name !== undefined && password.length <= MAX_LETTERS && known.has(loginDigest(name, password));

const digestOf = (bytes: Buffer) => createHmac("sha256", KEY).update(bytes).digest().subarray(0, DIGEST_BYTES);
