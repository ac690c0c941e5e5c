/** SMB 1 messages: dialect, signing, operating system and LAN manager of both ends, and shapes of known attacks. [MS-CIFS] 2.2.3, 2.2.4, [MS-SMB] 2.2.4. */
import type { Evidence } from "./dissector.ts";
import { ntlmsspEvidence, readNtlmssp } from "./ntlmssp.ts";
import { cleanText, keepName, keepText } from "./self-given.ts";
import {
  adminShare,
  isWannacryPath,
  knownPipe,
  MAX_AFTER_SETUP_SMB1,
  type SmbMessage,
  type SmbState,
} from "./smb-message.ts";
import { afterText, utf16At } from "./utf16.ts";

const HEADER = 32;
const NEGOTIATE = 0x72;
const SESSION_SETUP = 0x73;
const TREE_CONNECT = 0x75;
const NT_CREATE = 0xa2;
const TRANSACTION2 = 0x32;
const TRANSACTION2_SECONDARY = 0x33;
const NT_TRANSACT = 0xa0;
const TRANS2_SESSION_SETUP = 0x0e;
const REPLY = 0x80;
const UNICODE = 0x8000;
const STATUS_MORE_PROCESSING = 0xc0000016;
const STATUS_NOT_IMPLEMENTED = 0xc0000002;
/** Multiplex ids of the backdoor's answers: present, done (public analyses of DoublePulsar). */
const DOUBLEPULSAR_MIDS = [81, 82];
const MAX_DIALECTS = 32;
const NO_DIALECT = 0xffff;
/** Data of one NT_TRANSACT that a 16-bit length can't count (MS17-010's mismatch). */
const MAX_TRANS2_DATA = 0xffff;
const MAX_TEXT = 128;
/** Bytes of a response to a challenge by LM or NTLM version 1. */
const RESPONSE_V1 = 24;

/** Reads one message that begins with FF 'SMB'; "" texts and cut fields are left out. */
export function readSmb1(bytes: Buffer, state: SmbState): SmbMessage | undefined {
  if (bytes.length < HEADER + 1) return undefined;
  const response = (bytes[9]! & REPLY) !== 0;
  const message: SmbMessage = { found: [], response, sided: true, done: false };
  const words = bytes[HEADER]!;
  const add = (attribute: string, value: string | undefined, about: Evidence["about"] = "sender") => {
    if (value !== undefined && value !== "") message.found.push({ about, attribute, value });
  };
  const command = bytes[4]!;
  if (command === NEGOTIATE) {
    if (response) readNegotiated(bytes, words, state, add);
    else readOffer(bytes, words, state);
  } else if (command === SESSION_SETUP) {
    const status = bytes.readUInt32LE(5);
    if (!response) readSetupRequest(bytes, words, state, add);
    else if (status === 0 || status === STATUS_MORE_PROCESSING) readSetupResponse(bytes, words, add);
    if (response && status === 0) state.set = true;
  } else if (response) {
    if (command === TRANSACTION2) readBackdoorAnswer(bytes, state, add);
  } else if (command === TREE_CONNECT) readTreeConnect(bytes, words, add);
  else if (command === NT_CREATE) readCreate(bytes, words, add);
  else readTransaction(bytes, command, words, state, add);
  if (state.set && ++state.after > MAX_AFTER_SETUP_SMB1) message.done = true;
  return message;
}

type Add = (attribute: string, value: string | undefined, about?: Evidence["about"]) => void;

/** 2.2.4.52.1: a byte 02, then a name ending in NUL, for each dialect. */
function readOffer(bytes: Buffer, words: number, state: SmbState): void {
  if (words !== 0) return;
  state.offered = [];
  for (let at = HEADER + 3; bytes[at] === 0x02 && state.offered.length < MAX_DIALECTS; ) {
    const end = bytes.indexOf(0, at + 1);
    if (end < 0) return;
    state.offered.push(cleanText(bytes.subarray(at + 1, Math.min(end, at + 1 + MAX_TEXT))));
    at = end + 1;
  }
}

