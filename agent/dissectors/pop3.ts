/** POP3: mail servers' greetings and logins in clear; no mail is looked at. RFC 1939, 4; RFC 5034; RFC 2595. */
import { defineDissector, type Evidence } from "./dissector.ts";
import { isFactoryLogin, nameDigest } from "./known-logins.ts";
import { clearLogin, factoryLogin, tokenLogin } from "./login.ts";
import { answerSasl, type LoginState, startSasl } from "./sasl.ts";
import { keepText } from "./self-given.ts";
import { isText, isWholeLine, lineLength, lineText } from "./text-lines.ts";

const PORT = 110;
/** Lines before a login; a longer talk has nothing to teach. */
const MAX_LINES = 32;

interface PopMessage {
  isReply: boolean;
  greeting: string | undefined;
  /** "factory": a documented login was accepted. */
  login: "" | "password" | "token" | "factory";
  done: boolean | "next";
}

interface PopState extends LoginState {
  lines: number;
  server: number;
  /** Commands whose reply has not come. With more than one nobody can say which of them a reply is for. */
  unanswered: number;
  /** The last line asked for TLS. */
  startTls: boolean;
  /** Digest of the user's name, until the password comes. */
  name: Buffer | undefined;
}

export default defineDissector<PopMessage>({
  protocol: "pop",
  over: ["tcp"],
  recognise: [{ at: 0, bytes: "2b 4f 4b" }],
  hints: { tcp: [PORT] },
  messageLength: (payload) => (isText(payload) ? lineLength(payload) : -1),
  dissect(payload, flow): PopMessage | undefined {
    if (!isText(payload)) return undefined;
    const known = flow.state as PopState | undefined;
    if (known === undefined && !isWholeLine(payload)) return undefined;
    const line = lineText(payload);
    const isReply = /^(?:\+OK|-ERR|\+(?: |$))/.test(line);
    if (known === undefined && !proves(line, isReply, flow.sourcePort, flow.destinationPort)) return undefined;
    const state = known ?? newState(isReply ? flow.sourcePort : flow.destinationPort);
    flow.state = state;
    const fromServer = flow.sourcePort === state.server;
    const message: PopMessage = { isReply, greeting: undefined, login: "", done: ++state.lines >= MAX_LINES };
    if (isReply && known === undefined) {
      // The time stamp in it belongs to a login that hides its password (APOP).
      const text = line.replace(/^\S+\s*/, "").replace(/<[^>]*>/g, "");
      message.greeting = text.includes("@") ? undefined : keepText(text, 120);
    } else if (!fromServer) readCommand(line, state, message);
    // What else a server says goes on with a reply, and names commands among other things.
    else if (isReply) readReply(line, state, message);
    return message;
  },
  evidence({ greeting, login }) {
    const found: Evidence[] = [];
    if (greeting !== undefined) found.push({ about: "sender", attribute: "pop.greeting", value: greeting, atMost: 8 });
    if (login === "password") found.push(...clearLogin("pop3"));
    if (login === "token") found.push(...tokenLogin("pop3"));
    if (login === "factory") found.push(...factoryLogin("pop3"));
    return found;
  },
  server: ({ isReply, greeting, login }) =>
    isReply ? (greeting === undefined && login === "" ? undefined : "sender") : login === "" ? undefined : "receiver",
  done: ({ done }) => done,
});

const newState = (server: number): PopState => ({
  lines: 0,
  server,
  unanswered: 0,
  startTls: false,
  name: undefined,
  sasl: undefined,
  isFactory: false,
});

const proves = (line: string, isReply: boolean, from: number, to: number) =>
  isReply ? from === PORT || /\bPOP3?\b/i.test(line) : to === PORT && /^(?:USER|APOP|CAPA|AUTH|STLS)\b/i.test(line);

function readReply(line: string, state: PopState, message: PopMessage): void {
  const isAccepted = line.startsWith("+OK");
  if (state.startTls) message.done = isAccepted && "next";
  if (state.isFactory && state.unanswered <= 1) {
    if (isAccepted) message.login = "factory";
    message.done = true;
  }
  state.unanswered = Math.max(0, state.unanswered - 1);
  state.startTls = false;
  // Any reply but "go on" ends the exchange.
  if (!line.startsWith("+ ") && line !== "+") state.sasl = undefined;
}

/** After a login the answer is waited for only where it was a documented one. */
function readCommand(line: string, state: PopState, message: PopMessage): void {
  state.unanswered++;
  if (state.sasl !== undefined) {
    message.done = answerSasl(state, line);
    return;
  }
  const [verb = "", first = "", initial = ""] = line.split(" ", 3);
  const command = verb.toUpperCase();
  state.startTls = command === "STLS";
  if (command === "USER") state.name = nameDigest(line.slice(5));
  else if (command === "PASS") {
    message.login = "password";
    state.isFactory = isFactoryLogin(state.name, line.slice(5));
    message.done = !state.isFactory;
  } else if (command === "AUTH") {
    message.login = startSasl(state, first);
    message.done =
      message.login === "token" || (message.login === "password" && initial !== "" && answerSasl(state, initial));
  } else message.done ||= ["APOP", "RETR", "LIST", "STAT", "QUIT"].includes(command);
}
