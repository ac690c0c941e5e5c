/** Names that a device gives itself, best first. */
import type { DeviceEvidence } from "./device.ts";

/** Attributes that carry a device's own name, the more telling first. */
const NAME_ATTRIBUTES = [
  "dhcp.option.hostname",
  "dhcp.fqdn.name",
  "dns.resp.name",
  "lldp.tlv.system.name",
  "dicom.station_name",
  "nbns.name",
  "browser.server",
  "nbdgm.source_name",
  "dhcpv6.client_fqdn",
  "cdp.deviceid",
  "snmp.sysname",
  "skinny.deviceName",
  "mndp.identity",
  "ubiquiti.hostname",
  "capwap.control.message_element.ac_name",
  "capwap.control.message_element.wtp_name",
  "eap.identity.machine",
  "bacapp.object_name",
  "fox.station.name",
  "fox.host_name",
  "knxip.device.name",
  "pn_dcp.suboption_device_nameofstation",
  "s7comm.szl.001c.0002.name",
  "ams.host_name",
  "dpws.friendly_name",
  "poct1a.dev.device_name",
  "intellivue.bed_label",
  "carescape.label",
  "ntlmssp.challenge.target_info.dns_computer_name",
  "ntlmssp.challenge.target_info.nb_computer_name",
  "mscldap.hostname",
  "mscldap.nb_hostname",
  "ldap.root.dnshostname",
  "smb.server",
  "nbss.calling_name",
  "mscldap.request.host",
  "kerberos.addr_nb",
  "kerberos.machine",
  "ntlmssp.negotiate.callingworkstation",
  "ntlmssp.auth.hostname",
  "rdp.client.name",
  "tds.login.hostname",
] as const;
const NAMING: ReadonlySet<string> = new Set(NAME_ATTRIBUTES);
/** True for an attribute in which a device gives its own name. */
export const isNameAttribute = (attribute: string): boolean => NAMING.has(attribute);

/** What programs put where a name belongs when they have none. */
const NO_NAMES = /^(?:localhost|workstation|smbserver|null|none|unknown|nmap)$/i;
/** RFC 1123, 2.1. */
const HOST_NAME = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9-]+)*$/i;
const MAX_NAMES = 16;

export function namesOf(evidence: readonly DeviceEvidence[]): string[] {
  const names = new Set<string>();
  const given = evidence.filter(({ attribute, value }) => NAMING.has(attribute) && !NO_NAMES.test(value));
  const desktop = desktopName(evidence);
  if (given.length === 0 && desktop === undefined) return [];
  for (const attribute of NAME_ATTRIBUTES)
    for (const piece of given) if (piece.attribute === attribute) addName(names, piece.value);
  if (desktop !== undefined) addName(names, desktop);
  return [...names].slice(0, MAX_NAMES).sort();
}

/** What mDNS puts behind every name; in "pc.ward.local" it belongs to the domain. RFC 6762, 3. */
const MDNS_NAME = /^([^.]+)\.local$/i;

/** A name with a domain counts with and without it: some protocols tell the one, some the other. */
function addName(names: Set<string>, value: string): void {
  const name = value.replace(/\.$/, "").replace(MDNS_NAME, "$1");
  names.add(name);
  const short = /^([a-z0-9][\w-]*)\.[a-z][\w.-]*$/i.exec(name)?.[1];
  if (short !== undefined) names.add(short);
}

const DESKTOP_SECURITY: ReadonlySet<string> = new Set(["tls", "credssp"]);

/**
 * Windows makes a certificate for its remote desktop that is signed by itself and names the computer.
 * With a second certificate, or one that somebody else signed, it is not known which is the desktop's.
 */
function desktopName(evidence: readonly DeviceEvidence[]): string | undefined {
  const values = (attribute: string) => evidence.filter((one) => one.attribute === attribute).map(({ value }) => value);
  if (!values("rdp.negReq.selectedProtocol").some((value) => DESKTOP_SECURITY.has(value))) return undefined;
  const [name, ...others] = values("x509.subject.cn");
  const issuers = values("x509.issuer.cn");
  const isOwn = others.length === 0 && issuers.length === 1 && issuers[0] === name;
  return isOwn && name !== undefined && HOST_NAME.test(name) && !NO_NAMES.test(name) ? name : undefined;
}
