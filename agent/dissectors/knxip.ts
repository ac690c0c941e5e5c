/** KNXnet/IP: building gateways that describe themselves. ISO 22510 (KNX Standard 3/8/2, core), 7.5 and 7.6. */
import { macAt } from "./addresses.ts";
import { defineDissector, type Evidence, type Malformed, malformed } from "./dissector.ts";
import { keepName } from "./self-given.ts";

const HEAD = 6;
const SERVICE = {
  searchAnswer: 0x0202,
  describe: 0x0203,
  description: 0x0204,
  connect: 0x0205,
  searchAnswerExtended: 0x020c,
} as const;
const ADDRESS_LENGTH = 8;
const DEVICE_INFO = 0x01;
const DEVICE_INFO_LENGTH = 54;
/** Description blocks looked at in one answer. */
const MAX_BLOCKS = 32;

interface KnxMessage {
  service: number;
  said: [attribute: string, value: string][];
}

export default defineDissector<KnxMessage>({
  protocol: "knxip",
  over: ["udp"],
  recognise: [{ at: 0, bytes: "06 10 02 ?? 00" }],
  hints: { udp: [3671] },
  dissect(payload): KnxMessage | Malformed | undefined {
    if (payload.length < HEAD || payload[0] !== HEAD || payload[1] !== 0x10) return undefined;
    const service = payload.readUInt16BE(2);
    const family = service >>> 8;
    if (family < 2 || family > 9 || payload.readUInt16BE(4) !== payload.length) return undefined;
    const message: KnxMessage = { service, said: [] };
    if (service === SERVICE.description) return readBlocks(payload, HEAD, message);
    if (service !== SERVICE.searchAnswer && service !== SERVICE.searchAnswerExtended) return message;
    // Host protocol address information stands first.
    if (payload[HEAD] !== ADDRESS_LENGTH) return malformed("address block missing");
    return readBlocks(payload, HEAD + ADDRESS_LENGTH, message);
  },
  evidence: ({ said }) => said.map(([attribute, value]): Evidence => ({ about: "sender", attribute, value })),
  server: ({ service, said }) =>
    said.length > 0 ? "sender" : service === SERVICE.describe || service === SERVICE.connect ? "receiver" : undefined,
});

/** Blocks are length, type, data; device information names the gateway. */
function readBlocks(payload: Buffer, from: number, message: KnxMessage): KnxMessage | Malformed {
  let at = from;
  for (let step = 0; step < MAX_BLOCKS && at < payload.length; step++) {
    const length = payload[at]!;
    if (length < 2 || at + length > payload.length) return malformed("a block runs past its place", message);
    if (payload[at + 1] === DEVICE_INFO) {
      if (length !== DEVICE_INFO_LENGTH) return malformed("device information has the wrong length", message);
      readDevice(payload, at, message.said);
    }
    at += length;
  }
  return message;
}

/** Medium, status, bus address (2), installation (2, not read), serial (6), multicast (4), MAC (6), name (30). */
function readDevice(payload: Buffer, at: number, said: [string, string][]): void {
  const bus = payload.readUInt16BE(at + 4);
  said.push(["knxip.knxaddr", `${bus >>> 12}.${(bus >>> 8) & 15}.${bus & 255}`]);
  said.push(["knxip.sernr", payload.toString("hex", at + 8, at + 14).toUpperCase()]);
  said.push(["knxip.macaddr", macAt(payload, at + 18)]);
  const text = payload.subarray(at + 24, at + DEVICE_INFO_LENGTH);
  const end = text.indexOf(0);
  const name = keepName(text.toString("latin1", 0, end < 0 ? text.length : end));
  if (name !== undefined) said.push(["knxip.device.name", name]);
}
