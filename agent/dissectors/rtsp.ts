/** RTSP: cameras and media servers, by their software; addresses of streams are never read. RFC 7826, 5 and 18; RFC 2326. */
import { defineDissector, type Evidence, type Malformed } from "./dissector.ts";
import { schemeOf } from "./http-fields.ts";
import { answerComes, type HttpLogin, newHttpLogin, requestGoes } from "./http-login.ts";
import { clearLogin, factoryLogin } from "./login.ts";
import { keepName, keepText } from "./self-given.ts";
import { headLength, readHead } from "./text-head.ts";

/** Heads read of one connection; then the pictures begin. */
const MAX_HEADS = 8;
const METHODS = ["OPTIONS", "DESCRIBE", "SETUP", "PLAY", "ANNOUNCE", "RECORD", "GET_PARAMETER", "SET_PARAMETER"];
const WANTED: ReadonlySet<string> = new Set([
  "server",
  "user-agent",
  "www-authenticate",
  "authorization",
  "content-length",
]);
const FIRST_LINE = /^(?:RTSP\/[12]\.0 \d{3}\b|([A-Z_]{4,13}) (?:rtsps?:\S*|\*) RTSP\/[12]\.0$)/;
const MAX_BODY = 16_384;

interface RtspMessage {
  isRequest: boolean;
  said: [attribute: string, value: string][];
  /** "password": sent in clear; "factory": a documented one was accepted. */
  login: "" | "password" | "factory";
  done: boolean;
}

interface RtspState {
  heads: number;
  login: HttpLogin;
}

const hexOf = (text: string) => [...text].map((letter) => letter.charCodeAt(0).toString(16)).join(" ");

export default defineDissector<RtspMessage>({
  protocol: "rtsp",
  over: ["tcp"],
  recognise: ["RTSP/", ...METHODS.map((method) => `${method} rtsp`)].map((start) => ({ at: 0, bytes: hexOf(start) })),
  hints: { tcp: [554, 8554] },
  messageLength(payload) {
    if (payload.length > 0 && (payload[0]! < 0x41 || payload[0]! > 0x5a)) return -1;
    const head = headLength(payload);
    if (head === 0) return 0;
    const { first, fields } = readHead(payload, head, WANTED);
    if (!FIRST_LINE.test(first)) return -1;
    const length = fields.get("content-length") ?? "0";
    return /^\d{1,5}$/.test(length) ? head + Math.min(Number(length), MAX_BODY) : head;
  },
  dissect(payload, flow): RtspMessage | Malformed | undefined {
    const length = headLength(payload);
    const { first, fields } = readHead(payload, length === 0 ? payload.length : length, WANTED);
    const line = FIRST_LINE.exec(first);
    if (line === null) return undefined;
    const state = (flow.state as RtspState | undefined) ?? { heads: 0, login: newHttpLogin() };
    flow.state = state;
    const isRequest = line[1] !== undefined;
    const said: RtspMessage["said"] = [];
    const add = (attribute: string, value: string | undefined) => {
      if (value !== undefined) said.push([`rtsp.${attribute}`, value]);
    };
    // Some players add a number of their own that follows their owner about.
    const software = (fields.get(isRequest ? "user-agent" : "server") ?? "").replace(/\s*\bguid\/\S+/gi, "");
    add(isRequest ? "user_agent" : "server", software.includes("@") ? undefined : keepText(software, 160));
    const asked = fields.get("www-authenticate");
    if (!isRequest && asked !== undefined) {
      add("www_authenticate.scheme", schemeOf(asked));
      add("www_authenticate.realm", keepName(/\brealm="([^"]{1,128})"/i.exec(asked)?.[1] ?? ""));
    }
    const done = ++state.heads >= MAX_HEADS;
    if (!isRequest) return { isRequest, said, login: answerComes(state.login, first) ? "factory" : "", done };
    const authorization = fields.get("authorization");
    requestGoes(state.login, first, authorization);
    return { isRequest, said, login: schemeOf(authorization) === "Basic" ? "password" : "", done };
  },
  evidence({ said, login, isRequest }) {
    const found: Evidence[] = said.map(([attribute, value]) => ({ about: "sender", attribute, value, atMost: 8 }));
    if (!isRequest) found.push({ about: "sender", attribute: "rtsp.role", value: "server" });
    if (login === "password") found.push(...clearLogin("rtsp"));
    if (login === "factory") found.push(...factoryLogin("rtsp"));
    return found;
  },
  server: ({ isRequest }) => (isRequest ? "receiver" : "sender"),
  done: ({ done }) => done,
});
