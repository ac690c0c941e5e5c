/** X11: that a display is reached without encryption, and who made its server. X Window System Protocol 11, section 8. */
import { defineDissector, type Evidence, type Malformed } from "./dissector.ts";
import { keepText } from "./self-given.ts";

const BIG = 0x42;
const LITTLE = 0x6c;
const MAJOR = 11;
const SETUP_REQUEST = 12;
const ACCEPTED = 1;
/** Where the vendor's name begins in an acceptance, and where its length stands. */
const VENDOR_AT = 40;
const VENDOR_LENGTH_AT = 24;
const MAX_VENDOR = 80;

interface X11State {
  little: boolean;
}

interface X11Message {
  fromServer: boolean;
  vendor: string | undefined;
  release: string | undefined;
}

export default defineDissector<X11Message>({
  protocol: "x11",
  over: ["tcp"],
  recognise: [
    { at: 0, bytes: "6c ?? 0b 00 00 00 ?? 00 ?? 00" },
    { at: 0, bytes: "42 ?? 00 0b 00 00 00 ?? 00 ??" },
  ],
  hints: { tcp: [6000, 6001] },
  dissect(payload, flow): X11Message | Malformed | undefined {
    const state = flow.state as X11State | undefined;
    if (state === undefined) return request(payload, flow);
    const answer = payload[0];
    if (answer === undefined || answer > 2 || payload.length < 8) return undefined;
    const u16 = (at: number) => (state.little ? payload.readUInt16LE(at) : payload.readUInt16BE(at));
    const u32 = (at: number) => (state.little ? payload.readUInt32LE(at) : payload.readUInt32BE(at));
    if (u16(2) !== MAJOR) return undefined;
    const message: X11Message = { fromServer: true, vendor: undefined, release: undefined };
    if (answer !== ACCEPTED || payload.length < VENDOR_AT) return message;
    const length = u16(VENDOR_LENGTH_AT);
    if (length > 0 && length <= MAX_VENDOR && VENDOR_AT + length <= payload.length) {
      message.vendor = keepText(payload.subarray(VENDOR_AT, VENDOR_AT + length), MAX_VENDOR);
      message.release = String(u32(8));
    }
    return message;
  },
  evidence({ fromServer, vendor, release }): Evidence[] {
    const found: Evidence[] = [];
    if (!fromServer) return found;
    found.push({ about: "sender", attribute: "wardtap.remote", value: "x11" });
    if (vendor !== undefined) found.push({ about: "sender", attribute: "x11.vendor", value: vendor });
    if (release !== undefined) found.push({ about: "sender", attribute: "x11.release_number", value: release });
    return found;
  },
  server: ({ fromServer }) => (fromServer ? "sender" : "receiver"),
  done: ({ fromServer }) => fromServer,
});

/** Byte order, version 11.0, lengths of the authorisation's name and data, which are not read. */
function request(payload: Buffer, flow: { state: unknown }): X11Message | undefined {
  if (payload.length < SETUP_REQUEST || (payload[0] !== BIG && payload[0] !== LITTLE)) return undefined;
  const little = payload[0] === LITTLE;
  const u16 = (at: number) => (little ? payload.readUInt16LE(at) : payload.readUInt16BE(at));
  if (u16(2) !== MAJOR || u16(4) !== 0 || u16(10) !== 0) return undefined;
  const padded = (length: number) => (length + 3) & ~3;
  if (payload.length !== SETUP_REQUEST + padded(u16(6)) + padded(u16(8))) return undefined;
  flow.state = { little } satisfies X11State;
  return { fromServer: false, vendor: undefined, release: undefined };
}
