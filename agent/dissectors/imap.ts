/** IMAP: mail servers' greetings and logins in clear; no mail is looked at. RFC 9051, 6.2 and 7.1. */
import { defineDissector, type Evidence } from "./dissector.ts";
import { clearLogin, tokenLogin } from "./login.ts";
import { keepText } from "./self-given.ts";
import { isText, isWholeLine, lineLength, lineText } from "./text-lines.ts";

const PORT = 143;
/** Lines before a login; a longer talk has nothing to teach. */
const MAX_LINES = 32;
const COMMAND =
  /^[A-Za-z0-9.]{1,20} (LOGIN|AUTHENTICATE|STARTTLS|SELECT|EXAMINE|CAPABILITY|ID|NOOP|LOGOUT|LIST)\b ?(\S{0,20})/i;

interface ImapMessage {
  isReply: boolean;
  greeting: string | undefined;
  login: "" | "password" | "token";
  done: boolean | "next";
}

/** Lines so far, and whether the last one asked for TLS. */
interface ImapState {
  lines: number;
  startTls: boolean;
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
    const lines = known?.lines;
    if (lines === undefined && !isWholeLine(payload)) return undefined;
    const line = lineText(payload);
    const isReply = /^(?:[*+]|\S{1,20} (?:OK|NO|BAD)) /.test(line);
    const command = isReply ? null : COMMAND.exec(line);
    if (lines === undefined) {
      const greets = /^\* (?:OK|PREAUTH)\b/.test(line) && (flow.sourcePort === PORT || /\bIMAP/i.test(line));
      if (!greets && !(command !== null && flow.destinationPort === PORT)) return undefined;
    }
    flow.state = { lines: (lines ?? 0) + 1, startTls: command?.[1]?.toUpperCase() === "STARTTLS" } satisfies ImapState;
    const message: ImapMessage = { isReply, greeting: undefined, login: "", done: (lines ?? 0) + 1 >= MAX_LINES };
    if (isReply && lines === undefined) {
      const text = line.replace(/^\* \w+\s*/, "").replace(/^\[[^\]]*\]\s*/, "");
      message.greeting = text.includes("@") ? undefined : keepText(text, 120);
    } else if (isReply && known?.startTls === true) message.done = / OK\b/.test(line.slice(0, 24)) && "next";
    else if (command !== null) readCommand(command[1]!.toUpperCase(), command[2]!, message);
    return message;
  },
  evidence({ greeting, login }) {
    const found: Evidence[] = [];
    if (greeting !== undefined) found.push({ about: "sender", attribute: "imap.greeting", value: greeting, atMost: 8 });
    if (login === "password") found.push(...clearLogin("imap"));
    if (login === "token") found.push(...tokenLogin("imap"));
    return found;
  },
  server: ({ isReply, greeting, login }) =>
    isReply ? (greeting === undefined ? undefined : "sender") : login === "" ? undefined : "receiver",
  done: ({ done }) => done,
});

function readCommand(command: string, mechanism: string, message: ImapMessage): void {
  if (command === "LOGIN") message.login = "password";
  else if (command === "AUTHENTICATE" && /^(?:PLAIN|LOGIN)$/i.test(mechanism)) message.login = "password";
  else if (command === "AUTHENTICATE" && /^(?:XOAUTH2|OAUTHBEARER)$/i.test(mechanism)) message.login = "token";
  message.done ||= ["LOGIN", "AUTHENTICATE", "SELECT", "EXAMINE"].includes(command);
}
