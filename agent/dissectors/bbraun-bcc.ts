/** B. Braun Space BCC: a SpaceStation that a collector asks. Framing as in the public reader mindleaving/patient-monitor-datalogger (BBraunBccFrame). */
import { defineDissector, type Evidence } from "./dissector.ts";
import { keepName } from "./self-given.ts";

const SOH = 0x01;
const STX = 0x02;
const ETX = 0x03;
const ETB = 0x17;
const EOT = 0x04;
const ACK = 0x06;
const NAK = 0x15;
/** Start, five digits of length, start of text. */
const HEAD = 7;
/** End of text, five digits of checksum, end. */
const TAIL = 7;
/** "<bed>/1/1>": place, then the request or its answer, which is not read. */
const PLACE = /^([^/>\p{Cc}]{1,32})\/\d{1,3}\/\d{1,3}>/u;
/** Frames of one side that settle the matter. */
const ENOUGH = 8;

interface BccMessage {
  bed: string | undefined;
  frames: number;
}

export default defineDissector<BccMessage>({
  protocol: "bcc",
  over: ["tcp"],
  recognise: [
    { at: 0, bytes: "01 ?? ?? ?? ?? ?? 02" },
    { at: 0, bytes: "06 01 ?? ?? ?? ?? ?? 02" },
  ],
  messageLength(payload) {
    const at = payload[0] === ACK || payload[0] === NAK ? 1 : 0;
    if (payload.length === at) return at;
    if (payload[at] !== SOH) return at === 1 ? 1 : -1;
    if (payload.length < at + HEAD) return 0;
    // The length counts the whole frame.
    const length = digits(payload, at + 1);
    return length < HEAD + TAIL || payload[at + 6] !== STX ? -1 : at + length;
  },
  dissect(payload, flow): BccMessage | undefined {
    const at = payload[0] === ACK || payload[0] === NAK ? 1 : 0;
    const state = flow.state as { frames: number } | undefined;
    if (payload.length === at) return state === undefined ? undefined : { bed: undefined, frames: state.frames };
    if (payload.length < at + HEAD + TAIL || digits(payload, at + 1) < 0) return undefined;
    const tail = payload.length - TAIL;
    const isEnded =
      (payload[tail] === ETX || payload[tail] === ETB) &&
      digits(payload, tail + 1) >= 0 &&
      payload[payload.length - 1] === EOT;
    const place = PLACE.exec(payload.toString("latin1", at + HEAD, Math.min(tail, at + HEAD + 64)));
    if (!isEnded || place === null) return undefined;
    const frames = (state?.frames ?? 0) + 1;
    flow.state = { frames };
    return { bed: keepName(place[1]!), frames };
  },
  evidence({ bed, frames }, flow) {
    if (frames === 0 || flow.server === "unknown") return [];
    const station = flow.server;
    const found: Evidence[] = [
      { about: station, attribute: "bcc.role", value: "spacestation" },
      { about: station === "sender" ? "receiver" : "sender", attribute: "bcc.role", value: "collector" },
    ];
    if (bed !== undefined) found.push({ about: station, attribute: "bcc.bed", value: bed });
    return found;
  },
  done: ({ frames }) => frames >= ENOUGH,
});

/** Five decimal digits, -1 when there are none. */
function digits(payload: Buffer, at: number): number {
  const text = payload.toString("latin1", at, at + 5);
  return /^\d{5}$/.test(text) ? Number(text) : -1;
}
