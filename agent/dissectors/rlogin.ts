/** rlogin: that somebody logs in without encryption; who, is not read. RFC 1282. */
import { defineDissector, type Malformed } from "./dissector.ts";

/** NUL, user there, NUL, user here, NUL, terminal and speed, NUL. */
const STRINGS = 3;
const MAX_STARTUP = 200;
const TERMINAL = /^[a-z][\w+.-]{0,30}\/\d{2,6}$/i;

interface RloginMessage {
  accepted: boolean;
}

export default defineDissector<RloginMessage>({
  protocol: "rlogin",
  over: ["tcp"],
  hints: { tcp: [513] },
  messageLength(payload, flow) {
    if (flow.state === true) return payload.length;
    if (payload[0] !== 0) return -1;
    let ends = 0;
    for (let at = 1; at < payload.length && at < MAX_STARTUP; at++) {
      if (payload[at] === 0 && ++ends === STRINGS) return at + 1;
    }
    return payload.length >= MAX_STARTUP ? -1 : 0;
  },
  dissect(payload, flow): RloginMessage | Malformed | undefined {
    if (flow.state === true) return payload[0] === 0 ? { accepted: true } : undefined;
    const length = payload.length;
    if (length < 6 || length > MAX_STARTUP || payload[0] !== 0 || payload[length - 1] !== 0) return undefined;
    // Names and terminal are text; the terminal's form is what tells rlogin from other bytes.
    for (let at = 1; at < length; at++)
      if (payload[at] !== 0 && (payload[at]! < 0x20 || payload[at]! > 0x7e)) return undefined;
    const terminal = payload.toString("latin1", payload.lastIndexOf(0, length - 2) + 1, length - 1);
    if (!TERMINAL.test(terminal)) return undefined;
    flow.state = true;
    return { accepted: false };
  },
  evidence: ({ accepted }) =>
    accepted
      ? [{ about: "sender", attribute: "wardtap.login", value: "rlogin" }]
      : [{ about: "sender", attribute: "wardtap.login.sent", value: "rlogin" }],
  server: ({ accepted }) => (accepted ? "sender" : "receiver"),
  // RFC 1282: the server answers with a NUL; what follows is the terminal.
  done: ({ accepted }) => accepted,
});