/** 2.2.4.52.2: 17 words from NT LM 0.12, 13 from LAN Manager, 1 from the first servers. */
function readNegotiated(bytes: Buffer, words: number, state: SmbState, add: Add): void {
  if (words < 1 || bytes.length < HEADER + 1 + words * 2) return;
  const index = bytes.readUInt16LE(33);
  if (index === NO_DIALECT) return;
  add("smb.dialect", state.offered[index] ?? (words === 17 ? "NT LM 0.12" : "before NT LM 0.12"));
  add("wardtap.smb1", "server");
  if (words < 13) return;
  const mode = bytes[35]!;
  state.encryptsPasswords = (mode & 0x02) !== 0;
  add("smb.sm.password", state.encryptsPasswords ? "encrypted" : "plaintext");
  if (words !== 17) return;
  add("smb.sm.signatures", (mode & 0x04) !== 0 ? "1" : "0");
  add("smb.sm.sig_required", (mode & 0x08) !== 0 ? "1" : "0");
  const extended = (bytes.readUInt32LE(52) & 0x80000000) !== 0;
  const from = HEADER + 1 + words * 2 + 2;
  if (extended) return;
  // Without extended security: challenge, then domain and server name.
  const wide = (bytes.readUInt16LE(10) & UNICODE) !== 0;
  const domain = from + bytes[66]!;
  const server = afterText(bytes, domain, bytes.length, wide);
  if (server > 0) add("smb.server", keepName(textAt(bytes, server, wide), MAX_TEXT));
}

/** 2.2.4.53.1: 13 words, 12 with extended security ([MS-SMB] 2.2.4.6.1), 10 before NT LM 0.12. */
function readSetupRequest(bytes: Buffer, words: number, state: SmbState, add: Add): void {
  const start = HEADER + 1 + words * 2 + 2;
  if (bytes.length < start || (words !== 10 && words !== 12 && words !== 13)) return;
  add("wardtap.smb1", "client");
  const wide = (bytes.readUInt16LE(10) & UNICODE) !== 0;
  const secrets = bytes.readUInt16LE(47) + (words === 13 ? bytes.readUInt16LE(49) : 0);
  let at = aligned(start + secrets, wide);
  if (words === 12) readBlob(bytes, start, secrets, add);
  else {
    // One zero byte is no password at all.
    if (state.encryptsPasswords === false && secrets > 1) {
      add("wardtap.login", "smb", "receiver");
      add("wardtap.login.sent", "smb");
    }
    if (state.encryptsPasswords !== false)
      add("smb.setup.response", responseOf(bytes.readUInt16LE(47), words === 13 ? bytes.readUInt16LE(49) : 0));
    if (bytes[at] === 0 && secrets <= 2) add("wardtap.login.anonymous", "smb");
    // The account and its domain are stepped over, not read.
    at = afterText(bytes, at, bytes.length, wide);
    at = afterText(bytes, at, bytes.length, wide);
  }
  readSystem(bytes, at, wide, ".client", add);
}

/** [MS-NLMP] 2.2.2.3 to 2.2.2.8: responses of LM and NTLM version 1 have 24 bytes, of version 2 more. */
function responseOf(lm: number, nt: number): string | undefined {
  if (nt > RESPONSE_V1) return "v2";
  if (nt === RESPONSE_V1) return "v1";
  return nt === 0 && lm === RESPONSE_V1 ? "lm" : undefined;
}

/** 2.2.4.53.2: 3 words, 4 with extended security. */
function readSetupResponse(bytes: Buffer, words: number, add: Add): void {
  const start = HEADER + 1 + words * 2 + 2;
  if ((words !== 3 && words !== 4) || bytes.length < start) return;
  add("wardtap.smb1", "server");
  add("smb.setup.action.guest", (bytes[37]! & 1) !== 0 ? "1" : undefined);
  const wide = (bytes.readUInt16LE(10) & UNICODE) !== 0;
  const blob = words === 4 ? bytes.readUInt16LE(39) : 0;
  if (blob > 0) readBlob(bytes, start, blob, add);
  readSystem(bytes, aligned(start + blob, wide), wide, "", add);
}

