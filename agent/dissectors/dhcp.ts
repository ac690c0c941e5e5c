/** DHCPv4 and BOOTP: how clients name and describe themselves, and who serves addresses. RFC 2131, RFC 2132, RFC 951. */
import { ipv4Text } from "../decode/addresses.ts";
import { ipv4At, isDeviceIpv4, isDeviceMac, macAt } from "./addresses.ts";
import { type DhcpOptions, readOptions } from "./dhcp-options.ts";
import { defineDissector, type Evidence, type Malformed, malformed } from "./dissector.ts";
import { printOf } from "./print.ts";
import { keepName, keepText } from "./self-given.ts";

const REQUEST = 1;
const REPLY = 2;
/** Everything before the options; a BOOTP message without the cookie may end at 236. */
const FIXED_PART = 236;
const COOKIE = 0x63825363;
const MAX_HARDWARE_LENGTH = 16;
/** Routers and name servers told of one message; more are not read. */
const MAX_ROUTERS = 4;
/** Networks told of one server, and servers told of one client. */
const MAX_SCOPES = 16;
const MAX_OFFERERS = 8;
const OFFER = 2;
const ACK = 5;
const NAK = 6;
const FQDN_ENCODED = 0x04;
const DUID_CLIENT = 255;

interface DhcpMessage {
  fromServer: boolean;
  /** Message type of option 53; 0 for BOOTP. */
  type: number;
  /** undefined where the hardware address isn't an Ethernet one. */
  client: string | undefined;
  relay: string | undefined;
  clientIp: string | undefined;
  yourIp: string | undefined;
  serverId: string | undefined;
  routers: string[];
  dnsServers: string[];
  /** Length of the network prefix by the subnet mask, undefined where there is none or it has holes. */
  prefixLength: number | undefined;
  /** What a client says of itself, as attribute and value; empty for replies. */
  said: [attribute: string, value: string][];
}

export default defineDissector<DhcpMessage>({
  protocol: "dhcp",
  over: ["udp"],
  recognise: [{ at: FIXED_PART, bytes: "63 82 53 63" }],
  hints: { udp: [67, 68] },
  dissect(payload, flow): DhcpMessage | Malformed | undefined {
    const operation = payload[0];
    if (operation !== REQUEST && operation !== REPLY) return undefined;
    if (payload.length < FIXED_PART) return flow.cut ? undefined : malformed("fixed fields cut short");
    if (payload[2]! > MAX_HARDWARE_LENGTH) return malformed("hardware address longer than its field");
    if (payload.length < FIXED_PART + 4)
      return flow.cut ? messageOf(payload, NO_OPTIONS) : malformed("cookie cut short");
    if (payload.readUInt32BE(FIXED_PART) !== COOKIE)
      return isBootp(payload) ? messageOf(payload, NO_OPTIONS) : undefined;
    const options = readOptions(payload);
    const message = messageOf(payload, options);
    return options.sound || flow.cut ? message : malformed("an option runs past its field", message);
  },
  evidence(message, flow) {
    return message.fromServer ? serverEvidence(message, flow.sourceIp, flow.vlan) : clientEvidence(message);
  },
  server: ({ fromServer }) => (fromServer ? "sender" : "receiver"),
  sameDatagram: (bytes, at, length) => printOf(bytes, at, length, STEADY),
});

/** All but the transaction's number and the seconds since it began. */
const STEADY = [
  { at: 0, length: 4 },
  { at: 10, length: 1500 },
];

const NO_OPTIONS: DhcpOptions = { values: new Map(), sound: true };

/** Without the cookie only the plain Ethernet form is believed. */
const isBootp = (payload: Buffer) => payload[1] === 1 && payload[2] === 6 && payload[3]! <= 16;

function messageOf(payload: Buffer, { values }: DhcpOptions): DhcpMessage {
  const fromServer = payload[0] === REPLY;
  const server = values.get(54);
  return {
    fromServer,
    type: values.get(53)?.[0] ?? 0,
    client: payload[2] === 6 && isDeviceMac(payload, 28) ? macAt(payload, 28) : undefined,
    relay: optionalIp(payload, 24),
    clientIp: optionalIp(payload, 12),
    yourIp: optionalIp(payload, 16),
    serverId: server !== undefined && server.length === 4 ? optionalIp(server, 0) : undefined,
    routers: fromServer ? addressesIn(values.get(3)) : [],
    dnsServers: fromServer ? addressesIn(values.get(6)) : [],
    prefixLength: prefixLengthOf(values.get(1)),
    // What a server puts into its answers (names, vendor class) describes neither end.
    said: fromServer ? [] : saidByClient(values),
  };
}

function addressesIn(option: Buffer | undefined): string[] {
  const found: string[] = [];
  if (option === undefined) return found;
  for (let at = 0; at + 4 <= option.length && found.length < MAX_ROUTERS; at += 4) {
    if (isDeviceIpv4(option, at)) found.push(ipv4At(option, at));
  }
  return found;
}

/** RFC 2132 3.3. */
function prefixLengthOf(mask: Buffer | undefined): number | undefined {
  if (mask?.length !== 4) return undefined;
  const zeros = ~mask.readInt32BE(0) >>> 0;
  return (zeros & (zeros + 1)) === 0 ? Math.clz32(zeros) : undefined;
}

const optionalIp = (bytes: Buffer, at: number) => (isDeviceIpv4(bytes, at) ? ipv4At(bytes, at) : undefined);

