/** Telnet: what system greets, and that a password went by letter by letter; what is typed is never kept. RFC 854; RFC 855. */
import { defineDissector, type Evidence, type Flow } from "./dissector.ts";
import { clearLogin, factoryLogin } from "./login.ts";
import {
  asksPassword,
  clientTypes,
  isNamePrompt,
  newTypedLogin,
  serverWrites,
  type TypedLogin,
} from "./typed-login.ts";

const PORTS: readonly number[] = [23, 2323];
/** Bytes read of one connection; a password that comes later is missed. */
const MAX_BYTES = 16_384;
/** Of what the server says this much is held, to find a prompt that comes in pieces. */
const MAX_TAIL = 160;
/** After a login the shell may greet too. */
const MAX_AFTER_LOGIN = 2048;
/** Systems told of one connection. */
const MAX_BANNERS = 4;

const IAC = 0xff;
const COMMAND = { subEnd: 0xf0, sub: 0xfa, will: 0xfb, dont: 0xfe } as const;
/** Options that IANA has registered. */
const MAX_OPTION = 49;
const EXTENDED_OPTIONS = 138;

const PROMPT_LINE = /(?:^|\n)[^\n]{0,60}(?:login|user ?name|password)\s*:/i;
/** A client that answers the prompt it repeats. */
const ANSWERED_PROMPT = /(?:^|\n)\s*password\s*:\s*\S/i;
/** What a greeting may be known by; the match is told, and nothing around it. */
const BANNERS: readonly RegExp[] = [
  /VxWorks(?: [\d.]+)?(?= login|\b)/,
  /BusyBox v[\d.]+/,
  /(?:OpenBSD|FreeBSD|NetBSD)\/\w+/,
  /Debian GNU\/Linux [\w./]{1,12}/,
  /Ubuntu \d[\d.]+(?: LTS)?/,
  /(?:Red Hat|Fedora|CentOS)[\w ]{0,40} release [\d.]+/,
  /SunOS [\d.]+/,
  /AIX Version \d/,
  /HP-UX/,
  /QNX(?: \w+)?(?= |$)/,
  /Windows CE/,
  /Welcome to Microsoft Telnet Se\w+/,
  /User Access Verification/,
  /MikroTik v?[\d.]+/,
  /HP JetDirect/i,
  /Lantronix \w{2,20}/,
  /\bLinux \d\.[\d.]+/,
];

interface TelnetMessage {
  from: "server" | "client" | "unknown";
  banners: string[];
  login: boolean;
  /** A documented login was accepted. */
  factory: boolean;
  done: boolean;
}

interface TelnetState {
  bytes: number;
  serverPort: number;
  tail: string;
  banners: string[];
  /** The server has asked for a password and the client has not answered. */
  asked: boolean;
  /** Bytes since the last password, -1 before the first. */
  after: number;
  typed: TypedLogin;
}

export default defineDissector<TelnetMessage>({
  protocol: "telnet",
  over: ["tcp"],
  recognise: ["fb", "fc", "fd", "fe"].map((command) => ({ at: 0, bytes: `ff ${command}` })),
  hints: { tcp: PORTS },
  dissect(payload, flow): TelnetMessage | undefined {
    const known = flow.state as TelnetState | undefined;
    if (known === undefined && !isNegotiation(payload) && !isPrompt(payload, flow)) return undefined;
    const state = known ?? newState(flow);
    flow.state = state;
    state.bytes += payload.length;
    const text = plain(payload);
    const isServer = heardFrom(text, state, flow);
    const message: TelnetMessage = {
      from: isServer === undefined ? "unknown" : isServer ? "server" : "client",
      banners: [],
      login: false,
      factory: false,
      done: false,
    };
    if (isServer) readServer(text, state, message);
    else if (isServer === false) readClient(text, state, message);
    if (state.after >= 0) state.after += payload.length;
    message.done = state.bytes > MAX_BYTES || state.after > MAX_AFTER_LOGIN;
    return message;
  },
  evidence({ from, banners, login, factory }) {
    const found: Evidence[] = banners.map((value) => ({
      about: "sender",
      attribute: "telnet.banner",
      value,
      atMost: 8,
    }));
    if (from === "server") found.push({ about: "sender", attribute: "telnet.role", value: "server" });
    if (login) found.push(...clearLogin("telnet"));
    if (factory) found.push(...factoryLogin("telnet"));
    return found;
  },
  server: ({ from }) => (from === "unknown" ? undefined : from === "server" ? "sender" : "receiver"),
  done: ({ done }) => done,
});

