/** FTP control connections: the server's greeting and system, and logins in clear. RFC 959, 4; RFC 4217. */
import { defineDissector, type Evidence, type Flow, type Malformed } from "./dissector.ts";
import { isFactoryLogin, nameDigest } from "./known-logins.ts";
import { anonymousLogin, clearLogin, factoryLogin } from "./login.ts";
import { keepText } from "./self-given.ts";
import { isText, isWholeLine, lineLength, lineText } from "./text-lines.ts";

const PORTS: readonly number[] = [21, 2121];
/** Lines read of one connection: a login and what surrounds it take fewer. */
const MAX_LINES = 64;
const MAX_BANNER = 160;
/** Lines of a long greeting that are told; the rest is house rules. */
const MAX_GREETING = 2;
const REPLY = /^(\d{3})([ -])(.*)$/;
const COMMAND =
  /^(USER|PASS|AUTH|SYST|ACCT|QUIT|FEAT|PWD|TYPE|PASV|EPSV|PORT|EPRT|LIST|NLST|RETR|STOR|CWD|OPTS|NOOP|SIZE|HELP|STAT|SITE|PBSZ|PROT|ADAT|CLNT|HOST|LPRT|LPSV|MDTM|MLSD|MLST|ABOR|ALLO|APPE|CDUP|DELE|MKD|MODE|REIN|REST|RMD|RNFR|RNTO|SMNT|STOU|STRU|XCUP|XMKD|XPWD|XRMD|XCWD)(?: (.*))?$/i;
/** What names a server's software or kind in a line of its greeting. */
const TELLING =
  /\bftpd?\b|ftp server|filezilla|serv-u|windows|vxworks|wind river|printer|jetdirect|version|v\d|server|service|ready/i;

interface FtpMessage {
  isReply: boolean;
  said: [attribute: string, value: string][];
  /** "password": sent; the others: accepted. */
  login: "" | "password" | "anonymous" | "factory";
  done: boolean | "next";
}

interface FtpState {
  lines: number;
  server: number;
  greeting: number;
  isAnonymous: boolean;
  /** Digest of the user's name, until the password comes. */
  name: Buffer | undefined;
  /** A documented login was sent, and not answered yet. */
  isFactory: boolean;
  /** A login was answered, the system was told. */
  loggedIn: boolean;
  system: boolean;
}

export default defineDissector<FtpMessage>({
  protocol: "ftp",
  over: ["tcp"],
  recognise: [
    { at: 0, bytes: "32 32 30 20" }, // 220
    { at: 0, bytes: "32 32 30 2d" },
    { at: 0, bytes: "33 33 31 20" }, // 331
    { at: 0, bytes: "32 33 30 20" }, // 230
    { at: 0, bytes: "32 33 34 20" }, // 234
  ],
  hints: { tcp: PORTS },
  messageLength: (payload) => (isText(payload) ? lineLength(payload) : -1),
  dissect(payload, flow): FtpMessage | Malformed | undefined {
    if (!isText(payload)) return undefined;
    const known = flow.state as FtpState | undefined;
    if (!isWholeLine(payload) && known === undefined) return undefined;
    const line = lineText(payload);
    const reply = REPLY.exec(line);
    if (known === undefined && !proves(reply, line, flow)) return undefined;
    const state = known ?? newState(reply === null ? flow.destinationPort : flow.sourcePort);
    flow.state = state;
    const message: FtpMessage = { isReply: reply !== null, said: [], login: "", done: ++state.lines >= MAX_LINES };
    if (reply !== null) readReply(Number(reply[1]), reply[3]!, state, message);
    // The middle lines of a long reply need no code, and any words may stand there. RFC 959, 4.2.
    else if (flow.sourcePort !== state.server) readCommand(line, state, message);
    return message;
  },
  evidence({ said, login }) {
    const found: Evidence[] = said.map(([attribute, value]) => ({ about: "sender", attribute, value, atMost: 8 }));
    if (login === "password") found.push(...clearLogin("ftp"));
    if (login === "anonymous") found.push(...anonymousLogin("ftp"));
    if (login === "factory") found.push(...factoryLogin("ftp"));
    return found;
  },
  server: ({ isReply, said, login }) =>
    isReply ? (said.length > 0 || login !== "" ? "sender" : undefined) : login === "" ? undefined : "receiver",
  done: ({ done }) => done,
});

const newState = (server: number): FtpState => ({
  lines: 0,
  server,
  greeting: 0,
  isAnonymous: false,
  name: undefined,
  isFactory: false,
  loggedIn: false,
  system: false,
});

/** A first line that can only be FTP's, or is on its port and can be. */
function proves(reply: RegExpExecArray | null, line: string, flow: Flow): boolean {
  const onPort = PORTS.includes(flow.sourcePort) || PORTS.includes(flow.destinationPort);
  if (reply === null) return onPort && COMMAND.test(line);
  const [, code, , text] = reply;
  if (/\bE?SMTP\b/i.test(text!)) return false;
  if (onPort) return PORTS.includes(flow.sourcePort) || flow.sourcePort > flow.destinationPort;
  if (code === "220") return /\bftp|ftpd|filezilla|serv-u/i.test(text!);
  if (code === "331") return /password|e-mail|anonymous|user name ok/i.test(text!);
  if (code === "234") return /TLS|SSL/i.test(text!) && /AUTH|proceed|ok|success/i.test(text!);
  return code === "230" && /log(?:ged|in)/i.test(text!);
}

/** Only greetings and SYST's answer are told: other replies repeat names and paths. */
function readReply(code: number, text: string, state: FtpState, message: FtpMessage): void {
  if (code === 220 && !state.loggedIn && state.greeting < MAX_GREETING && TELLING.test(text)) {
    const banner = text.includes("@") ? undefined : keepText(text, MAX_BANNER);
    if (banner !== undefined) message.said.push(["ftp.greeting", banner]);
    state.greeting++;
  } else if (code === 215) {
    const system = /^[\w .:-]{2,60}/.exec(text)?.[0];
    const kept = system === undefined ? undefined : keepText(system);
    if (kept !== undefined) message.said.push(["ftp.syst", kept]);
    state.system = true;
  } else if (code === 230) {
    if (state.isAnonymous) message.login = "anonymous";
    else if (state.isFactory) message.login = "factory";
    state.isFactory = false;
    state.loggedIn = true;
  } else if (code >= 400 && code < 600) state.isFactory = false;
  else if (code === 234 || code === 334) {
    // TLS follows, or what Kerberos sealed.
    message.said.push(["ftp.auth", code === 234 ? "TLS" : "GSSAPI"]);
    message.done = code === 334 || "next";
  }
  if (state.loggedIn && state.system) message.done ||= true;
}

/** Of a name only whether it is the guest's is asked, and of a name and its password whether everybody knows them. */
function readCommand(line: string, state: FtpState, message: FtpMessage): void {
  const [, command, argument = ""] = COMMAND.exec(line) ?? [];
  const verb = command?.toUpperCase();
  if (verb === "USER") {
    state.isAnonymous = /^(?:anonymous|ftp|guest)\s*$/i.test(argument);
    state.name = nameDigest(argument);
    state.isFactory = false;
  } else if (verb === "PASS" && !state.isAnonymous) {
    message.login = "password";
    state.isFactory = isFactoryLogin(state.name, argument);
    state.name = undefined;
  }
}
