/** PROFINET DCP: stations that answer an identify request or say hello. IEC 61158-6-10, 4.3 (discovery and basic configuration). */
import { defineDissector, type Evidence, type Malformed, malformed } from "./dissector.ts";
import { keepName, keepText } from "./self-given.ts";

const HEAD = 12;
/** Frame ids: hello, get and set, identify request and answer. */
const FRAMES = new Set([0xfefc, 0xfefd, 0xfefe, 0xfeff]);
const HELLO = 6;
const ANSWER = 1;
const OPTION = { ip: 1, device: 2 } as const;
const DEVICE = { vendor: 1, name: 2, id: 3, role: 4, instance: 7 } as const;
/** Blocks looked at in one frame. */
const MAX_BLOCKS = 32;

interface DcpMessage {
  said: [attribute: string, value: string][];
}

export default defineDissector<DcpMessage>({
  protocol: "pn_dcp",
  over: ["link"],
  etherTypes: [0x8892],
  dissect(payload, flow): DcpMessage | Malformed | undefined {
    if (payload.length < HEAD || !FRAMES.has(payload.readUInt16BE(0))) return undefined;
    const message: DcpMessage = { said: [] };
    // Only what a station says of itself: answers, and hello.
    if (payload[3] !== ANSWER && payload[2] !== HELLO) return message;
    const end = HEAD + payload.readUInt16BE(10);
    if (end > payload.length && !flow.cut) return malformed("blocks cut short");
    let at = HEAD;
    for (let step = 0; step < MAX_BLOCKS && at + 4 <= Math.min(end, payload.length); step++) {
      const to = at + 4 + payload.readUInt16BE(at + 2);
      if (to > Math.min(end, payload.length)) return malformed("a block runs past its place", message);
      // Two bytes of block information stand before the value.
      if (payload[at] === OPTION.device) readDevice(payload, at + 6, to, payload[at + 1]!, message.said);
      at = to + (to & 1);
    }
    return message;
  },
  evidence: ({ said }) => said.map(([attribute, value]): Evidence => ({ about: "sender", attribute, value })),
});

function readDevice(payload: Buffer, from: number, to: number, kind: number, said: [string, string][]): void {
  if (from > to) return;
  const value = payload.subarray(from, to);
  const add = (attribute: string, text: string | undefined) => {
    if (text !== undefined) said.push([attribute, text]);
  };
  if (kind === DEVICE.vendor) add("pn_dcp.suboption_device_typeofstation", keepText(value));
  if (kind === DEVICE.name) add("pn_dcp.suboption_device_nameofstation", keepName(value));
  if (kind === DEVICE.id && value.length === 4) {
    add("pn_dcp.suboption_vendor_id", `0x${value.toString("hex", 0, 2)}`);
    add("pn_dcp.suboption_device_id", `0x${value.toString("hex", 2, 4)}`);
  }
  if (kind === DEVICE.role && value.length > 0) add("pn_dcp.suboption_device_role", roles(value[0]!));
}

/** Bits: IO device, controller, multidevice, supervisor. */
const roles = (bits: number): string | undefined =>
  ["device", "controller", "multidevice", "supervisor"].filter((_, bit) => ((bits >>> bit) & 1) === 1).join(",") ||
  undefined;
