/** TeamViewer's own protocol: that remote control is in use. No public format: recognised by its mark 17 24 on its registered port 5938 (IANA service names). */
import { defineDissector, type Malformed } from "./dissector.ts";

const PORT = 5938;
const MARK = 0x1724;
/** The mark and a command. */
const HEAD = 3;
/** In datagrams a zero, a counter and a session come first. */
const DATAGRAM_MARK_AT = 11;

interface TeamviewerMessage {
  /** The side with the well-known port answers. */
  toServer: boolean;
}

export default defineDissector<TeamviewerMessage>({
  protocol: "teamviewer",
  over: ["tcp", "udp"],
  // Two bytes are a weak mark: they are asked for on the registered port only.
  hints: { tcp: [PORT], udp: [PORT] },
  dissect(payload, flow): TeamviewerMessage | Malformed | undefined {
    const at = flow.transport === "udp" ? DATAGRAM_MARK_AT : 0;
    if (payload.length < at + HEAD || payload.readUInt16BE(at) !== MARK || (at > 0 && payload[0] !== 0))
      return undefined;
    if (flow.sourcePort !== PORT && flow.destinationPort !== PORT) return undefined;
    return { toServer: flow.destinationPort === PORT };
  },
  evidence: ({ toServer }) => [
    { about: toServer ? "sender" : "receiver", attribute: "wardtap.remote", value: "teamviewer" },
  ],
  server: ({ toServer }) => (toServer ? "receiver" : "sender"),
  done: () => true,
});