function saidByClient(values: Map<number, Buffer>): [string, string][] {
  const said: [string, string][] = [];
  const add = (attribute: string, value: string | undefined) => {
    if (value !== undefined && value !== "") said.push([attribute, value]);
  };
  const hostname = values.get(12);
  if (hostname !== undefined) add("dhcp.option.hostname", keepName(hostname));
  const vendor = values.get(60);
  if (vendor !== undefined) add("dhcp.option.vendor_class_id", keepText(vendor));
  // Order matters: it tells operating systems apart. At most 64 codes keep the value within bounds.
  const wanted = values.get(55);
  if (wanted !== undefined) add("dhcp.option.request_list_item", [...wanted.subarray(0, 64)].join(","));
  const requested = values.get(50);
  if (requested?.length === 4) add("dhcp.option.requested_ip_address", optionalIp(requested, 0));
  const clientId = values.get(61);
  if (clientId !== undefined) saidById(clientId, add);
  const fqdn = values.get(81);
  if (fqdn !== undefined && fqdn.length > 3) add("dhcp.fqdn.name", keepName(fqdnText(fqdn)));
  const mud = values.get(161);
  if (mud !== undefined) add("dhcp.option.mudurl", keepText(mud));
  return said;
}

/** Only the form: the identifier itself may be anything, a person's mail address too. RFC 2132 9.14, RFC 4361. */
function saidById(clientId: Buffer, add: (attribute: string, value: string) => void): void {
  if (clientId.length < 2) return;
  add("dhcp.client_id.type", String(clientId[0]));
  if (clientId[0] === DUID_CLIENT && clientId.length >= 7)
    add("dhcp.client_id.duid_type", String(clientId.readUInt16BE(5)));
}

/** RFC 4702 2.1: three bytes, then DNS labels or, from old clients, plain text. */
function fqdnText(option: Buffer): Buffer {
  const name = option.subarray(3);
  if ((option[0]! & FQDN_ENCODED) === 0) return name;
  const parts: Buffer[] = [];
  for (let at = 0; at < name.length; ) {
    const length = name[at]!;
    if (length === 0 || length > 63 || at + 1 + length > name.length) break;
    if (parts.length > 0) parts.push(DOT);
    parts.push(name.subarray(at + 1, at + 1 + length));
    at += 1 + length;
  }
  return Buffer.concat(parts);
}

const DOT = Buffer.from(".");

/** About the client, not the sender of the frame: a relay may have sent it. */
function clientEvidence({ client, relay, clientIp, said }: DhcpMessage): Evidence[] {
  const found: Evidence[] = [];
  // Where the hardware address says nothing, a client heard without a relay is the sender.
  const about = client !== undefined ? { mac: client } : relay === undefined ? ("sender" as const) : undefined;
  if (about !== undefined) {
    for (const [attribute, value] of said) found.push({ about, attribute, value });
    if (clientIp !== undefined) found.push({ about, attribute: "dhcp.ip.client", value: clientIp });
  }
  if (relay !== undefined) found.push({ about: { ip: relay }, attribute: "wardtap.role", value: "dhcp-relay" });
  return found;
}

function serverEvidence(message: DhcpMessage, sourceIp: string, vlan: number): Evidence[] {
  const { type, client, relay, yourIp, serverId, routers } = message;
  if (type !== 0 && type !== OFFER && type !== ACK && type !== NAK) return [];
  const found: Evidence[] = [];
  const throughRelay = relay !== undefined && relay === sourceIp;
  const about = throughRelay && serverId !== undefined ? { ip: serverId } : ("sender" as const);
  if (throughRelay) found.push({ about: "sender", attribute: "wardtap.role", value: "dhcp-relay" });
  if (!throughRelay || serverId !== undefined) found.push({ about, attribute: "wardtap.role", value: "dhcp-server" });
  if (serverId !== undefined) found.push({ about, attribute: "dhcp.option.dhcp_server_id", value: serverId });
  if (yourIp !== undefined && type !== NAK && (!throughRelay || serverId !== undefined))
    found.push({ about, attribute: "wardtap.dhcp.scope", value: scopeOf(message, yourIp, vlan), atMost: MAX_SCOPES });
  // Who offers to the same host stands on the same link as the other who does; a relay asks from anywhere.
  if (type === OFFER && client !== undefined && serverId !== undefined && relay === undefined)
    found.push({
      about: { mac: client },
      attribute: "wardtap.dhcp.offered_by",
      value: serverId,
      atMost: MAX_OFFERERS,
    });
  for (const router of routers) {
    found.push({ about: { ip: router }, attribute: "dhcp.option.router", value: router });
    found.push({ about: { ip: router }, attribute: "wardtap.role", value: "router" });
  }
  // An offer is not yet an address: only an acknowledgement (or a BOOTP reply) binds it.
  if (client !== undefined && yourIp !== undefined && (type === ACK || type === 0)) {
    found.push({ about: { mac: client }, attribute: "dhcp.ip.your", value: yourIp });
  }
  return found;
}

/** Where a server gives addresses (the VLAN it is heard in, or the relay that asks it), of which network, and what with. */
function scopeOf({ relay, prefixLength, routers, dnsServers }: DhcpMessage, yourIp: string, vlan: number): string {
  const where = relay === undefined ? `link ${vlan}` : `relay ${relay}`;
  const net = prefixLength === undefined ? "" : ` net ${networkOf(yourIp, prefixLength)}`;
  const list = (name: string, ips: readonly string[]) =>
    ips.length === 0 ? "" : ` ${name} ${[...ips].sort().join(",")}`;
  return `${where}${net}${list("router", routers)}${list("dns", dnsServers)}`;
}

function networkOf(ip: string, length: number): string {
  const word = ip.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
  const host = 2 ** (32 - length);
  return `${ipv4Text((Math.floor(word / host) * host) | 0)}/${length}`;
}
