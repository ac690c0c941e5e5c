/** IMAP: mail servers' greetings and logins in clear; no mail is looked at. RFC 9051, 6.2 and 7.1. */
import { defineDissector, type Evidence } from "./dissector.ts";
import { isFactoryLogin, nameDigest } from "./known-logins.ts";
import { clearLogin, factoryLogin, tokenLogin } from "./login.ts";
import { answerSasl, type LoginState, startSasl } from "./sasl.ts";
import { keepText } from "./self-given.ts";
import { isText, isWholeLine, lineLength, lineText } from "./text-lines.ts";

const PORT = 143;
/** Lines before a login; a longer talk has nothing to teach. */
const MAX_LINES = 32;
const COMMAND =
  /^([A-Za-z0-9.]{1,20}) (LOGIN|AUTHENTICATE|STARTTLS|SELECT|EXAMINE|CAPABILITY|ID|NOOP|LOGOUT|LIST)\b ?(.*)$/i;
/** A quoted string or an atom (RFC 9051, 4.1 and 4.3); a literal comes in a line of its own and is not followed. */
const STRING = /^(?:"((?:[^"\\]|\\["\\])*)"|([^\s"{()]+))(?: |$)/;

interface ImapMessage {
  isReply: boolean;
  greeting: string | undefined;
  /** "factory": a documented login was accepted. */
  login: "" | "password" | "token" | "factory";
  done: boolean | "next";
}

interface ImapState extends LoginState {
  lines: number;
  /** The last line asked for TLS. */
  startTls: boolean;
  /** By which the answer to a login is known. */
  tag: string;
}

export default defineDissector<ImapMessage>({
  protocol: "imap",
  over: ["tcp"],
  recognise: [
    { at: 0, bytes: "2a 20 4f 4b 20" },
    { at: 0, bytes: "2a 20 4f 4b 5b" },
  ],
  hints: { tcp: [PORT] },
  messageLength: (payload) => (isText(payload) ? lineLength(payload) : -1),
  dissect(payload, flow): ImapMessage | undefined {
    if (!isText(payload)) return undefined;
    const known = flow.state as ImapState | undefined;
    if (known === undefined && !isWholeLine(payload)) return undefined;
    const line = lineText(payload);
    const isReply = /^(?:[*+]|\S{1,20} (?:OK|NO|BAD))(?: |$)/.test(line);
    const command = isReply ? null : COMMAND.exec(line);
    if (known === undefined) {
      const greets = /^\* (?:OK|PREAUTH)\b/.test(line) && (flow.sourcePort === PORT || /\bIMAP/i.test(line));
      if (!greets && !(command !== null && flow.destinationPort === PORT)) return undefined;
    }
    const state = known ?? { lines: 0, startTls: false, sasl: undefined, isFactory: false, tag: "" };
    flow.state = state;
    const message: ImapMessage = { isReply, greeting: undefined, login: "", done: ++state.lines >= MAX_LINES };
    if (isReply && known === undefined) {
      const text = line.replace(/^\* \w+\s*/, "").replace(/^\[[^\]]*\]\s*/, "");
      message.greeting = text.includes("@") ? undefined : keepText(text, 120);
    } else if (isReply) readReply(line, state, message);
    else if (state.sasl !== undefined) message.done = answerSasl(state, line);
    else if (command !== null) readCommand(command, state, message);
    return message;
  },
  evidence({ greeting, login }) {
    const found: Evidence[] = [];
    if (greeting !== undefined) found.push({ about: "sender", attribute: "imap.greeting", value: greeting, atMost: 8 });
    if (login === "password") found.push(...clearLogin("imap"));
    if (login === "token") found.push(...tokenLogin("imap"));
    if (login === "factory") found.push(...factoryLogin("imap"));
    return found;
  },
  server: ({ isReply, greeting, login }) =>
    isReply ? (greeting === undefined && login === "" ? undefined : "sender") : login === "" ? undefined : "receiver",
  done: ({ done }) => done,
});

function readReply(line: string, state: ImapState, message: ImapMessage): void {
  const [tag = "", word = ""] = line.split(" ", 2);
  if (tag === "*" || tag === "+") return;
  const isAccepted = word === "OK";
  if (state.startTls) message.done = isAccepted && "next";
  if (state.isFactory && tag === state.tag) {
    if (isAccepted) message.login = "factory";
    message.done = true;
  }
  state.startTls = false;
  state.sasl = undefined;
}

/** After a login the answer is waited for only where it was a documented one. */
function readCommand([, tag, verb, rest]: RegExpExecArray, state: ImapState, message: ImapMessage): void {
  const command = verb!.toUpperCase();
  state.startTls = command === "STARTTLS";
  state.tag = tag!;
  if (command === "LOGIN") {
    message.login = "password";
    state.isFactory = isFactory(rest!);
    message.done = !state.isFactory;
  } else if (command === "AUTHENTICATE") {
    const [mechanism = "", initial = ""] = rest!.split(" ", 2);
    message.login = startSasl(state, mechanism);
    message.done = message.login !== "password" || (initial !== "" && answerSasl(state, initial));
  } else message.done ||= ["SELECT", "EXAMINE"].includes(command);
}

function isFactory(words: string): boolean {
  const name = STRING.exec(words);
  const password = name && STRING.exec(words.slice(name[0].length));
  return name !== null && password !== null && isFactoryLogin(nameDigest(textOf(name)), textOf(password));
}

const textOf = ([, quoted, atom]: RegExpExecArray) => quoted?.replace(/\\(.)/g, "$1") ?? atom!;
