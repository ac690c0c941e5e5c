/** Sun RPC: who answers portmap and serves NFS. RFC 5531 9, RFC 1833, RFC 1813. */
import { defineDissector, type Evidence, type Malformed, malformed } from "./dissector.ts";

const CALL = 0;
const REPLY = 1;
const RPC_VERSION = 2;
/** Transaction, direction, RPC version, program, version, procedure, two empty credentials. */
const CALL_LENGTH = 40;
const REPLY_LENGTH = 24;
/** Programs of these numbers are recognised (IANA RPC program numbers); others stay unknown. */
const PROGRAMS = new Map([
  [100000, "portmap"],
  [100003, "nfs"],
  [100005, "mountd"],
  [100021, "nlockmgr"],
  [100024, "status"],
]);
const MAX_PROGRAM_VERSION = 4;
/** Over TCP the highest bit marks a record's last fragment. */
const LAST_FRAGMENT = 0x80000000;
const MAX_FRAGMENT = 0x200000;

interface RpcMessage {
  call: boolean;
  program: string;
  version: number;
}

/** Small memory: what the last call asked for. */
interface RpcState {
  program: string;
  version: number;
  transaction: number;
}

export default defineDissector<RpcMessage>({
  protocol: "rpc",
  over: ["tcp", "udp"],
  // A call of RPC version 2 to a program 1000xx: 000186a0 to 000186b8.
  recognise: [
    { at: 4, bytes: "00 00 00 00 00 00 00 02 00 01 86" },
    { at: 8, bytes: "00 00 00 00 00 00 00 02 00 01 86" },
  ],
  hints: { tcp: [111, 2049], udp: [111, 2049] },
  messageLength(payload) {
    if (payload.length < 4) return 0;
    const length = payload.readUInt32BE(0) & ~LAST_FRAGMENT;
    return length < REPLY_LENGTH || length > MAX_FRAGMENT ? -1 : 4 + length;
  },
  dissect(payload, flow): RpcMessage | Malformed | undefined {
    const at = flow.transport === "tcp" ? 4 : 0;
    if (payload.length < at + REPLY_LENGTH) return undefined;
    const transaction = payload.readUInt32BE(at);
    const direction = payload.readUInt32BE(at + 4);
    const state = flow.state as RpcState | undefined;
    if (direction === CALL) {
      if (payload.readUInt32BE(at + 8) !== RPC_VERSION) return undefined;
      const program = PROGRAMS.get(payload.readUInt32BE(at + 12));
      const version = payload.readUInt32BE(at + 16);
      if (program === undefined || version < 1 || version > MAX_PROGRAM_VERSION) return undefined;
      if (payload.length < at + CALL_LENGTH && !flow.cut) return malformed("call cut short");
      flow.state = { program, version, transaction } satisfies RpcState;
      return { call: true, program, version };
    }
    // An answer names no program: it belongs to the call of the same transaction.
    if (direction !== REPLY || state === undefined || transaction !== state.transaction) return undefined;
    return { call: false, program: state.program, version: state.version };
  },
  evidence({ call, program, version }): Evidence[] {
    if (call) return [];
    return [{ about: "sender", attribute: "rpc.program", value: `${program} ${version}` }];
  },
  server: ({ call }) => (call ? "receiver" : "sender"),
  // Over TCP one answer tells what is to be known; calls carry users and file names.
  done: ({ call }, { transport }) => !call && transport === "tcp",
});
