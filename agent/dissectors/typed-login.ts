/** A login typed at a terminal's prompts, letter by letter or in lines: whether it is a documented one, and whether it was let in. */
import { isFactoryLogin, nameDigest } from "./known-logins.ts";

/** Letters held of one answer; a longer one is no documented login. */
const MAX_TYPED = 64;
/** Of what the server says this much is held, to find a prompt that comes in pieces. */
const MAX_TAIL = 160;

const NAME_PROMPT = /(?:login|user ?name|user|account)\s*:\s*$/i;
const PASSWORD_PROMPT = /(?:password|passwd|passcode)[^:\n]{0,40}:\s*$/i;
/** What follows at once after a password that was no good; a new prompt says it too. Further down it is house rules. */
const REFUSED =
  /incorrect|invalid|fail|denied|refused|reject|wrong|error|sorry|bad (?:password|login|user|secret)|not (?:allowed|permitted|authori[sz]ed)|locked|illegal|unknown|try again/i;
const REFUSAL_LINES = 2;
/** A shell that waits for a command: "# ", "root@pump:~$ ", "hub> ", "C:\>", "-> "; the C shell's needs a name before it. */
const SHELL_PROMPT = /(?:^|[\r\n])(?:[^\r\n]{0,80}[#$>]|[A-Za-z][\w@.~-]{0,39}%) ?$/;
const LAST_LOGIN = /\blast login\b/i;
/** Colours and window titles. ECMA-48, 5.4; "\x1b]0;…\x07" as xterm has it. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: terminals are steered by control characters.
const STEERING = /\x1b\[[\d;?]*[A-Za-z]|\x1b\][^\x07]{0,80}\x07/g;

const CR = 0x0d;
const LF = 0x0a;
const BACKSPACE = 0x08;
const DELETE = 0x7f;
const ERASE_LINE = 0x15;

/** The part of a connection's memory that is about its login. */
export interface TypedLogin {
  tail: string;
  /** Letters since the client's last answer. */
  heard: number;
  asks: "" | "name" | "password";
  /** What has been typed since the prompt: overwritten as soon as the line ends. */
  readonly typed: Buffer;
  length: number;
  /** The last letter ended a line: the other half of that end is no empty line of its own. RFC 854, "CR LF" and "CR NUL". */
  afterCr: boolean;
  /** Digest of the user's name. */
  name: Buffer | undefined;
  /** A documented login was typed, and the server has not shown what it makes of it. */
  isFactory: boolean;
}

/** `user` where the protocol itself names one. Without, and without a prompt for one, a password stands alone. */
export const newTypedLogin = (user = ""): TypedLogin => ({
  tail: "",
  heard: 0,
  asks: "",
  typed: Buffer.alloc(MAX_TYPED),
  length: 0,
  afterCr: false,
  name: nameDigest(user),
  isFactory: false,
});

/** What the server writes. True at the moment that shows that a documented login was accepted. */
export function serverWrites(login: TypedLogin, text: string): boolean {
  login.tail = (login.tail + text).slice(-MAX_TAIL);
  login.heard += text.length;
  const asks = PASSWORD_PROMPT.test(login.tail) ? "password" : NAME_PROMPT.test(login.tail) ? "name" : "";
  if (asks !== "") {
    if (asks === "name") login.name = undefined;
    login.asks = asks;
    login.isFactory = false;
    forget(login);
    return false;
  }
  if (!login.isFactory) return false;
  const said = login.tail.replace(STEERING, "");
  if (login.heard <= MAX_TAIL && REFUSED.test(firstLines(said))) login.isFactory = false;
  else if (LAST_LOGIN.test(said) || SHELL_PROMPT.test(said)) {
    login.isFactory = false;
    return true;
  }
  return false;
}

const firstLines = (text: string): string =>
  text
    .split(/[\r\n]+/)
    .filter((line) => line.trim() !== "")
    .slice(0, REFUSAL_LINES)
    .join("\n");

/** True while the server's last words are a prompt for a password. */
export const asksPassword = ({ tail }: TypedLogin): boolean => PASSWORD_PROMPT.test(tail);

/** True for a prompt for a name, by which a server is known. */
export const isNamePrompt = (text: string): boolean => NAME_PROMPT.test(text);

/** What the client types. */
export function clientTypes(login: TypedLogin, text: string): void {
  for (let at = 0; at < text.length; at++) {
    const letter = text.charCodeAt(at);
    const isSecondHalf = login.afterCr && (letter === LF || letter === 0);
    login.afterCr = letter === CR;
    if (isSecondHalf || login.asks === "") continue;
    if (letter === CR || letter === LF) endLine(login);
    else if (letter === BACKSPACE || letter === DELETE) login.length = Math.max(0, login.length - 1);
    else if (letter === ERASE_LINE) login.length = 0;
    else if (letter !== 0 && login.length <= MAX_TYPED) {
      if (login.length < MAX_TYPED) login.typed[login.length] = letter;
      login.length++;
    }
  }
}

function endLine(login: TypedLogin): void {
  const answer = login.length > MAX_TYPED ? undefined : login.typed.toString("latin1", 0, login.length);
  if (login.asks === "name") login.name = answer === undefined ? undefined : nameDigest(answer);
  else login.isFactory = answer !== undefined && isFactoryLogin(login.name, answer);
  login.asks = "";
  login.tail = "";
  login.heard = 0;
  forget(login);
}

function forget(login: TypedLogin): void {
  login.typed.fill(0);
  login.length = 0;
}
