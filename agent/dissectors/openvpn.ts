/** OpenVPN: that a tunnel is opened, and who opens it. Control channel: OpenVPN wire protocol, "Packet formats". */
import { defineDissector } from "./dissector.ts";
import { tunnel } from "./tunnel.ts";

const PORT = 1194;
/** Opcode in the upper five bits, key id 0: hard resets of client and server, versions 2 and 3. */
const CLIENT_RESETS: ReadonlySet<number> = new Set([7 << 3, 10 << 3]);
const SERVER_RESET = 8 << 3;
const SESSION = 8;
/** Opcode, session, no acknowledgements, packet number. */
const PLAIN_CLIENT = 1 + SESSION + 1 + 4;
/** Opcode, session, one acknowledgement with the other's session, packet number. */
const PLAIN_SERVER = 1 + SESSION + 1 + 4 + SESSION + 4;
/** With tls-auth or tls-crypt a digest of 16 to 64 bytes, a number and a time stand between. */
const MAX_WRAPPED = 64 + 8 + SESSION;
const LENGTH = 2;

interface OpenvpnMessage {
  isRequest: boolean;
}

export default defineDissector<OpenvpnMessage>({
  protocol: "openvpn",
  over: ["udp", "tcp"],
  recognise: [
    { at: 0, bytes: "38" },
    { at: 0, bytes: "40" },
    { at: 0, bytes: "00 0e 38" },
    { at: 0, bytes: "00 1a 40" },
  ],
  hints: { udp: [PORT], tcp: [PORT] },
  messageLength(payload) {
    if (payload.length < LENGTH + 1) return 0;
    const length = payload.readUInt16BE(0);
    const isReset = CLIENT_RESETS.has(payload[LENGTH]!) || payload[LENGTH] === SERVER_RESET;
    return isReset && length >= PLAIN_CLIENT && length <= PLAIN_SERVER + MAX_WRAPPED ? LENGTH + length : -1;
  },
  dissect(payload, flow): OpenvpnMessage | undefined {
    const reset = flow.transport === "tcp" ? payload.subarray(LENGTH) : payload;
    if (reset.length < PLAIN_CLIENT) return undefined;
    const isRequest = CLIENT_RESETS.has(reset[0]!);
    if (!isRequest && reset[0] !== SERVER_RESET) return undefined;
    const plain = isRequest ? PLAIN_CLIENT : PLAIN_SERVER;
    if (reset.length === plain) return isPlain(reset, isRequest) ? { isRequest } : undefined;
    const isOnPort = flow.sourcePort === PORT || flow.destinationPort === PORT;
    // Wrapped resets look like noise: only the registered port vouches for them.
    return isOnPort && reset.length > plain && reset.length <= plain + MAX_WRAPPED ? { isRequest } : undefined;
  },
  evidence: ({ isRequest }) => tunnel("openvpn", isRequest),
  server: ({ isRequest }) => (isRequest ? "receiver" : "sender"),
  done: () => true,
});

/** The first packet of each side has number 0; the server's acknowledges the client's. */
function isPlain(reset: Buffer, isRequest: boolean): boolean {
  if (reset.readUInt32BE(1) === 0 && reset.readUInt32BE(5) === 0) return false;
  if (reset[1 + SESSION] !== (isRequest ? 0 : 1)) return false;
  return reset.readUInt32BE(reset.length - 4) === 0 && (isRequest || reset.readUInt32BE(2 + SESSION) === 0);
}
