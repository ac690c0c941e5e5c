/** DHCPv6: how clients name and describe themselves, which addresses they got, and who serves. RFC 8415, RFC 4704, RFC 8520. */
import { ipv6At, isDeviceMac, macAt } from "./addresses.ts";
import { defineDissector, type Evidence, type Flow, type Malformed, malformed } from "./dissector.ts";
import { keepName, keepText } from "./self-given.ts";

const CLIENT_PORT = 546;
const SERVER_PORT = 547;
const HEADER = 4;
const RELAY_HEADER = 34;
/** Messages that clients send, those that servers send, and relays' wrappers. 7.3. */
const FROM_CLIENT: ReadonlySet<number> = new Set([1, 3, 4, 5, 6, 8, 9, 11]);
const ADVERTISE = 2;
const REPLY = 7;
const FROM_SERVER: ReadonlySet<number> = new Set([ADVERTISE, REPLY, 10]);
const RELAY_FORWARD = 12;
const RELAY_REPLY = 13;
/** A client that renews or rebinds has its addresses; in other messages they may only be wishes. */
const HOLDS_ADDRESSES: ReadonlySet<number> = new Set([5, 6]);
/** Relays in a row. 7.6 (HOP_COUNT_LIMIT) allows 8. */
const MAX_RELAYS = 8;
const MAX_ADDRESSES = 8;
const MAX_REQUESTED = 64;
const MAX_OPTIONS = 128;

const OPTION = {
  clientId: 1,
  identityAssociation: 3,
  temporaryAssociation: 4,
  address: 5,
  requested: 6,
  relayed: 9,
  vendorClass: 16,
  vendorOptions: 17,
  fqdn: 39,
  mud: 112,
} as const;
const DUID = { linkTime: 1, enterprise: 2, link: 3 } as const;
const HARDWARE_ETHERNET = 1;

interface Dhcpv6Message {
  type: number;
  relays: number;
  said: [attribute: string, value: string][];
  addresses: string[];
  sound: boolean;
}

export default defineDissector<Dhcpv6Message>({
  protocol: "dhcpv6",
  over: ["udp"],
  // The type and a random number are all the header there is, so only the ports call for it.
  hints: { udp: [CLIENT_PORT, SERVER_PORT] },
  dissect(payload, flow): Dhcpv6Message | Malformed | undefined {
    const message: Dhcpv6Message = { type: 0, relays: 0, said: [], addresses: [], sound: true };
    if (!readMessage(payload, message)) return undefined;
    return message.sound || flow.cut ? message : malformed("an option runs past its message", message);
  },
  evidence: evidenceOf,
  server: ({ type }) => (FROM_SERVER.has(type) ? "sender" : FROM_CLIENT.has(type) ? "receiver" : undefined),
});

/** False when this is no DHCPv6 message. Unwraps what relays wrapped: a loop, so that hostile nesting costs no stack. */
function readMessage(payload: Buffer, message: Dhcpv6Message): boolean {
  let bytes = payload;
  for (; message.relays <= MAX_RELAYS; message.relays++) {
    const type = bytes[0];
    if (type === undefined || bytes.length < HEADER) return message.relays > 0;
    message.type = type;
    if (FROM_CLIENT.has(type) || FROM_SERVER.has(type)) {
      readOptions(bytes.subarray(HEADER), message);
      return true;
    }
    if ((type !== RELAY_FORWARD && type !== RELAY_REPLY) || bytes.length < RELAY_HEADER) return false;
    let inner: Buffer | undefined;
    message.sound &&= eachOption(bytes.subarray(RELAY_HEADER), (code, value) => {
      if (code === OPTION.relayed) inner ??= value;
    });
    if (inner === undefined) return true;
    bytes = inner;
  }
  return false;
}

/** False when an option runs past the end. */
function eachOption(options: Buffer, take: (code: number, value: Buffer) => void): boolean {
  let at = 0;
  for (let index = 0; index < MAX_OPTIONS && at + 4 <= options.length; index++) {
    const end = at + 4 + options.readUInt16BE(at + 2);
    if (end > options.length) return false;
    take(options.readUInt16BE(at), options.subarray(at + 4, end));
    at = end;
  }
  return at === options.length;
}

function readOptions(options: Buffer, message: Dhcpv6Message): void {
  const isClient = FROM_CLIENT.has(message.type);
  message.sound &&= eachOption(options, (code, value) => {
    if (code === OPTION.identityAssociation && value.length >= 12) readAddresses(value.subarray(12), message);
    else if (code === OPTION.temporaryAssociation && value.length >= 4) readAddresses(value.subarray(4), message);
    else if (isClient) describeClient(code, value, message.said);
  });
}

