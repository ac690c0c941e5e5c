/** SMB over the NetBIOS session service and over TCP directly: who shares files, in which dialect and how guarded. RFC 1002 4.3, [MS-SMB2] 2.1. */
import { defineDissector, type Malformed, malformed } from "./dissector.ts";
import { keepName } from "./self-given.ts";
import { newSmbState, type SmbMessage, type SmbState } from "./smb-message.ts";
import { readSmb1 } from "./smb1.ts";
import { encrypted, readCompressed, readSmb2 } from "./smb2.ts";

const FRAME = 4;
const SESSION_MESSAGE = 0x00;
const SESSION_REQUEST = 0x81;
const POSITIVE_RESPONSE = 0x82;
const KEEP_ALIVE = 0x85;
/** Two encoded names with their lengths and ends. */
const NAMES = 68;
/** RFC 1001 14.1: 32 letters A to P for 16 bytes. */
const ENCODED_NAME = 32;
const SMB1 = 0xff;
const SMB2 = 0xfe;
const ENCRYPTED = 0xfd;
const COMPRESSED = 0xfc;

/** Longest SMB 2 header with the first field behind it; the fields wanted of SMB 1 transactions lie within it too. */
const NEEDED = FRAME + 66;
/** Longer than any session message. */
const MAX_MESSAGE = 1 << 25;
/** Negotiate, session setup, tree connect, create. */
const SMB2_READ_WHOLE: ReadonlySet<number> = new Set([0, 1, 3, 5]);
const SMB1_READ_WHOLE: ReadonlySet<number> = new Set([0x72, 0x73, 0x75, 0xa2]);

export default defineDissector<SmbMessage>({
  protocol: "smb",
  over: ["tcp"],
  recognise: [
    { at: 0, bytes: "00 ?? ?? ?? ff 53 4d 42" },
    { at: 0, bytes: "00 ?? ?? ?? fe 53 4d 42" },
    { at: 0, bytes: "81 00 00 44 20" },
  ],
  messageLength(payload) {
    const type = payload[0]!;
    if (type !== SESSION_MESSAGE && (type < SESSION_REQUEST || type > KEEP_ALIVE)) return -1;
    if (payload.length < FRAME) return 0;
    if (type !== SESSION_MESSAGE && payload.readUIntBE(1, 3) > NAMES) return -1;
    return FRAME + payload.readUIntBE(1, 3);
  },
  needs: (payload) => (isShort(payload) ? NEEDED : MAX_MESSAGE),
  dissect(payload, flow): SmbMessage | Malformed | undefined {
    if (payload.length < FRAME) return undefined;
    const state = (flow.state as SmbState | undefined) ?? newSmbState();
    flow.state = state;
    const type = payload[0]!;
    if (type === SESSION_REQUEST) return sessionRequest(payload);
    if (type !== SESSION_MESSAGE) return quiet(type >= POSITIVE_RESPONSE && type < KEEP_ALIVE);
    const bytes = payload.subarray(FRAME);
    // An empty session message is a sign of life.
    if (bytes.length === 0) return quiet(false);
    if (bytes.length < 4) return flow.cut ? undefined : malformed("header cut short");
    if (bytes[1] !== 0x53 || bytes[2] !== 0x4d || bytes[3] !== 0x42) return undefined;
    const message = read(bytes, state);
    return message ?? malformed("header cut short");
  },
  evidence: ({ found }) => found,
  server: ({ response, sided }) => (sided ? (response ? "sender" : "receiver") : undefined),
  done: ({ done }) => done,
});

/** Most messages carry the bytes of files; of these only the header is read. */
function isShort(payload: Buffer): boolean {
  if (payload[0] !== SESSION_MESSAGE) return false;
  if (payload.length < NEEDED) return true;
  if (payload[FRAME] === SMB2) return !SMB2_READ_WHOLE.has(payload.readUInt16LE(FRAME + 12));
  return payload[FRAME] !== SMB1 || !SMB1_READ_WHOLE.has(payload[FRAME + 4]!);
}

function read(bytes: Buffer, state: SmbState): SmbMessage | undefined {
  switch (bytes[0]) {
    case SMB1:
      return readSmb1(bytes, state);
    case SMB2:
      return readSmb2(bytes, state);
    case COMPRESSED:
      return readCompressed(bytes);
    case ENCRYPTED:
      return encrypted();
    default:
      return undefined;
  }
}

const quiet = (response: boolean): SmbMessage => ({ found: [], response, sided: response, done: false });

/** RFC 1002 4.3.2: the name called, then the caller's own. */
function sessionRequest(payload: Buffer): SmbMessage | Malformed {
  if (payload.length < FRAME + NAMES) return malformed("session request cut short");
  const message: SmbMessage = { found: [], response: false, sided: true, done: false };
  const called = netbiosName(payload, FRAME);
  // "*SMBSERVER" asks for whoever is there.
  if (called !== undefined && !called.startsWith("*"))
    message.found.push({ about: "receiver", attribute: "nbss.called_name", value: called });
  const calling = netbiosName(payload, FRAME + NAMES / 2);
  if (calling !== undefined) message.found.push({ about: "sender", attribute: "nbss.calling_name", value: calling });
  return message;
}

function netbiosName(payload: Buffer, at: number): string | undefined {
  if (payload[at] !== ENCODED_NAME) return undefined;
  const name = Buffer.alloc(15);
  for (let i = 0; i < 15; i++) {
    const high = payload[at + 1 + i * 2]! - 0x41;
    const low = payload[at + 2 + i * 2]! - 0x41;
    if (high < 0 || high > 15 || low < 0 || low > 15) return undefined;
    name[i] = (high << 4) | low;
  }
  return keepName(name);
}
