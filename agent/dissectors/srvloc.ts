/** Service location (SLP): what kinds of service a device offers, and printers' device identification. RFC 2608, RFC 2165; IEEE 1284-2000 device id. */
import { parseIp } from "../decode/addresses.ts";
import { defineDissector, type Evidence } from "./dissector.ts";
import { keepName, keepText } from "./self-given.ts";

const HEADER_1 = 12;
const HEADER_2 = 16;
/** Functions in which a service speaks of itself: reply, registration, attribute reply, agent's advertisement. */
const OWN: ReadonlySet<number> = new Set([2, 3, 7, 11]);
const MAX_FUNCTION = 11;
const MAX_TEXT = 4096;
const MAX_SERVICES = 16;
/** Fields of a printer's device id; all others are left unread. */
const FIELDS: Record<string, readonly [attribute: string, keep: typeof keepText]> = {
  mfg: ["srvloc.1284.mfg", keepText],
  manufacturer: ["srvloc.1284.mfg", keepText],
  mdl: ["srvloc.1284.mdl", keepText],
  model: ["srvloc.1284.mdl", keepText],
  cls: ["srvloc.1284.cls", keepText],
  class: ["srvloc.1284.cls", keepText],
  fwver: ["srvloc.1284.fwver", keepText],
  sn: ["srvloc.1284.sn", keepName],
};

interface ServiceMessage {
  isReply: boolean;
  said: [attribute: string, value: string][];
}

export default defineDissector<ServiceMessage>({
  protocol: "srvloc",
  over: ["udp"],
  hints: { udp: [427] },
  dissect(payload, flow): ServiceMessage | undefined {
    if (payload.length < HEADER_1) return undefined;
    const version = payload[0];
    const operation = payload[1]!;
    if (operation < 1 || operation > MAX_FUNCTION) return undefined;
    const length = version === 1 ? payload.readUInt16BE(2) : version === 2 ? payload.readUIntBE(2, 3) : 0;
    const header = version === 1 ? HEADER_1 : HEADER_2;
    if (length < header || (length !== payload.length && !flow.cut) || payload.length < header) return undefined;
    const message: ServiceMessage = { isReply: operation === 2 || operation === 7, said: [] };
    if (!OWN.has(operation)) return message;
    const text = payload.toString("latin1", header, Math.min(payload.length, MAX_TEXT));
    readServices(text, flow.sourceIp, message.said);
    if (operation === 7 || operation === 3) readDeviceId(text, message.said);
    return message;
  },
  evidence: ({ said }) => said.map(([attribute, value]): Evidence => ({ about: "sender", attribute, value })),
  server: ({ isReply }) => (isReply ? "sender" : undefined),
});

/** "service:printer:lpr://host/...": the type only, and not when the host is somebody else (a directory answers for others). */
function readServices(text: string, sourceIp: string, said: ServiceMessage["said"]): void {
  const pattern = /service:([a-z][a-z0-9.+:-]{0,47}):\/\/([^/:;\s]{0,64})/gi;
  for (let index = 0; index < MAX_SERVICES; index++) {
    const match = pattern.exec(text);
    if (match === null) return;
    if (parseIp(match[2]!) !== undefined && match[2] !== sourceIp) continue;
    const value = match[1]!.toLowerCase();
    if (!said.some(([, known]) => known === value)) said.push(["srvloc.service", value]);
  }
}

/** "MFG:...;MDL:...;CLS:PRINTER;" as printers' makers put it into an attribute. */
function readDeviceId(text: string, said: ServiceMessage["said"]): void {
  const at = /\b(?:MFG|MANUFACTURER):/i.exec(text)?.index;
  if (at === undefined) return;
  for (const part of text.slice(at, at + 1024).split(";", 24)) {
    const colon = part.indexOf(":");
    const field = FIELDS[part.slice(0, Math.max(0, colon)).trim().toLowerCase()];
    const value = field?.[1](part.slice(colon + 1));
    if (field !== undefined && value !== undefined && !said.some(([known]) => known === field[0]))
      said.push([field[0], value]);
  }
}
