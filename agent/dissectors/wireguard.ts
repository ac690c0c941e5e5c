/** WireGuard: that a tunnel is opened, and who opens it. The handshake's first two messages: WireGuard protocol, "First message", "Second message". */
import { defineDissector } from "./dissector.ts";
import { tunnel } from "./tunnel.ts";

const PORT = 51_820;
const INITIATION = 148;
const RESPONSE = 92;
/** mac2 is zero until a server under load asks for more. */
const MAC2 = 16;

interface WireguardMessage {
  isRequest: boolean;
}

export default defineDissector<WireguardMessage>({
  protocol: "wireguard",
  over: ["udp"],
  recognise: [
    { at: 0, bytes: "01 00 00 00" },
    { at: 0, bytes: "02 00 00 00" },
  ],
  dissect(payload, flow): WireguardMessage | undefined {
    if (payload.length < 4 || payload.readUIntBE(1, 3) !== 0) return undefined;
    const isRequest = payload[0] === 1 && payload.length === INITIATION;
    if (!isRequest && !(payload[0] === 2 && payload.length === RESPONSE)) return undefined;
    const isOnPort = flow.sourcePort === PORT || flow.destinationPort === PORT;
    // Four bytes and a length are little to go by on any port: there the empty mac2 must join them.
    return isOnPort || payload.subarray(-MAC2).every((byte) => byte === 0) ? { isRequest } : undefined;
  },
  evidence: ({ isRequest }) => tunnel("wireguard", isRequest),
  server: ({ isRequest }) => (isRequest ? "receiver" : "sender"),
  done: () => true,
});
