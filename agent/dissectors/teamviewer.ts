/** TeamViewer's own protocol: that remote control is in use. No public format: recognised by its mark 17 24 on its registered port 5938 (IANA service names). */
import { defineDissector, type Malformed } from "./dissector.ts";

const PORT = 5938;
const MARK = 0x1724;
/** The mark and a command. */
const HEAD = 3;

interface TeamviewerMessage {
  /** The side with the well-known port answers. */
  toServer: boolean;
}

export default defineDissector<TeamviewerMessage>({
  protocol: "teamviewer",
  over: ["tcp"],
  // Two bytes are a weak mark: they are asked for on the registered port only.
  hints: { tcp: [PORT] },
  dissect(payload, flow): TeamviewerMessage | Malformed | undefined {
    if (payload.length < HEAD || payload.readUInt16BE(0) !== MARK) return undefined;
    if (flow.sourcePort !== PORT && flow.destinationPort !== PORT) return undefined;
    return { toServer: flow.destinationPort === PORT };
  },
  evidence: ({ toServer }) => [
    { about: toServer ? "sender" : "receiver", attribute: "wardtap.remote", value: "teamviewer" },
  ],
  server: ({ toServer }) => (toServer ? "receiver" : "sender"),
  done: () => true,
});
