/** QUIC: whom a client asks and which program it is, told in its first packets. RFC 9000, 17.2.2 and 19; RFC 9001, 4. */
import { defineDissector, type Evidence, type Malformed, malformed } from "./dissector.ts";
import { integerAt, openInitial } from "./quic-initial.ts";
import { clientSaid } from "./tls.ts";
import { readClientHello } from "./tls-hello.ts";

/** Initial packets opened of one flow; a hello that needs more is not read. */
const MAX_INITIALS = 4;
/** A hello is put together up to this size. */
const MAX_HELLO = 2560;
/** Pieces of it in one packet; some clients cut it up to keep others honest. */
const MAX_FRAMES = 256;
const FRAME = { padding: 0, ping: 1, crypto: 6 } as const;
const CLIENT_HELLO = 1;
const MESSAGE_HEAD = 4;
const MAX_VALUES = 16;

interface QuicMessage {
  version: string;
  said: [attribute: string, value: string][];
  done: boolean;
}

/** The hello as far as it has come: its bytes, and which of them are there. */
interface QuicState {
  initials: number;
  hello: Buffer;
  there: Uint8Array;
}

const initials = (first: number, version: string) =>
  Array.from({ length: 16 }, (_, low) => ({ at: 0, bytes: `${(first + low).toString(16)} ${version}` }));

export default defineDissector<QuicMessage>({
  protocol: "quic",
  over: ["udp"],
  recognise: [...initials(0xc0, "00 00 00 01"), ...initials(0xd0, "6b 33 43 cf")],
  dissect(payload, flow): QuicMessage | Malformed | undefined {
    const packet = openInitial(payload);
    if (packet === undefined || packet === "locked") return undefined;
    if (packet === "short") return malformed("packet cut short");
    const state = (flow.state as QuicState | undefined) ?? {
      initials: 0,
      hello: Buffer.alloc(MAX_HELLO),
      there: new Uint8Array(MAX_HELLO),
    };
    flow.state = state;
    const message: QuicMessage = {
      version: packet.version === 1 ? "1" : "2",
      said: [],
      done: ++state.initials >= MAX_INITIALS,
    };
    if (!gather(packet.frames, state)) return malformed("frame cut short", message);
    const hello = wholeHello(state);
    if (hello === undefined) return message;
    message.done = true;
    const read = readClientHello(hello);
    if (read === undefined) return malformed("client hello lies", message);
    message.said = clientSaid(read, "q");
    return message;
  },
  evidence({ version, said }) {
    const found: Evidence[] = [{ about: "sender", attribute: "quic.version", value: version }];
    for (const [attribute, value] of said) found.push({ about: "sender", attribute, value, atMost: MAX_VALUES });
    return found;
  },
  server: () => "receiver",
  done: ({ done }) => done,
});

/** Puts pieces of the hello in their places. False when a frame lies; frames other than these end the reading. */
function gather(frames: Buffer, { hello, there }: QuicState): boolean {
  let at = 0;
  for (let count = 0; count < MAX_FRAMES; count++) {
    while (at < frames.length && frames[at]! <= FRAME.ping) at++;
    if (at >= frames.length || frames[at] !== FRAME.crypto) return true;
    const offset = integerAt(frames, at + 1);
    const length = offset && integerAt(frames, offset.end);
    if (offset === undefined || length === undefined || length.end + length.value > frames.length) return false;
    const to = offset.value + length.value;
    if (to <= MAX_HELLO) {
      frames.copy(hello, offset.value, length.end, length.end + length.value);
      there.fill(1, offset.value, to);
    }
    at = length.end + length.value;
  }
  return true;
}

function wholeHello({ hello, there }: QuicState): Buffer | undefined {
  if (there[0] === 0 || there[3] === 0 || hello[0] !== CLIENT_HELLO) return undefined;
  const end = MESSAGE_HEAD + hello.readUIntBE(1, 3);
  if (end > MAX_HELLO || there.subarray(0, end).includes(0)) return undefined;
  return hello.subarray(MESSAGE_HEAD, end);
}
