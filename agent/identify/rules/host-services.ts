/** What a host serves by content: directories, databases, mail and shares suggest a server. */
import type { ClaimPart, IdentifyRule } from "../rule.ts";
import type { DeviceView } from "../view.ts";

/** Protocol served, how much it makes a server, and words. A file share or remote desktop says nothing: clients have them. */
const SERVED: readonly (readonly [protocol: string, weight: number, words: string])[] = [
  ["ldap", 60, "answers directory queries (LDAP)"],
  ["tns", 60, "serves an Oracle database"],
  ["mysql", 50, "serves a MySQL database"],
  ["pgsql", 50, "serves a PostgreSQL database"],
  ["tds", 45, "serves a Microsoft SQL database"],
  ["ica", 55, "serves desktops and programs by ICA"],
  ["imap", 55, "keeps mail boxes (IMAP)"],
  ["pop", 55, "keeps mail boxes (POP3)"],
  ["amqp", 48, "passes messages on (AMQP)"],
  ["smtp", 45, "takes mail (SMTP)"],
  ["mqtt", 42, "passes messages on (MQTT)"],
];

/** Windows interfaces that servers answer over TCP. */
const INTERFACES: readonly (readonly [name: string, weight: number, words: string])[] = [
  ["drsuapi", 75, "replicates a directory with others"],
  ["emsmdb", 75, "serves mail boxes to Outlook"],
  ["nspi", 65, "serves an address book to Outlook"],
  ["netlogon", 60, "answers log-ons for a domain"],
];

export default {
  id: "host-services",
  claims(view: DeviceView): ClaimPart[] {
    const claims: ClaimPart[] = [];
    const server = (weight: number, words: string) => claims.push({ field: "class", value: "server", weight, words });
    if (view.has("wardtap.role", "domain-controller")) server(85, "is a domain controller");
    for (const [served, weight, words] of INTERFACES)
      if (view.has("dcerpc.interface.served", served)) server(weight, words);
    if (view.has("wardtap.role", "kerberos-server")) server(75, "gives Kerberos tickets");
    if (view.values("rpc.program").some((program) => program.startsWith("nfs "))) server(45, "serves files by NFS");
    for (const [protocol, weight, words] of SERVED) if (view.serves(protocol)) server(weight, words);
    // One rule counts once per value: the strongest sign is enough.
    return claims.sort((a, b) => b.weight - a.weight).slice(0, 1);
  },
} satisfies IdentifyRule;
