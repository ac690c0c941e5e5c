/** Citrix ICA: who serves published applications. No public format: recognised by the mark with which both ends begin; port 1494 (IANA service names). */
import { defineDissector, type Malformed } from "./dissector.ts";

/** 7F 7F "ICA" 00: sent by the server first, then by the client in answer. */
const MARK = Buffer.from([0x7f, 0x7f, 0x49, 0x43, 0x41, 0x00]);

interface IcaMessage {
  fromServer: boolean;
}

export default defineDissector<IcaMessage>({
  protocol: "ica",
  over: ["tcp"],
  recognise: [{ at: 0, bytes: "7f 7f 49 43 41 00" }],
  dissect(payload, flow): IcaMessage | Malformed | undefined {
    if (payload.length < MARK.length || payload.compare(MARK, 0, MARK.length, 0, MARK.length) !== 0) return undefined;
    const fromServer = flow.server === "unknown" ? flow.sourcePort === 1494 : flow.server === "sender";
    return { fromServer };
  },
  evidence: ({ fromServer }) => [
    { about: fromServer ? "sender" : "receiver", attribute: "wardtap.remote", value: "ica" },
  ],
  done: () => true,
});
