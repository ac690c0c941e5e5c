/** Which Windows a device runs: all its signs weighed together, because most fit a client and its server alike. */
import { attributeWords } from "../../knowledge/attribute-words.ts";
import { type WindowsSign, windowsSigns } from "../../knowledge/windows.ts";
import type { ClaimPart, IdentifyRule } from "../rule.ts";
import type { DeviceView } from "../view.ts";

/** When several releases fit all signs and nothing decides: the likeliest is said, but less surely. */
const UNDECIDED_WEIGHT = 65;
/** When its role decides between client and server. */
const DECIDED_WEIGHT = 85;
const SERVER_WEIGHT = 80;
const WORKSTATION_WEIGHT = 65;
/** Roles that only a server edition takes. */
const SERVER_ROLES = ["domain-controller"];
/** Names by which people call servers: they tip an undecided release, and prove nothing. */
const SERVER_NAME = /(?:^|[-_])(?:srv|svr|dc|ad)\d*(?:$|[-_.])|server\d*(?:$|[-_.])/i;
const SELF_NAMES = [
  "dhcp.option.hostname",
  "nbns.name",
  "ntlmssp.challenge.target_info.nb_computer_name",
  "smb.server",
];
/** Releases with one name for clients and servers. */
const EITHER = ["Windows 2000", "Windows NT 4"];
/** What Microsoft's SNMP agent calls itself on a server and on a domain controller. */
const SERVER_AGENT = /^1\.3\.6\.1\.4\.1\.311\.1\.1\.3\.1\.[23]$/;
const SERVER_INTERFACES = ["drsuapi", "emsmdb", "netlogon"];
/** Protocols by which medical equipment talks: a Windows below it doesn't make it a workstation. */
const CLINICAL = ["dicom", "hl7", "poct1a", "astm"];
/** Other systems' programs speak NTLM too, and with these cards they are likelier. */
const OTHER_SYSTEMS = /^Apple\b/i;

interface Seen {
  sign: WindowsSign;
  words: string;
}

export default {
  id: "windows",
  claims(view: DeviceView): ClaimPart[] {
    const seen = signsOf(view);
    if (seen.length === 0) return [];
    const isServer = actsAsServer(view);
    const chosen = choose(seen, isServer, isServer || seemsServer(view));
    if (chosen === undefined) return [];
    const claims: ClaimPart[] = [{ field: "os", value: chosen.os, weight: chosen.weight, words: chosen.words }];
    // Signs that don't fit are kept beside it, as a contradiction to show.
    for (const { sign, words } of seen) {
      if (!sign.systems.includes(chosen.os))
        claims.push({ field: "os", value: sign.systems[0]!, weight: sign.weight, words });
    }
    return [...claims, ...classOf(view, chosen, isServer)];
  },
} satisfies IdentifyRule;

function signsOf(view: DeviceView): Seen[] {
  const telling = view.evidence.filter(({ attribute }) => isTelling(attribute));
  if (telling.length === 0) return [];
  const isOther = view.organisations.some((organisation) => OTHER_SYSTEMS.test(organisation));
  const isSamba = view.values("smb.native_lanman").some((value) => /\bsamba\b/i.test(value));
  const seen: Seen[] = [];
  for (const sign of windowsSigns()) {
    for (const piece of telling) {
      if (!sign.attributes.includes(piece.attribute) || !sign.pattern.test(piece.value)) continue;
      if ((isOther || isSamba) && piece.attribute.startsWith("ntlmssp.")) continue;
      seen.push({ sign, words: `said so itself in ${attributeWords(piece.attribute)}: "${piece.value}"` });
      break;
    }
  }
  return seen;
}

let attributes: ReadonlySet<string> | undefined;

/** Whether any sign is looked for in this attribute. */
function isTelling(attribute: string): boolean {
  attributes ??= new Set(windowsSigns().flatMap((sign) => sign.attributes));
  return attributes.has(attribute);
}

/** What a directory or a server edition does, whatever its version says. */
const actsAsServer = (view: DeviceView): boolean =>
  SERVER_ROLES.some((role) => view.has("wardtap.role", role)) ||
  SERVER_INTERFACES.some((name) => view.has("dcerpc.interface.served", name)) ||
  view.has("wardtap.role", "dhcp-server") ||
  view.values("snmp.sysobjectid").some((id) => SERVER_AGENT.test(id)) ||
  view.values("browser.announcement").some((value) => /\b(?:nt-server|(?:backup-)?domain-controller)\b/.test(value));

/** Tips an undecided release, and proves nothing: a client can have such a name, web pages, or share its connection. */
const seemsServer = (view: DeviceView): boolean =>
  SELF_NAMES.some((attribute) => view.values(attribute).some((name) => SERVER_NAME.test(name))) ||
  view.values("http.server").some((server) => server.startsWith("Microsoft-IIS/")) ||
  view.has("wardtap.role", "dns-server");

interface Chosen {
  os: string;
  weight: number;
  words: string;
  /** All releases that fit as well as the chosen one. */
  fit: string[];
}

function choose(seen: readonly Seen[], isServer: boolean, leansToServer: boolean): Chosen | undefined {
  const doubts = new Map<string, number>();
  for (const { sign } of seen) {
    for (const os of sign.systems) doubts.set(os, (doubts.get(os) ?? 1) * (1 - sign.weight / 100));
  }
  const least = Math.min(...doubts.values());
  const fit = [...doubts].filter(([, doubt]) => doubt <= least * 1.0001).map(([os]) => os);
  const ofRole = fit.filter((os) => isServerEdition(os) === leansToServer);
  const os = ofRole[0] ?? fit[0];
  if (os === undefined) return undefined;
  const because = seen.find(({ sign }) => sign.systems.includes(os))!;
  const sure = Math.min(99, Math.round((1 - least) * 100));
  // A server's role proves the edition; that none was seen proves little.
  const cap = fit.length === 1 ? 99 : isServer && ofRole.length === 1 ? DECIDED_WEIGHT : UNDECIDED_WEIGHT;
  return { os, weight: Math.max(1, Math.min(sure, cap)), words: because.words, fit };
}

const isServerEdition = (os: string) => os.startsWith("Windows Server");

function classOf(view: DeviceView, { os, weight, words, fit }: Chosen, isServer: boolean): ClaimPart[] {
  if (weight < UNDECIDED_WEIGHT) return [];
  if (isServer || fit.every(isServerEdition))
    return [{ field: "class", value: "server", weight: SERVER_WEIGHT, words: `runs ${os}: ${words}` }];
  if (fit.some((one) => isServerEdition(one) || EITHER.includes(one))) return [];
  if (CLINICAL.some((protocol) => view.uses(protocol) || view.serves(protocol))) return [];
  return [{ field: "class", value: "workstation", weight: WORKSTATION_WEIGHT, words: `runs ${os}: ${words}` }];
}
