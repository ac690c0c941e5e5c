/** SMB 2 and 3 messages: dialect, signing, guest sessions, NTLM names, and administration shares and pipes. [MS-SMB2] 2.2. */
import type { Evidence } from "./dissector.ts";
import { ntlmsspEvidence, readNtlmssp } from "./ntlmssp.ts";
import { adminShare, knownPipe, MAX_AFTER_SETUP, type SmbMessage, type SmbState } from "./smb-message.ts";
import { utf16At } from "./utf16.ts";

const HEADER = 64;
const NEGOTIATE = 0;
const SESSION_SETUP = 1;
const TREE_CONNECT = 3;
const CREATE = 5;
const RESPONSE = 0x00000001;
const STATUS_MORE_PROCESSING = 0xc0000016;
/** 2.2.4: the revisions there are; 02ff only says "SMB 2, ask again". */
const DIALECTS: Record<number, string> = {
  514: "2.0.2",
  528: "2.1",
  768: "3.0",
  770: "3.0.2",
  785: "3.1.1",
};
/** A sane offset of compressed data lies within a message; CVE-2020-0796 is an offset that overflows. */
const MAX_COMPRESSION_OFFSET = 0x01000000;

type Add = (attribute: string, value: string | undefined, about?: Evidence["about"]) => void;

/** Reads one message that begins with FE 'SMB'; of messages sent together only the first. */
export function readSmb2(bytes: Buffer, state: SmbState): SmbMessage | undefined {
  if (bytes.length < HEADER + 2 || bytes.readUInt16LE(4) !== HEADER) return undefined;
  const response = (bytes.readUInt32LE(16) & RESPONSE) !== 0;
  const message: SmbMessage = { found: [], response, sided: true, done: false };
  const add: Add = (attribute, value, about = "sender") => {
    if (value !== undefined) message.found.push({ about, attribute, value });
  };
  const status = response ? bytes.readUInt32LE(8) : 0;
  switch (bytes.readUInt16LE(12)) {
    case NEGOTIATE:
      if (response) readNegotiated(bytes, add);
      break;
    case SESSION_SETUP:
      if (!response) readSetupRequest(bytes, add);
      else if (status === 0 || status === STATUS_MORE_PROCESSING) readSetupResponse(bytes, add);
      if (response && status === 0) state.set = true;
      break;
    case TREE_CONNECT:
      if (!response) readTreeConnect(bytes, add);
      break;
    case CREATE:
      if (!response) readCreate(bytes, add);
      break;
  }
  if (state.set && ++state.after > MAX_AFTER_SETUP) message.done = true;
  return message;
}

/** FC 'SMB' (2.2.42): after the negotiation the messages may be compressed; only an offset that overflows is told. */
export function readCompressed(bytes: Buffer): SmbMessage | undefined {
  if (bytes.length < 16) return undefined;
  const chained = bytes.readUInt16LE(10) !== 0;
  const isAttack = !chained && bytes.readUInt32LE(12) > MAX_COMPRESSION_OFFSET;
  const found: Evidence[] = isAttack
    ? [{ about: "sender", attribute: "wardtap.exploit.smb2", value: "compression-offset" }]
    : [];
  return { found, response: false, sided: false, done: false };
}

/** FD 'SMB' (2.2.41): encrypted from here on, so nothing more is to be learnt. */
export const encrypted = (): SmbMessage => ({
  found: [{ about: "sender", attribute: "wardtap.smb.encrypted", value: "1" }],
  response: false,
  sided: false,
  done: true,
});

/** 2.2.4 */
function readNegotiated(bytes: Buffer, add: Add): void {
  if (bytes.length < HEADER + 64) return;
  const dialect = DIALECTS[bytes.readUInt16LE(68)];
  if (dialect === undefined) return;
  const mode = bytes.readUInt16LE(66);
  add("smb2.dialect", dialect);
  add("smb2.sec_mode.sign_enabled", String(mode & 1));
  add("smb2.sec_mode.sign_required", String((mode >> 1) & 1));
}

/** 2.2.5 */
function readSetupRequest(bytes: Buffer, add: Add): void {
  if (bytes.length < HEADER + 24) return;
  readBlob(bytes, bytes.readUInt16LE(76), bytes.readUInt16LE(78), add);
}

/** 2.2.6 */
function readSetupResponse(bytes: Buffer, add: Add): void {
  if (bytes.length < HEADER + 8) return;
  const flags = bytes.readUInt16LE(66);
  if ((flags & 1) !== 0) {
    add("smb2.ses_flags.guest", "1");
    // A session for nobody has a flag of its own: this one came with a name, and is let in whoever it is.
    if (bytes.readUInt32LE(8) === 0) add("wardtap.login.anonymous", "smb-guest");
  }
  if ((flags & 2) !== 0) add("smb2.ses_flags.null", "1");
  readBlob(bytes, bytes.readUInt16LE(68), bytes.readUInt16LE(70), add);
}

function readBlob(bytes: Buffer, at: number, length: number, add: Add): void {
  if (at < HEADER || length === 0) return;
  const ntlm = readNtlmssp(bytes.subarray(at, at + length));
  if (ntlm !== undefined) for (const { attribute, value } of ntlmsspEvidence(ntlm)) add(attribute, value);
}

/** 2.2.9 */
function readTreeConnect(bytes: Buffer, add: Add): void {
  if (bytes.length < HEADER + 8) return;
  const path = utf16At(bytes, bytes.readUInt16LE(68), bytes.readUInt16LE(70));
  add("wardtap.smb.share", adminShare(path));
}

/** 2.2.13 */
function readCreate(bytes: Buffer, add: Add): void {
  if (bytes.length < HEADER + 56) return;
  add("wardtap.smb.pipe", knownPipe(utf16At(bytes, bytes.readUInt16LE(108), bytes.readUInt16LE(110))));
}
