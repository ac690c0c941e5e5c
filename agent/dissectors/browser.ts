/** NetBIOS datagrams and browser announcements: a host's name, system version and server type. RFC 1002 4.4; MS-BRWS 2.2. */
import { ipv4At, isDeviceIpv4 } from "./addresses.ts";
import { defineDissector, type Evidence, type Malformed, malformed } from "./dissector.ts";
import { computerName, netbiosNameAt, netbiosText } from "./netbios-name.ts";

const HEADER = 14;
/** Direct unique, direct group, broadcast datagrams. */
const FIRST_TYPE = 0x10;
const LAST_TYPE = 0x12;
const FRAGMENT_OFFSET_AT = 12;
const SMB_TRANSACTION = 0x25;
const SMB_HEADER = 32;
const MAILSLOT = Buffer.from("\\MAILSLOT\\BROWSE\0");
const HOST_ANNOUNCEMENT = 1;
const DOMAIN_ANNOUNCEMENT = 12;
const LOCAL_MASTER_ANNOUNCEMENT = 15;
const ANNOUNCEMENT = 32;
/** Comments are free text; only whether these words stand in them is asked. */
const MAX_COMMENT = 64;

/** Bits of the server type. MS-BRWS 2.2.1 (SV_TYPE), MS-RAP 2.5.5.2.1. */
const TYPES: readonly (readonly [bit: number, name: string])[] = [
  [0x0000_0004, "sql"],
  [0x0000_0008, "domain-controller"],
  [0x0000_0010, "backup-domain-controller"],
  [0x0000_0020, "time"],
  [0x0000_0040, "apple"],
  [0x0000_0080, "novell"],
  [0x0000_0200, "print-queue"],
  [0x0000_0800, "unix"],
  [0x0000_1000, "nt-workstation"],
  [0x0000_2000, "windows-for-workgroups"],
  [0x0000_8000, "nt-server"],
  [0x0002_0000, "backup-browser"],
  [0x0004_0000, "master-browser"],
  [0x0040_0000, "windows-95"],
  [0x0400_0000, "terminal-server"],
];

interface DatagramMessage {
  /** Address that the datagram itself names as its source. */
  ip: string | undefined;
  /** Name that the datagram came from, where it is a computer's. */
  source: string | undefined;
  announced: { name: string | undefined; version: string; types: string[]; samba: string | undefined } | undefined;
}

export default defineDissector<DatagramMessage>({
  protocol: "nbdgm",
  over: ["udp"],
  hints: { udp: [138] },
  dissect(payload, flow): DatagramMessage | Malformed | undefined {
    const type = payload[0]!;
    if (payload.length < HEADER || type < FIRST_TYPE || type > LAST_TYPE) return undefined;
    const source = netbiosNameAt(payload, HEADER);
    if (source === undefined) return undefined;
    const destination = netbiosNameAt(payload, source.end);
    if (destination === undefined) return undefined;
    const message: DatagramMessage = {
      ip: isDeviceIpv4(payload, 4) ? ipv4At(payload, 4) : undefined,
      source: computerName(source.bytes),
      announced: undefined,
    };
    if (payload.readUInt16BE(FRAGMENT_OFFSET_AT) !== 0) return message;
    return readAnnouncement(payload, destination.end, message) || flow.cut
      ? message
      : malformed("browser message cut short", message);
  },
  evidence({ ip, source, announced }, { sourceIp }) {
    // A datagram distributor repeats what others sent: it is about the one it names.
    const about = ip === undefined || ip === sourceIp ? ("sender" as const) : { ip };
    const found: Evidence[] = [];
    if (source !== undefined) found.push({ about, attribute: "nbdgm.source_name", value: source });
    if (announced === undefined) return found;
    const { name, version, types, samba } = announced;
    if (name !== undefined) found.push({ about, attribute: "browser.server", value: name });
    found.push({ about, attribute: "browser.windows_version", value: version });
    // Version and types together tell real Windows from what pretends to be it.
    found.push({ about, attribute: "browser.announcement", value: `${version} ${types.join(",")}` });
    if (samba !== undefined) found.push({ about, attribute: "browser.samba", value: samba });
    return found;
  },
});

/** False when a browser message is cut. Other mailslots (logons hold user names) are left unread. */
function readAnnouncement(payload: Buffer, at: number, message: DatagramMessage): boolean {
  if (at + SMB_HEADER + 1 > payload.length) return true;
  if (payload.readUInt32BE(at) !== 0xff534d42 || payload[at + 4] !== SMB_TRANSACTION) return true;
  // Word count, words, byte count, then the mailslot's name and the browser message. MS-CIFS 2.2.4.33.1.
  const nameAt = at + SMB_HEADER + 1 + payload[at + SMB_HEADER]! * 2 + 2;
  const dataAt = nameAt + MAILSLOT.length;
  if (dataAt > payload.length || payload.compare(MAILSLOT, 0, MAILSLOT.length, nameAt, dataAt) !== 0) return true;
  const command = payload[dataAt];
  if (command !== HOST_ANNOUNCEMENT && command !== LOCAL_MASTER_ANNOUNCEMENT) {
    return command !== DOMAIN_ANNOUNCEMENT || dataAt + ANNOUNCEMENT <= payload.length;
  }
  if (dataAt + ANNOUNCEMENT > payload.length) return false;
  const bits = payload.readUInt32LE(dataAt + 24);
  message.announced = {
    name: netbiosText(payload.subarray(dataAt + 6, dataAt + 22)),
    version: `${payload[dataAt + 22]}.${payload[dataAt + 23]}`,
    types: TYPES.filter(([bit]) => (bits & bit) !== 0).map(([, name]) => name),
    samba: sambaIn(payload.toString("latin1", dataAt + ANNOUNCEMENT, dataAt + ANNOUNCEMENT + MAX_COMMENT)),
  };
  return true;
}

const sambaIn = (comment: string): string | undefined =>
  /\bsamba\b/i.test(comment) ? `Samba${/\bubuntu\b/i.test(comment) ? ", Ubuntu" : ""}` : undefined;
