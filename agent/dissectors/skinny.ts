/** Skinny (SCCP): the names and types under which Cisco's phones register. Cisco, "Skinny Call Control Protocol" (RegisterMessage); IANA port 2000. */
import { defineDissector, type Evidence } from "./dissector.ts";
import { keepName } from "./self-given.ts";

const HEAD = 8;
/** Longest message; longer lengths are other protocols' bytes. */
const MAX_LENGTH = 4096;
/** Header versions seen in the field: 0 of the first, then those of released firmware. */
const MAX_VERSION = 0x20;
/** Highest message number assigned. */
const MAX_MESSAGE = 0x9000;
const REGISTER = 0x0001;
const REGISTER_LENGTH = 36;
const NAME_BYTES = 16;
/** Messages read of one connection; registration comes first. */
const MAX_MESSAGES = 8;

interface SkinnyMessage {
  id: number;
  name: string | undefined;
  type: number | undefined;
}

export default defineDissector<SkinnyMessage>({
  protocol: "skinny",
  over: ["tcp"],
  hints: { tcp: [2000] },
  messageLength(payload) {
    if (payload.length < HEAD + 4) return 0;
    const length = payload.readUInt32LE(0);
    if (length < 4 || length > MAX_LENGTH || payload.readUInt32LE(4) > MAX_VERSION) return -1;
    return payload.readUInt32LE(HEAD) > MAX_MESSAGE ? -1 : HEAD + length;
  },
  dissect(payload, flow): SkinnyMessage | undefined {
    if (payload.length < HEAD + 4) return undefined;
    const length = payload.readUInt32LE(0);
    if (length < 4 || length > MAX_LENGTH || payload.readUInt32LE(4) > MAX_VERSION) return undefined;
    const id = payload.readUInt32LE(HEAD);
    if (id > MAX_MESSAGE || (!flow.cut && payload.length !== HEAD + length)) return undefined;
    flow.state = (typeof flow.state === "number" ? flow.state : 0) + 1;
    const message: SkinnyMessage = { id, name: undefined, type: undefined };
    if (id === REGISTER && payload.length >= HEAD + 4 + REGISTER_LENGTH - 4) {
      const padded = payload.subarray(HEAD + 4, HEAD + 4 + NAME_BYTES);
      const end = padded.indexOf(0);
      const name = padded.toString("latin1", 0, end < 0 ? NAME_BYTES : end);
      // Name, user and instance number, address, then the type.
      if (/^[A-Z]{2,4}[0-9A-F]{12}$/i.test(name)) message.name = keepName(name);
      message.type = payload.readUInt32LE(HEAD + 4 + NAME_BYTES + 12);
    }
    return message;
  },
  evidence({ name, type }) {
    const found: Evidence[] = [];
    if (name !== undefined) found.push({ about: "sender", attribute: "skinny.deviceName", value: name });
    if (name !== undefined && type !== undefined)
      found.push({ about: "sender", attribute: "skinny.deviceType", value: String(type) });
    return found;
  },
  server: ({ id, name }) => (id === REGISTER && name !== undefined ? "receiver" : undefined),
  done: ({ name }, { state }) => name !== undefined || (typeof state === "number" && state >= MAX_MESSAGES),
});
