/** rlogin: that somebody logs in without encryption; who, is not told. RFC 1282. */
import { defineDissector, type Evidence, type Malformed } from "./dissector.ts";
import { factoryLogin } from "./login.ts";
import { clientTypes, newTypedLogin, serverWrites, type TypedLogin } from "./typed-login.ts";

/** NUL, user there, NUL, user here, NUL, terminal and speed, NUL. */
const STRINGS = 3;
const MAX_STARTUP = 200;
/** Bytes read after it, of a login that asks for a password; one that comes later is missed. */
const MAX_BYTES = 2048;
const TERMINAL = /^[a-z][\w+.-]{0,30}\/\d{2,6}$/i;

interface RloginMessage {
  /** "start": the client asks; "accepted": the server goes on; "factory": a documented login was let in. */
  step: "start" | "accepted" | "factory" | "";
  fromClient: boolean;
  done: boolean;
}

interface RloginState {
  clientPort: number;
  /** The server has answered. */
  isOpen: boolean;
  bytes: number;
  login: TypedLogin;
}

export default defineDissector<RloginMessage>({
  protocol: "rlogin",
  over: ["tcp"],
  hints: { tcp: [513] },
  messageLength(payload, flow) {
    if (flow.state !== undefined) return payload.length;
    if (payload[0] !== 0) return -1;
    let ends = 0;
    for (let at = 1; at < payload.length && at < MAX_STARTUP; at++) {
      if (payload[at] === 0 && ++ends === STRINGS) return at + 1;
    }
    return payload.length >= MAX_STARTUP ? -1 : 0;
  },
  dissect(payload, flow): RloginMessage | Malformed | undefined {
    const state = flow.state as RloginState | undefined;
    if (state !== undefined) return goOn(payload, flow.sourcePort === state.clientPort, state);
    const length = payload.length;
    if (length < 6 || length > MAX_STARTUP || payload[0] !== 0 || payload[length - 1] !== 0) return undefined;
    // Names and terminal are text; the terminal's form is what tells rlogin from other bytes.
    for (let at = 1; at < length; at++)
      if (payload[at] !== 0 && (payload[at]! < 0x20 || payload[at]! > 0x7e)) return undefined;
    const terminal = payload.toString("latin1", payload.lastIndexOf(0, length - 2) + 1, length - 1);
    if (!TERMINAL.test(terminal)) return undefined;
    // The user of the client's own machine, then the one on the server.
    const [, user] = payload.toString("latin1", 1).split("\0", 2);
    flow.state = {
      clientPort: flow.sourcePort,
      isOpen: false,
      bytes: 0,
      login: newTypedLogin(user),
    } satisfies RloginState;
    return { step: "start", fromClient: true, done: false };
  },
  evidence({ step }): Evidence[] {
    if (step === "start") return [{ about: "sender", attribute: "wardtap.login.sent", value: "rlogin" }];
    if (step === "accepted") return [{ about: "sender", attribute: "wardtap.login", value: "rlogin" }];
    return step === "factory" ? factoryLogin("rlogin") : [];
  },
  server: ({ fromClient }) => (fromClient ? "receiver" : "sender"),
  done: ({ done }) => done,
});

/** The server answers with a NUL; what follows is the terminal, where it may ask for a password. */
function goOn(payload: Buffer, fromClient: boolean, state: RloginState): RloginMessage | undefined {
  const message: RloginMessage = { step: "", fromClient, done: false };
  state.bytes += payload.length;
  const text = payload.toString("latin1");
  if (fromClient) clientTypes(state.login, text);
  else {
    if (!state.isOpen && payload[0] !== 0) return undefined;
    if (serverWrites(state.login, state.isOpen ? text : text.slice(1))) message.step = "factory";
    else if (!state.isOpen) message.step = "accepted";
    state.isOpen = true;
  }
  message.done = state.bytes > MAX_BYTES || message.step === "factory";
  return message;
}
