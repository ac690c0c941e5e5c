/** POP3: mail servers' greetings and logins in clear; no mail is looked at. RFC 1939, 4; RFC 5034; RFC 2595. */
import { defineDissector, type Evidence } from "./dissector.ts";
import { clearLogin, tokenLogin } from "./login.ts";
import { keepText } from "./self-given.ts";
import { isText, isWholeLine, lineLength, lineText } from "./text-lines.ts";

const PORT = 110;
/** Lines before a login; a longer talk has nothing to teach. */
const MAX_LINES = 32;

interface PopMessage {
  isReply: boolean;
  greeting: string | undefined;
  login: "" | "password" | "token";
  done: boolean | "next";
}

/** Lines so far, and whether the last one asked for TLS. */
interface PopState {
  lines: number;
  startTls: boolean;
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
    const lines = known?.lines;
    if (lines === undefined && !isWholeLine(payload)) return undefined;
    const line = lineText(payload);
    const isReply = /^(?:\+OK|-ERR)\b/.test(line);
    if (lines === undefined && !proves(line, isReply, flow.sourcePort, flow.destinationPort)) return undefined;
    flow.state = { lines: (lines ?? 0) + 1, startTls: /^STLS\b/i.test(line) } satisfies PopState;
    const message: PopMessage = { isReply, greeting: undefined, login: "", done: (lines ?? 0) + 1 >= MAX_LINES };
    if (isReply && lines === undefined) {
      // The time stamp in it belongs to a login that hides its password (APOP).
      const text = line.replace(/^\S+\s*/, "").replace(/<[^>]*>/g, "");
      message.greeting = text.includes("@") ? undefined : keepText(text, 120);
    } else if (!isReply) readCommand(line, message);
    else if (known?.startTls === true) message.done = line.startsWith("+OK") && "next";
    return message;
  },
  evidence({ greeting, login }) {
    const found: Evidence[] = [];
    if (greeting !== undefined) found.push({ about: "sender", attribute: "pop.greeting", value: greeting, atMost: 8 });
    if (login === "password") found.push(...clearLogin("pop3"));
    if (login === "token") found.push(...tokenLogin("pop3"));
    return found;
  },
  server: ({ isReply, greeting, login }) =>
    isReply ? (greeting === undefined ? undefined : "sender") : login === "" ? undefined : "receiver",
  done: ({ done }) => done,
});

const proves = (line: string, isReply: boolean, from: number, to: number) =>
  isReply ? from === PORT || /\bPOP3?\b/i.test(line) : to === PORT && /^(?:USER|APOP|CAPA|AUTH|STLS)\b/i.test(line);

function readCommand(line: string, message: PopMessage): void {
  const [verb = "", mechanism = ""] = line.split(" ", 2);
  const command = verb.toUpperCase();
  if (command === "PASS") message.login = "password";
  else if (command === "AUTH" && /^(?:PLAIN|LOGIN)$/i.test(mechanism)) message.login = "password";
  else if (command === "AUTH" && /^(?:XOAUTH2|OAUTHBEARER)$/i.test(mechanism)) message.login = "token";
  message.done ||= message.login !== "" || ["APOP", "RETR", "LIST", "STAT", "QUIT"].includes(command);
}
