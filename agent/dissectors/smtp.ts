/** SMTP: mail servers' greetings, what they offer, and logins in clear; mail itself is never looked at. RFC 5321, 4; RFC 4954; RFC 3207. */
import { defineDissector, type Evidence } from "./dissector.ts";
import { clearLogin, factoryLogin, tokenLogin } from "./login.ts";
import { answerSasl, type LoginState, startSasl } from "./sasl.ts";
import { keepName, keepText } from "./self-given.ts";
import { isText, isWholeLine, lineLength, lineText } from "./text-lines.ts";

const PORTS: readonly number[] = [25, 465, 587, 2525];
/** Lines before a mail begins; a longer talk has nothing to teach. */
const MAX_LINES = 48;
const HOST_NAME = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,251}[A-Za-z0-9])?$/;
/** The time of day, with what introduces it. */
const TIME = /[\s;,]*(?:ready)?\s*(?:at\s)?\s*(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),?\s.*$/i;

interface SmtpMessage {
  isReply: boolean;
  said: [attribute: string, value: string][];
  /** "factory": a documented login was accepted. */
  login: "" | "password" | "token" | "factory";
  done: boolean | "next";
}

interface SmtpState extends LoginState {
  lines: number;
  greeted: boolean;
  /** The client asked for TLS: the next reply decides. */
  startTls: boolean;
}

export default defineDissector<SmtpMessage>({
  protocol: "smtp",
  over: ["tcp"],
  recognise: [
    { at: 0, bytes: "32 32 30 20" }, // 220
    { at: 0, bytes: "32 32 30 2d" },
    { at: 0, bytes: "45 48 4c 4f 20" }, // EHLO
    { at: 0, bytes: "48 45 4c 4f 20" }, // HELO
  ],
  hints: { tcp: PORTS },
  messageLength: (payload) => (isText(payload) ? lineLength(payload) : -1),
  dissect(payload, flow): SmtpMessage | undefined {
    if (!isText(payload)) return undefined;
    const known = flow.state as SmtpState | undefined;
    if (known === undefined && !isWholeLine(payload)) return undefined;
    const line = lineText(payload);
    const isGreeting = /^220[ -]/.test(line);
    if (known === undefined) {
      const onPort = PORTS.includes(flow.sourcePort) && !/\bftp/i.test(line);
      if (!(isGreeting ? onPort || /\bE?SMTP\b/i.test(line) : /^(?:EHLO|HELO) \S/i.test(line))) return undefined;
    }
    const state = known ?? { lines: 0, greeted: false, startTls: false, sasl: undefined, isFactory: false };
    flow.state = state;
    const isReply = /^\d{3}(?:[ -]|$)/.test(line);
    const message: SmtpMessage = { isReply, said: [], login: "", done: ++state.lines >= MAX_LINES };
    if (isReply) readReply(line, state, message);
    else readCommand(line, state, message);
    return message;
  },
  evidence({ said, login }) {
    const found: Evidence[] = said.map(([attribute, value]) => ({ about: "sender", attribute, value, atMost: 8 }));
    if (login === "password") found.push(...clearLogin("smtp"));
    if (login === "token") found.push(...tokenLogin("smtp"));
    if (login === "factory") found.push(...factoryLogin("smtp"));
    return found;
  },
  server: ({ isReply, said, login }) =>
    isReply
      ? said.length > 0 || login !== ""
        ? "sender"
        : undefined
      : said.length > 0 || login !== ""
        ? "receiver"
        : undefined,
  done: ({ done }) => done,
});

function readReply(line: string, state: SmtpState, message: SmtpMessage): void {
  if (state.startTls) {
    message.done = line.startsWith("220") && "next";
    state.startTls = false;
    return;
  }
  // Any reply but "go on" ends the exchange.
  if (!line.startsWith("334")) state.sasl = undefined;
  if (state.isFactory) {
    if (line.startsWith("235")) message.login = "factory";
    message.done = true;
    return;
  }
  if (/^220[ -]/.test(line) && !state.greeted) {
    state.greeted = true;
    const [name = "", ...rest] = line.slice(4).trim().split(/\s+/, 64);
    const host = HOST_NAME.test(name) && name.includes(".") ? keepName(name) : undefined;
    if (host !== undefined) message.said.push(["smtp.greeting.host", host]);
    const software = rest.join(" ").replace(TIME, "");
    const kept = software.includes("@") ? undefined : keepText(software, 120);
    if (kept !== undefined) message.said.push(["smtp.greeting", kept]);
  } else if (/^250[ -]STARTTLS\b/i.test(line)) message.said.push(["smtp.starttls", "offered"]);
}

/** Mechanisms are told, what comes with them never. After MAIL it is somebody's letter. */
function readCommand(line: string, state: SmtpState, message: SmtpMessage): void {
  if (state.sasl !== undefined) {
    message.done = answerSasl(state, line);
    return;
  }
  const [verb = "", argument = "", initial = ""] = line.split(" ", 3);
  const command = verb.toUpperCase();
  state.startTls = command === "STARTTLS";
  if (command === "EHLO" || command === "HELO") {
    const name = HOST_NAME.test(argument) ? keepName(argument) : undefined;
    if (name !== undefined) message.said.push(["smtp.ehlo", name]);
  } else if (command === "AUTH") {
    message.login = startSasl(state, argument);
    message.done = message.login !== "password" || (initial !== "" && answerSasl(state, initial));
  } else if (command === "MAIL" || command === "DATA" || command === "BDAT") message.done = true;
}
