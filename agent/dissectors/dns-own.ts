/** What an mDNS or LLMNR speaker says of itself: its host names, services and device descriptions. RFC 6762, RFC 6763. */
import { isAddress } from "./addresses.ts";
import { type DnsRecord, readName, reverseAddress, TYPE } from "./dns-message.ts";
import { keepName, keepText } from "./self-given.ts";

/** Pieces kept of one message, by kind; more are not read. */
const MAX_PIECES = 16;
const MAX_TXT_STRINGS = 64;

/** TXT keys that describe a device (lower case), and those that name one. All others are never read. */
const DESCRIBING_KEYS = new Set([
  "model",
  "md",
  "ty",
  "product",
  "manufacturer",
  "mfg",
  "mf",
  "vendor",
  "usb_mfg",
  "usb_mdl",
  "mdl",
  "rmodel",
  "rpmd",
  "am",
  "osxvers",
  "srcvers",
  "vs",
  "fv",
  "firmware",
  "fw",
  "version",
]);
const NAMING_KEYS = new Set(["fn", "sn", "serial", "serialnumber"]);

/** Bonjour Printing 9.2.2: the queue. Print servers (CUPS) keep theirs below "printers"; a printer's own is "ipp/print". */
const SHARED_QUEUE = /^(?:printers|classes)\//i;

/** Attribute and value, each pair once. */
export type Said = [attribute: string, value: string][];

/**
 * `records` must be the speaker's own: answers and additionals of a response, or the authority section
 * of a probe. A name is its own when its address is the packet's source. When addresses are told and
 * none of them is the source, the message is relayed for other hosts and says nothing of the sender.
 */
export function readOwn(message: Buffer, records: readonly DnsRecord[], sourceIp: string): Said {
  const seen = new Set<string>();
  const said: Said = [];
  const counts = new Map<string, number>();
  const add = (attribute: string, value: string | undefined) => {
    if (value === undefined || seen.has(`${attribute} ${value}`)) return;
    const count = counts.get(attribute) ?? 0;
    if (count >= MAX_PIECES) return;
    counts.set(attribute, count + 1);
    seen.add(`${attribute} ${value}`);
    said.push([attribute, value]);
  };
  let foreign = false;
  let own = false;
  for (const record of records) {
    const length = record.end - record.dataAt;
    if ((record.type === TYPE.a && length === 4) || (record.type === TYPE.aaaa && length === 16)) {
      if (isAddress(message, record.dataAt, length as 4 | 16, sourceIp)) {
        own = true;
        add("dns.resp.name", hostName(readName(message, record.nameAt)));
      } else foreign = true;
    } else if (record.type === TYPE.ptr) {
      const address = reverseAddress(readName(message, record.nameAt) ?? []);
      if (address !== undefined && isAddress(address, 0, address.length as 4 | 16, sourceIp)) {
        own = true;
        add("dns.resp.name", hostName(readName(message, record.dataAt)));
      }
    }
  }
  if (foreign && !own) return [];
  for (const record of records) readService(message, record, add);
  return said;
}

type Add = (attribute: string, value: string | undefined) => void;

function readService(message: Buffer, { type, nameAt, dataAt, end }: DnsRecord, add: Add): void {
  if (type === TYPE.srv && end - dataAt > 6) {
    addService(readName(message, nameAt), add);
  } else if (type === TYPE.ptr) {
    const owner = readName(message, nameAt);
    const target = readName(message, dataAt);
    if (owner !== undefined && target !== undefined && serviceAt(owner) >= 0) addService(target, add);
  } else if (type === TYPE.txt) {
    const owner = readName(message, nameAt);
    if (owner === undefined || serviceAt(owner) < 0) return;
    addService(owner, add);
    readText(message, dataAt, end, add);
  } else if (type === TYPE.hinfo && dataAt < end) {
    const cpuEnd = dataAt + 1 + message[dataAt]!;
    if (cpuEnd >= end || cpuEnd + 1 + message[cpuEnd]! > end) return;
    add("dns.hinfo.cpu", keepText(message.subarray(dataAt + 1, cpuEnd)));
    add("dns.hinfo.os", keepText(message.subarray(cpuEnd + 1, cpuEnd + 1 + message[cpuEnd]!)));
  }
}

/** Service names are "_ipp._tcp"; what stands before is the instance, a name people gave. RFC 6763 4.1. */
function addService(labels: readonly string[] | undefined, add: Add): void {
  const at = labels === undefined ? -1 : serviceAt(labels);
  if (labels === undefined || at < 0) return;
  const service = `${labels[at]}.${labels[at + 1]}`.toLowerCase();
  if (!/^_[a-z0-9-]{1,15}\._(?:tcp|udp)$/.test(service) || service === "_dns-sd._udp") return;
  add("dns.srv.service", service);
  if (at === 1 && !labels[0]!.startsWith("_")) add("dns.srv.instance", keepName(labels[0]!));
}

/** Index of the service label, -1 when the name holds none. */
function serviceAt(labels: readonly string[]): number {
  const transport = labels.findIndex((label) => /^_(?:tcp|udp)$/i.test(label));
  return transport > 0 && labels[transport - 1]!.startsWith("_") ? transport - 1 : -1;
}

/** RFC 6763 6.3: strings of "key=value", each with its length before it. */
function readText(message: Buffer, from: number, end: number, add: Add): void {
  const pairs = pairsOf(message, from, end);
  // A computer that shares printers describes them, not itself.
  const ofAnother = pairs.some(([key, value]) => key === "rp" && SHARED_QUEUE.test(value.toString("latin1", 0, 16)));
  for (const [key, value] of pairs) {
    if (DESCRIBING_KEYS.has(key)) add(ofAnother ? `dns.txt.shared.${key}` : `dns.txt.${key}`, keepText(value));
    else if (NAMING_KEYS.has(key)) add(`dns.txt.${key}`, keepName(value));
  }
}

function pairsOf(message: Buffer, from: number, end: number): [key: string, value: Buffer][] {
  const pairs: [string, Buffer][] = [];
  let at = from;
  while (pairs.length < MAX_TXT_STRINGS && at < end) {
    const length = message[at]!;
    if (at + 1 + length > end) break;
    const text = message.subarray(at + 1, at + 1 + length);
    at += 1 + length;
    const equals = text.indexOf(0x3d);
    if (equals >= 1 && equals <= 20)
      pairs.push([text.toString("latin1", 0, equals).toLowerCase(), text.subarray(equals + 1)]);
  }
  return pairs;
}

/** A host name as text, without the root's dot; undefined for the root and for names of persons. */
export const hostName = (labels: readonly string[] | undefined): string | undefined =>
  labels === undefined || labels.length === 0 ? undefined : keepName(labels.join("."));