const newState = (flow: Flow): TelnetState => ({
  bytes: 0,
  serverPort:
    PORTS.includes(flow.sourcePort) || flow.server === "sender"
      ? flow.sourcePort
      : PORTS.includes(flow.destinationPort) || flow.server === "receiver"
        ? flow.destinationPort
        : -1,
  tail: "",
  banners: [],
  asked: false,
  after: -1,
  typed: newTypedLogin(),
});

/** Options offered or asked for at the very start, each a known one. */
function isNegotiation(payload: Buffer): boolean {
  if (payload.length < 3 || payload[0] !== IAC) return false;
  const command = payload[1]!;
  const option = payload[2]!;
  if (command < COMMAND.will || command > COMMAND.dont) return false;
  if (option > MAX_OPTION && option !== EXTENDED_OPTIONS) return false;
  const next = payload[3] ?? IAC;
  return next === IAC || (next >= 0x20 && next < 0x7f) || next === 0x0a || next === 0x0d || next === 0x1b;
}

/** Some devices negotiate nothing: on telnet's port a prompt for a name or password says enough. */
const isPrompt = (payload: Buffer, flow: Flow) =>
  (PORTS.includes(flow.sourcePort) || PORTS.includes(flow.destinationPort)) &&
  PROMPT_LINE.test(payload.toString("latin1", Math.max(0, payload.length - MAX_TAIL)));

/** True: the server speaks; undefined: nobody can say. A prompt proves it. */
function heardFrom(text: string, state: TelnetState, flow: Flow): boolean | undefined {
  if (state.serverPort < 0 && isNamePrompt(text)) state.serverPort = flow.sourcePort;
  return state.serverPort < 0 ? undefined : flow.sourcePort === state.serverPort;
}

function readServer(text: string, state: TelnetState, message: TelnetMessage): void {
  const heard = state.tail + text;
  for (const pattern of BANNERS) {
    const found = pattern.exec(heard)?.[0];
    if (found === undefined || state.banners.includes(found) || state.banners.length >= MAX_BANNERS) continue;
    state.banners.push(found);
    message.banners.push(found);
  }
  state.tail = heard.slice(-MAX_TAIL);
  message.factory = serverWrites(state.typed, text);
  if (asksPassword(state.typed)) state.asked = true;
  else if (text.trim() !== "") state.asked = false;
}

function readClient(text: string, state: TelnetState, message: TelnetMessage): void {
  clientTypes(state.typed, text);
  if (!(state.asked && /[\x21-\x7e]/.test(text)) && !ANSWERED_PROMPT.test(text)) return;
  message.login = state.after < 0;
  state.asked = false;
  state.after = 0;
}

/** The text between commands, each of which is stepped over. RFC 855. */
function plain(payload: Buffer): string {
  let text = "";
  let from = 0;
  // Each turn steps past a command, so the loop ends.
  for (let at = payload.indexOf(IAC); at >= 0; at = payload.indexOf(IAC, from)) {
    text += payload.toString("latin1", from, at);
    const command = payload[at + 1] ?? IAC;
    if (command === COMMAND.sub) {
      const end = payload.indexOf(Buffer.from([IAC, COMMAND.subEnd]), at);
      from = end < 0 ? payload.length : end + 2;
    } else from = at + (command >= COMMAND.will && command <= COMMAND.dont ? 3 : 2);
  }
  return text + payload.toString("latin1", from);
}
