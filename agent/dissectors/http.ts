/** HTTP/1: what browsers, servers and web pages of devices say they are, and logins in clear. RFC 9112; RFC 9110, 10 and 11. */
import { defineDissector, type Evidence, type Flow, type Malformed, malformed } from "./dissector.ts";
import { type Body, bodyKind, bodyLength, queryHoldsPassword, readBody } from "./http-body.ts";
import { hostOf, isRequestLine, MAX_METHOD, schemeOf } from "./http-fields.ts";
import { answerComes, type HttpLogin, loginKind, newHttpLogin, ntlmIn, requestGoes } from "./http-login.ts";
import { clearLogin, factoryLogin, tokenLogin } from "./login.ts";
import { ntlmsspEvidence } from "./ntlmssp.ts";
import { keepName, keepText } from "./self-given.ts";
import { type Head, headLength, readHead } from "./text-head.ts";

/** Heads read of one connection; what comes later says the same. */
const MAX_HEADS = 8;
/** Different values of one kind kept per host: a browser's, or those of all that stand behind a proxy. */
const MAX_VALUES = 16;
const RESPONSE = "HTTP/1.";
const MAX_AGENT = 200;

const WANTED: ReadonlySet<string> = new Set([
  "host",
  "user-agent",
  "server",
  "via",
  "x-forwarded-for",
  "authorization",
  "proxy-authorization",
  "www-authenticate",
  "content-type",
  "content-length",
  "transfer-encoding",
]);

interface HttpMessage {
  isRequest: boolean;
  said: [attribute: string, value: string][];
  /** A password or token went by that anybody could read; "factory": a documented login was accepted. */
  login: "" | "password" | "token" | "factory";
  /** The server serves others' pages: it is a proxy. */
  proxy: boolean;
  body: Body;
  done: boolean | "next";
}

/** `proxied`: the client asks for pages of others, so answers describe those. */
interface HttpState {
  heads: number;
  proxied: boolean;
  /** A tunnel was asked for: once it is granted, what it carries is another protocol. */
  connect: boolean;
  login: HttpLogin;
}

export default defineDissector<HttpMessage>({
  protocol: "http",
  over: ["tcp"],
  recognise: [
    { at: 0, bytes: "48 54 54 50 2f 31 2e ?? 20" }, // HTTP/1.x
    { at: 0, bytes: "47 45 54 20 2f" }, // GET /
    { at: 0, bytes: "47 45 54 20 68 74 74 70" }, // GET http
    { at: 0, bytes: "50 4f 53 54 20 2f" }, // POST /
    { at: 0, bytes: "50 4f 53 54 20 68 74 74 70" }, // POST http
    { at: 0, bytes: "48 45 41 44 20 2f" }, // HEAD /
    { at: 0, bytes: "50 55 54 20 2f" }, // PUT /
    { at: 0, bytes: "50 41 54 43 48 20 2f" }, // PATCH /
    { at: 0, bytes: "44 45 4c 45 54 45 20 2f" }, // DELETE /
    { at: 0, bytes: "4f 50 54 49 4f 4e 53 20 2f" }, // OPTIONS /
    { at: 0, bytes: "43 4f 4e 4e 45 43 54 20" }, // CONNECT
    { at: 0, bytes: "50 52 4f 50 46 49 4e 44 20" }, // PROPFIND
  ],
  hints: { tcp: [80, 631, 3128, 5985, 8000, 8008, 8080, 8081, 8888] },
  messageLength(payload) {
    const start = startOf(payload);
    if (start <= 0) return start;
    const head = headLength(payload);
    if (head === 0) return 0;
    const { first, fields } = readHead(payload, head, WANTED);
    return head + bodyLength(bodyKind(fields, !first.startsWith(RESPONSE)), fields, payload, head);
  },
  dissect(payload, flow): HttpMessage | Malformed | undefined {
    if (startOf(payload) < 0) return undefined;
    const length = headLength(payload);
    if (length === 0 && !flow.cut) return malformed("head without an end");
    const end = length === 0 ? payload.length : length;
    const head = readHead(payload, end, WANTED);
    const isRequest = !head.first.startsWith(RESPONSE);
    if (isRequest && !isRequestLine(head.first)) return undefined;
    const state = (flow.state as HttpState | undefined) ?? newState();
    flow.state = state;
    state.heads++;
    if (isRequest) state.proxied ||= /^(?:CONNECT |[A-Z]+ [a-z]+:\/\/)/.test(head.first);
    if (isRequest) state.connect = head.first.startsWith("CONNECT ");
    const granted = !isRequest && state.connect && /^HTTP\/1\.\d 2/.test(head.first);
    const done = granted ? "next" : state.heads >= MAX_HEADS;
    const body = readBody(bodyKind(head.fields, isRequest), payload.subarray(end), head.fields);
    const said = isRequest ? saidByClient(head) : saidByServer(head, state);
    const login = isRequest ? readRequest(head, body, state) : answerComes(state.login, head.first) ? "factory" : "";
    return { isRequest, said, login, proxy: isRequest && state.proxied, body, done };
  },
  evidence({ isRequest, said, login, proxy, body }, flow: Flow) {
    const found: Evidence[] = said.map(([attribute, value]) => ({
      about: "sender",
      attribute,
      value,
      atMost: MAX_VALUES,
    }));
    if (login === "password") found.push(...clearLogin("http"));
    if (login === "token") found.push(...tokenLogin("http"));
    if (login === "factory") found.push(...factoryLogin("http"));
    if (proxy) found.push({ about: "receiver", attribute: "http.role", value: "proxy" });
    // What a proxy hands on tells of somebody else's printer or device.
    const handedOn =
      said.some(([attribute]) => attribute === "http.via") || (flow.state as HttpState | undefined)?.proxied;
    if (!isRequest && !handedOn)
      for (const [attribute, value] of body.printer) found.push({ about: "sender", attribute, value });
    for (const device of body.devices)
      for (const [attribute, value] of device.said) found.push({ about: { reported: device.id }, attribute, value });
    return found;
  },
  server: ({ isRequest }) => (isRequest ? "receiver" : "sender"),
  done: ({ done }) => done,
});