function readAddresses(options: Buffer, message: Dhcpv6Message): void {
  message.sound &&= eachOption(options, (code, value) => {
    // Address, preferred and valid lifetime; a lifetime of 0 takes the address away. 21.6.
    if (code !== OPTION.address || value.length < 24 || message.addresses.length >= MAX_ADDRESSES) return;
    if (value.readUInt32BE(20) === 0 && !HOLDS_ADDRESSES.has(message.type)) return;
    if (value[0] !== 0xff && value.readUInt32BE(0) !== 0) message.addresses.push(ipv6At(value, 0));
  });
}

function describeClient(code: number, value: Buffer, said: Dhcpv6Message["said"]): void {
  const add = (attribute: string, text: string | undefined) => {
    if (text !== undefined && text !== "") said.push([attribute, text]);
  };
  if (code === OPTION.clientId && value.length >= 2) describeDuid(value, add);
  else if (code === OPTION.requested && !said.some(([known]) => known === "dhcpv6.requested_option_code")) {
    const codes: number[] = [];
    for (let at = 0; at + 2 <= value.length && codes.length < MAX_REQUESTED; at += 2)
      codes.push(value.readUInt16BE(at));
    add("dhcpv6.requested_option_code", codes.join(","));
  } else if (code === OPTION.vendorClass && value.length >= 4) {
    add("dhcpv6.vendorclass.enterprise", String(value.readUInt32BE(0)));
    if (value.length > 6) {
      const end = Math.min(value.length, 6 + value.readUInt16BE(4));
      add("dhcpv6.vendorclass.data", keepText(value.subarray(6, end)));
    }
  } else if (code === OPTION.vendorOptions && value.length >= 4) {
    add("dhcpv6.vendoropts.enterprise", String(value.readUInt32BE(0)));
  } else if (code === OPTION.fqdn && value.length > 1) add("dhcpv6.client_fqdn", domainName(value.subarray(1)));
  else if (code === OPTION.mud) add("dhcpv6.mudurl", keepText(value));
}

/** Only the form, and the card's address where the form says that it is one. 11. */
function describeDuid(duid: Buffer, add: (attribute: string, text: string | undefined) => void): void {
  const type = duid.readUInt16BE(0);
  add("dhcpv6.duid.type", String(type));
  if (type === DUID.enterprise && duid.length >= 6) add("dhcpv6.duiden.enterprise", String(duid.readUInt32BE(2)));
  const at = type === DUID.linkTime ? 8 : type === DUID.link ? 4 : 0;
  if (at !== 0 && duid.length === at + 6 && duid.readUInt16BE(2) === HARDWARE_ETHERNET && isDeviceMac(duid, at))
    add(type === DUID.link ? "dhcpv6.duidll.link_layer_addr" : "dhcpv6.duidllt.link_layer_addr", macAt(duid, at));
}

/** RFC 1035 labels, the last perhaps without its root. RFC 4704 4.2. */
function domainName(encoded: Buffer): string | undefined {
  const labels: string[] = [];
  for (let at = 0; at < encoded.length && encoded[at] !== 0; ) {
    const end = at + 1 + encoded[at]!;
    if (encoded[at]! > 63 || end > encoded.length) return undefined;
    labels.push(encoded.toString("utf8", at + 1, end));
    at = end;
  }
  return labels.length === 0 ? undefined : keepName(labels.join("."));
}

function evidenceOf(message: Dhcpv6Message, flow: Flow): Evidence[] {
  const { type, relays, said, addresses } = message;
  const found: Evidence[] = [];
  if (relays > 0) {
    // What a relay wraps describes a host on another link.
    const relay = flow.destinationPort === SERVER_PORT && FROM_CLIENT.has(type);
    if (relay) found.push({ about: "sender", attribute: "wardtap.role", value: "dhcp-relay" });
    return found;
  }
  if (FROM_CLIENT.has(type)) {
    for (const [attribute, value] of said) found.push({ about: "sender", attribute, value });
    if (HOLDS_ADDRESSES.has(type)) bind(flow.sourceMac, addresses, flow, found);
    return found;
  }
  if (type !== ADVERTISE && type !== REPLY) return found;
  found.push({ about: "sender", attribute: "wardtap.role", value: "dhcp-server" });
  if (type === REPLY) bind(flow.destinationMac, addresses, flow, found);
  return found;
}

/** Only between two hosts of this link is the frame's MAC the client's own. */
function bind(mac: string, addresses: readonly string[], flow: Flow, found: Evidence[]): void {
  if (mac === "" || !isLinkLocal(flow.sourceIp)) return;
  if (!flow.toMany && !isLinkLocal(flow.destinationIp)) return;
  if ((Number.parseInt(mac.slice(0, 2), 16) & 1) !== 0) return;
  for (const value of addresses) found.push({ about: { mac }, attribute: "dhcpv6.iaaddr.ip", value });
}

const isLinkLocal = (ip: string) => /^fe[89ab]/.test(ip);
