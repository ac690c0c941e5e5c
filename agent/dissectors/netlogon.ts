/** A domain controller's answer to a netlogon ping: its name, domain, forest and site. [MS-ADTS] 6.3.1.9. */
import type { Evidence } from "./dissector.ts";
import { nameEnd, readName } from "./dns-message.ts";
import { keepName } from "./self-given.ts";

/** LOGON_SAM_LOGON_RESPONSE_EX, and the same for a user it doesn't know. */
const RESPONSE_EX = [23, 25];
const NAMES_AT = 24;
/** DS_FLAG bits (6.3.1.2) that say what the controller does. */
const FLAGS: readonly (readonly [bit: number, name: string])[] = [
  [0x0001, "pdc"],
  [0x0004, "global-catalogue"],
  [0x0008, "ldap"],
  [0x0010, "ds"],
  [0x0020, "kdc"],
  [0x0040, "time"],
  [0x0100, "writable"],
];
/** Names in order. The sixth is the user asked about: it is stepped over. */
const NAMES = [
  "mscldap.forest",
  "mscldap.domain",
  "mscldap.hostname",
  "mscldap.nb_domain",
  "mscldap.nb_hostname",
  undefined,
  "mscldap.sitename",
] as const;

/** Evidence about the controller (the sender); undefined when this is another kind of answer. */
export function readNetlogon(answer: Buffer): Evidence[] | undefined {
  if (answer.length <= NAMES_AT || !RESPONSE_EX.includes(answer.readUInt16LE(0))) return undefined;
  const flags = answer.readUInt32LE(4);
  const roles = FLAGS.filter(([bit]) => (flags & bit) !== 0).map(([, name]) => name);
  const found: Evidence[] = [{ about: "sender", attribute: "wardtap.role", value: "domain-controller" }];
  if (roles.length > 0) found.push({ about: "sender", attribute: "mscldap.netlogon.flags", value: roles.join(",") });
  let at = NAMES_AT;
  for (const attribute of NAMES) {
    const end = nameEnd(answer, at);
    if (end < 0) break;
    if (attribute !== undefined) {
      const name = keepName((readName(answer, at) ?? []).join("."));
      if (name !== undefined) found.push({ about: "sender", attribute, value: name });
    }
    at = end;
  }
  return found;
}
