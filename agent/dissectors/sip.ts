/** SIP: which phones and servers speak; who calls whom is never read. RFC 3261, 7 and 20. */
import { defineDissector, type Evidence, type Malformed } from "./dissector.ts";
import { keepText } from "./self-given.ts";
import { headLength, readHead } from "./text-head.ts";

/** Messages read of one flow; what comes later says the same. */
const MAX_MESSAGES = 8;
const MAX_AGENT = 160;
/** A body is not looked at, only stepped over. */
const MAX_BODY = 65_535;
const METHODS = ["INVITE", "REGISTER", "OPTIONS", "NOTIFY", "SUBSCRIBE", "PUBLISH", "MESSAGE", "ACK", "BYE", "CANCEL"];
const WANTED: ReadonlySet<string> = new Set(["user-agent", "server", "cseq", "record-route", "content-length", "l"]);
const FIRST_LINE = /^(?:SIP\/2\.0 (\d{3}) |([A-Z]{3,9}) (?:sips?|tel):[^ ]+ SIP\/2\.0$)/;
const VIA = /^(?:via|v)[ \t]*:[^\n,]*(,?)/gim;

interface SipMessage {
  isRequest: boolean;
  registers: boolean;
  /** Nobody stands between who wrote it and who sent it. */
  isOwn: boolean;
  agent: string | undefined;
  server: string | undefined;
  done: boolean;
}

const hexOf = (text: string) => [...text].map((letter) => letter.charCodeAt(0).toString(16)).join(" ");

export default defineDissector<SipMessage>({
  protocol: "sip",
  over: ["udp", "tcp"],
  recognise: ["SIP/2.0 ", ...METHODS.flatMap((method) => [`${method} sip`, `${method} tel`])].map((start) => ({
    at: 0,
    bytes: hexOf(start),
  })),
  hints: { tcp: [5060], udp: [5060] },
  messageLength(payload) {
    // Between messages a keep-alive may come: two empty lines. RFC 5626, 3.5.1.
    const from = keepAlive(payload);
    if (from > 0) return from;
    const head = headLength(payload);
    if (head === 0) return payload.length > 0 && !/^[A-Z]/.test(payload.toString("latin1", 0, 1)) ? -1 : 0;
    const { first, fields } = readHead(payload, head, WANTED);
    if (!FIRST_LINE.test(first)) return -1;
    const length = fields.get("content-length") ?? fields.get("l") ?? "0";
    return /^\d{1,6}$/.test(length) ? head + Math.min(Number(length), MAX_BODY) : head;
  },
  dissect(payload, flow): SipMessage | Malformed | undefined {
    if (flow.state !== undefined && keepAlive(payload) === payload.length)
      return { isRequest: false, registers: false, isOwn: false, agent: undefined, server: undefined, done: false };
    const length = headLength(payload);
    const end = length === 0 ? payload.length : length;
    const { first, fields } = readHead(payload, end, WANTED);
    const line = FIRST_LINE.exec(first);
    if (line === null) return undefined;
    const count = ((flow.state as number | undefined) ?? 0) + 1;
    flow.state = count;
    const isRequest = line[2] !== undefined;
    const registers = /\bREGISTER\s*$/.test(fields.get("cseq") ?? "") || line[2] === "REGISTER";
    // A relayed request carries the way it went; a relayed answer mostly a route, save to a registration.
    const isOwn = isRequest ? hops(payload, end) <= 1 : registers && !fields.has("record-route");
    const keep = (name: string) => {
      const value = fields.get(name);
      return value === undefined || !isOwn || value.includes("@") ? undefined : keepText(value, MAX_AGENT);
    };
    return {
      isRequest,
      registers,
      isOwn,
      agent: keep("user-agent"),
      server: keep("server"),
      done: count >= MAX_MESSAGES,
    };
  },
  evidence({ isRequest, registers, isOwn, agent, server }) {
    const found: Evidence[] = [];
    if (agent !== undefined) found.push({ about: "sender", attribute: "sip.User-Agent", value: agent, atMost: 8 });
    if (server !== undefined) found.push({ about: "sender", attribute: "sip.Server", value: server, atMost: 8 });
    if (registers && isOwn)
      found.push({ about: "sender", attribute: "sip.role", value: isRequest ? "user-agent" : "registrar" });
    return found;
  },
  // Both ends of a call ask and answer; only a registration has a server.
  server: ({ isRequest, registers }) => (registers ? (isRequest ? "receiver" : "sender") : undefined),
  done: ({ done }) => done,
});

/** Length of the empty lines at the start. */
function keepAlive(payload: Buffer): number {
  let at = 0;
  while (at < payload.length && (payload[at] === 0x0d || payload[at] === 0x0a)) at++;
  return at;
}

/** How many have sent it on, counted by their marks in the head. */
function hops(payload: Buffer, end: number): number {
  let count = 0;
  for (const [, more] of payload.toString("latin1", 0, end).matchAll(VIA)) count += more === "," ? 2 : 1;
  return count;
}