/** 1: a head begins here; 0: too little to say; -1: it is something else, as the bytes of a body are. */
function startOf(payload: Buffer): -1 | 0 | 1 {
  const end = Math.min(payload.length, MAX_METHOD + 1);
  let isAnswer = true;
  for (let at = 0; at < end; at++) {
    const byte = payload[at]!;
    if (isAnswer && at < RESPONSE.length && byte !== RESPONSE.charCodeAt(at)) isAnswer = false;
    if (isAnswer && at === RESPONSE.length - 1) return 1;
    if (isAnswer) continue;
    if (byte === 0x20) return at >= 3 ? 1 : -1;
    if (byte < 0x41 || byte > 0x5a) return -1;
  }
  return end > MAX_METHOD ? -1 : 0;
}

function saidByClient({ fields }: Head): HttpMessage["said"] {
  const said: HttpMessage["said"] = [];
  const host = hostOf(fields.get("host") ?? "");
  if (host !== undefined) said.push(["http.host", host]);
  // Whoever hands on requests of others hands on their names too.
  if (fields.has("via") || fields.has("x-forwarded-for")) said.push(["http.via", "request"]);
  else {
    const agent = keepAgent(fields.get("user-agent"));
    if (agent !== undefined) said.push(["http.user_agent", agent]);
    addNtlm(fields.get("authorization") ?? fields.get("proxy-authorization"), said);
  }
  const scheme = schemeOf(fields.get("authorization")) ?? schemeOf(fields.get("proxy-authorization"));
  if (scheme !== undefined) said.push(["http.authorization.scheme", scheme]);
  return said;
}

function saidByServer({ fields }: Head, { proxied }: HttpState): HttpMessage["said"] {
  const said: HttpMessage["said"] = [];
  const isOwn = !proxied && !fields.has("via");
  if (fields.has("via")) said.push(["http.via", "response"]);
  const server = isOwn ? keepText(fields.get("server") ?? "", MAX_AGENT) : undefined;
  if (server !== undefined) said.push(["http.server", server]);
  const asked = fields.get("www-authenticate");
  const scheme = schemeOf(asked);
  if (scheme === undefined || !isOwn) return said;
  said.push(["http.www_authenticate.scheme", scheme]);
  addNtlm(asked, said);
  const realm = keepName(/\brealm="([^"]{1,128})"/i.exec(asked!)?.[1] ?? "");
  if (realm !== undefined) said.push(["http.www_authenticate.realm", realm]);
  return said;
}

/** A mail address in it is somebody's, not a program's. */
const keepAgent = (agent: string | undefined) =>
  agent === undefined || agent.includes("@") ? undefined : keepText(agent, MAX_AGENT);

const newState = (): HttpState => ({ heads: 0, proxied: false, connect: false, login: newHttpLogin() });

function readRequest({ first, fields }: Head, body: Body, state: HttpState): HttpMessage["login"] {
  // A proxy hands the login on: who let it in is somebody else.
  requestGoes(state.login, first, state.proxied ? undefined : fields.get("authorization"));
  return body.password || queryHoldsPassword(first) ? "password" : loginKind(fields);
}

/** What a proof by NTLM tells of the computer that sends it. */
function addNtlm(field: string | undefined, said: HttpMessage["said"]): void {
  const ntlm = ntlmIn(field);
  if (ntlm !== undefined) for (const { attribute, value } of ntlmsspEvidence(ntlm)) said.push([attribute, value]);
}
