/** Skinny (SCCP): the names and types under which Cisco's phones register. Cisco, "Skinny Call Control Protocol" (RegisterMessage); IANA port 2000. */
import { defineDissector, type Evidence } from "./dissector.ts";
import { keepName } from "./self-given.ts";

const HEAD = 8;
/** Longest message; longer lengths are other protocols' bytes. */
const MAX_LENGTH = 4096;
/** Header versions seen in the field: 0 of the first, then those of released firmware. */
const MAX_VERSION = 0x20;
/** Numbers of messages: up to here phones send, then call managers. */
const LAST_OF_PHONE = 0x7f;
const LAST_OF_MANAGER = 0x0160;
const KEEP_ALIVE = 0;
const REGISTER = 0x0001;
/** Message number, name, user and instance numbers, address and type. */
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
    return payload.readUInt32LE(HEAD) > LAST_OF_MANAGER ? -1 : HEAD + length;
  },
  dissect(payload, flow): SkinnyMessage | undefined {
    if (payload.length < HEAD + 4) return undefined;
    const length = payload.readUInt32LE(0);
    if (length < 4 || length > MAX_LENGTH || payload.readUInt32LE(4) > MAX_VERSION) return undefined;
    const id = payload.readUInt32LE(HEAD);
    if (id > LAST_OF_MANAGER || (!flow.cut && payload.length !== HEAD + length)) return undefined;
    flow.state = (typeof flow.state === "number" ? flow.state : 0) + 1;
    const message: SkinnyMessage = { id, name: undefined, type: undefined };
    if (id === REGISTER && payload.length >= HEAD + REGISTER_LENGTH) {
      const padded = payload.subarray(HEAD + 4, HEAD + 4 + NAME_BYTES);
      const end = padded.indexOf(0);
      const name = padded.toString("latin1", 0, end < 0 ? NAME_BYTES : end);
      // Name, user and instance number, address, then the type.
      if (/^[A-Z]{2,4}[0-9A-F]{12}$/i.test(name)) message.name = keepName(name);
      message.type = payload.readUInt32LE(HEAD + 4 + NAME_BYTES + 12);
    }
    return message;
  },
  evidence({ id, name, type }) {
    const found: Evidence[] = [];
    if (id !== KEEP_ALIVE)
      found.push({ about: "sender", attribute: "wardtap.skinny", value: isOfPhone(id) ? "phone" : "call-manager" });
    if (name !== undefined) found.push({ about: "sender", attribute: "skinny.deviceName", value: name });
    if (name !== undefined && type !== undefined)
      found.push({ about: "sender", attribute: "skinny.deviceType", value: String(type) });
    return found;
  },
  server: ({ id }) => (id === KEEP_ALIVE ? undefined : isOfPhone(id) ? "receiver" : "sender"),
  done: ({ name }, { state }) => name !== undefined || (typeof state === "number" && state >= MAX_MESSAGES),
});

const isOfPhone = (id: number) => id <= LAST_OF_PHONE;