function readBlob(bytes: Buffer, at: number, length: number, add: Add): void {
  const ntlm = readNtlmssp(bytes.subarray(at, at + length));
  if (ntlm !== undefined) for (const { attribute, value } of ntlmsspEvidence(ntlm)) add(attribute, value);
}

/**
 * NativeOS, then NativeLanMan. Some write the text one byte off its alignment: then it reads as no text.
 * What a client says is kept apart from what a server says: attack tools say "Windows 2000 2195".
 */
function readSystem(bytes: Buffer, at: number, wide: boolean, end: "" | ".client", add: Add): void {
  const next = afterText(bytes, at, bytes.length, wide);
  if (next < 0) return;
  add(`smb.native_os${end}`, systemText(bytes, at, wide));
  if (next < bytes.length) add(`smb.native_lanman${end}`, systemText(bytes, next, wide));
}

function systemText(bytes: Buffer, at: number, wide: boolean): string | undefined {
  const text = keepText(textAt(bytes, at, wide), MAX_TEXT);
  return text !== undefined && /^[\x20-\x7e]+$/.test(text) ? text : undefined;
}

const textAt = (bytes: Buffer, at: number, wide: boolean): string => {
  if (wide) return utf16At(bytes, at, (bytes.length - at) & ~1);
  const end = bytes.indexOf(0, at);
  return bytes.toString("latin1", at, Math.min(end < 0 ? bytes.length : end, at + MAX_TEXT));
};

/** Wide text begins at an even distance from the header's start (2.2.1.1.2). */
const aligned = (at: number, wide: boolean) => (wide && (at & 1) === 1 ? at + 1 : at);

/** 2.2.4.55.1 */
function readTreeConnect(bytes: Buffer, words: number, add: Add): void {
  const start = HEADER + 1 + words * 2 + 2;
  if (words !== 4 || bytes.length < start) return;
  const wide = (bytes.readUInt16LE(10) & UNICODE) !== 0;
  const path = textAt(bytes, aligned(start + bytes.readUInt16LE(39), wide), wide);
  if (isWannacryPath(path)) add("wardtap.exploit.smb1", "wannacry-tree-path");
  add("wardtap.smb.share", adminShare(path));
}

/** 2.2.4.64.1: of files only the pipes of known services are named. */
function readCreate(bytes: Buffer, words: number, add: Add): void {
  const start = HEADER + 1 + words * 2 + 2;
  if (words !== 24 || bytes.length < start) return;
  const wide = (bytes.readUInt16LE(10) & UNICODE) !== 0;
  add("wardtap.smb.pipe", knownPipe(textAt(bytes, aligned(start, wide), wide)));
}

/** Shapes of MS17-010 and its backdoor: presence only. Public analyses; Microsoft MS17-010. */
function readTransaction(bytes: Buffer, command: number, words: number, state: SmbState, add: Add): void {
  if (command === NT_TRANSACT && words >= 19 && bytes.length >= 44) {
    if (bytes.readUInt32LE(40) > MAX_TRANS2_DATA) state.largeNtTransact = true;
  } else if (command === TRANSACTION2_SECONDARY && state.largeNtTransact) {
    add("wardtap.exploit.smb1", "nt-transact-continued-as-trans2");
  } else if (command === TRANSACTION2 && words >= 15 && bytes.length >= 63) {
    if (bytes[59] === 0 || bytes.readUInt16LE(61) !== TRANS2_SESSION_SETUP) return;
    state.sessionSetupMid = bytes.readUInt16LE(30);
    add("wardtap.exploit.smb1", "trans2-session-setup");
  }
}

/** No server implements the request; the backdoor answers it with another multiplex id than it was asked with. */
function readBackdoorAnswer(bytes: Buffer, state: SmbState, add: Add): void {
  const mid = bytes.readUInt16LE(30);
  if (bytes.readUInt32LE(5) !== STATUS_NOT_IMPLEMENTED || state.sessionSetupMid < 0) return;
  if (mid !== state.sessionSetupMid && DOUBLEPULSAR_MIDS.includes(mid))
    add("wardtap.exploit.smb1", "doublepulsar-answer");
}
