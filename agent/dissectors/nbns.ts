/** NetBIOS name service: names that hosts register, defend and list as their own. RFC 1002 4.2; MS-NBTE. */
import { ipv4At, isDeviceIpv4 } from "./addresses.ts";
import { defineDissector, type Evidence, type Malformed, malformed } from "./dissector.ts";
import { computerName, netbiosNameAt, SUFFIX } from "./netbios-name.ts";

const HEADER = 12;
const NB = 0x20;
const NBSTAT = 0x21;
const QUERY = 0;
const REGISTRATION = 5;
const RELEASE = 6;
/** Refresh: RFC 1002 gives 8, its errata and Windows 9; 15 is the registration of a host of many networks. */
const REFRESH = [8, 9];
const MULTI_HOMED = 15;
const GROUP = 0x80;
const GROUP_WORD = 0x8000;
/** Entries of a node status answer. */
const MAX_NAMES = 32;
const ENTRY = 18;

interface NbnsMessage {
  response: boolean;
  /** What is told of the sender, or of the host at `ip` when a name server speaks. */
  ip: string | undefined;
  said: [attribute: string, value: string][];
}

export default defineDissector<NbnsMessage>({
  protocol: "nbns",
  over: ["udp"],
  hints: { udp: [137] },
  dissect(payload, flow): NbnsMessage | Malformed | undefined {
    if (payload.length < HEADER + 34 + 4) return undefined;
    const flags = payload.readUInt16BE(2);
    const response = (flags & 0x8000) !== 0;
    const operation = (flags >>> 11) & 15;
    const questions = payload.readUInt16BE(4);
    const answers = payload.readUInt16BE(6);
    const additionals = payload.readUInt16BE(10);
    if (questions > 1 || answers > 1 || payload.readUInt16BE(8) !== 0 || additionals > 1) return undefined;
    const name = netbiosNameAt(payload, HEADER);
    if (name === undefined || name.end + 4 > payload.length) return undefined;
    const type = payload.readUInt16BE(name.end);
    if (type !== NB && type !== NBSTAT) return undefined;
    const message: NbnsMessage = { response, ip: undefined, said: [] };
    if (!response && isClaim(operation) && additionals === 1) {
      return readClaim(payload, name.bytes, name.end + 4, flow.sourceIp, message);
    }
    // An error code means the name was not given; its answer binds nothing.
    if (response && operation === QUERY && answers === 1 && (flags & 15) === 0) {
      return type === NBSTAT
        ? readStatus(payload, name.end, message)
        : readAnswer(payload, name.bytes, name.end, flow.sourceIp, message);
    }
    return message;
  },
  evidence({ ip, said }) {
    const about = ip === undefined ? ("sender" as const) : { ip };
    const found: Evidence[] = [];
    for (const [attribute, value] of said) found.push({ about, attribute, value });
    return found;
  },
  server: ({ response }) => (response ? "sender" : undefined),
});

const isClaim = (operation: number) =>
  operation === REGISTRATION || operation === RELEASE || operation === MULTI_HOMED || REFRESH.includes(operation);

/** The additional record repeats the name (usually by pointer) and holds flags and the claimer's address. 4.2.2. */
function readClaim(payload: Buffer, name: Buffer, at: number, sourceIp: string, message: NbnsMessage) {
  const record = payload[at]! >= 0xc0 ? at + 2 : (netbiosNameAt(payload, at)?.end ?? payload.length);
  if (record + 16 > payload.length) return malformed("registration cut short", message);
  const isGroup = (payload[record + 10]! & GROUP) !== 0;
  // Somebody else's address: a proxy speaks for another host.
  if (ipv4At(payload, record + 12) === sourceIp) describe(name, isGroup, message.said);
  return message;
}

/** 4.2.13: TTL, length, then flags and address of every owner. */
function readAnswer(payload: Buffer, name: Buffer, typeAt: number, sourceIp: string, message: NbnsMessage) {
  const at = typeAt + 10;
  if (at + 6 > payload.length) return malformed("answer cut short", message);
  if ((payload[at]! & GROUP) !== 0 || !isDeviceIpv4(payload, at + 2)) return message;
  const address = ipv4At(payload, at + 2);
  if (address !== sourceIp) message.ip = address;
  describe(name, false, message.said);
  return message;
}

/** 4.2.18: a number of names, each with its suffix and flags; all are the sender's own. */
function readStatus(payload: Buffer, typeAt: number, message: NbnsMessage) {
  const at = typeAt + 10;
  if (at >= payload.length) return malformed("node status cut short", message);
  const count = Math.min(payload[at]!, MAX_NAMES);
  for (let index = 0; index < count; index++) {
    const from = at + 1 + index * ENTRY;
    if (from + ENTRY > payload.length) return malformed("node status cut short", message);
    const isGroup = (payload.readUInt16BE(from + 16) & GROUP_WORD) !== 0;
    describe(payload.subarray(from, from + 16), isGroup, message.said);
  }
  return message;
}

/** A unique name of a computer is its own; of the others only the use is told. */
function describe(name: Buffer, isGroup: boolean, said: NbnsMessage["said"]): void {
  const suffix = name[15];
  const add = (attribute: string, value: string) => {
    if (!said.some(([known, kept]) => known === attribute && kept === value)) said.push([attribute, value]);
  };
  if (isGroup) {
    if (suffix === SUFFIX.domainControllers) add("nbns.type", "domain-controller");
    return;
  }
  const computer = computerName(name);
  if (computer !== undefined) add("nbns.name", computer);
  if (suffix === SUFFIX.workstation && computer !== undefined) add("nbns.type", "workstation");
  if (suffix === SUFFIX.server && computer !== undefined) add("nbns.type", "server");
  if (suffix === SUFFIX.domainMaster) add("nbns.type", "domain-master-browser");
  if (suffix === SUFFIX.masterBrowser) add("nbns.type", "master-browser");
}
