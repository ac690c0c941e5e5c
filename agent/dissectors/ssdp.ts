/** SSDP: what UPnP devices say of their system and kind. UPnP Device Architecture 2.0, 1.2 and 1.3. */
import { parseIp } from "../decode/addresses.ts";
import { defineDissector, type Evidence } from "./dissector.ts";
import { cleanText, keepText } from "./self-given.ts";
import { readHead } from "./text-head.ts";

const WANTED: ReadonlySet<string> = new Set(["server", "nt", "st", "nts", "user-agent", "location", "man"]);

interface SsdpMessage {
  kind: "notify" | "search" | "response";
  said: [attribute: string, value: string][];
}

export default defineDissector<SsdpMessage>({
  protocol: "ssdp",
  over: ["udp"],
  recognise: [
    { at: 0, bytes: "4e 4f 54 49 46 59 20 2a 20 48 54 54 50 2f 31" }, // NOTIFY * HTTP/1
    { at: 0, bytes: "4d 2d 53 45 41 52 43 48 20 2a 20 48 54 54 50 2f 31" }, // M-SEARCH * HTTP/1
    { at: 0, bytes: "48 54 54 50 2f 31 2e 31 20 32 30 30 20 4f 4b" }, // HTTP/1.1 200 OK
  ],
  dissect(payload): SsdpMessage | undefined {
    const { first, fields } = readHead(payload, payload.length, WANTED);
    const kind = kindOf(first);
    if (kind === undefined) return undefined;
    const target = fields.get(kind === "notify" ? "nt" : "st");
    if (target === undefined || (kind === "response" && !fields.has("location"))) return undefined;
    const message: SsdpMessage = { kind, said: [] };
    const add = (attribute: string, value: string | undefined) => {
      if (value !== undefined && value !== "") message.said.push([attribute, value]);
    };
    // What somebody searches for describes others, and only the agent that searches is its own.
    if (kind === "search") {
      add("ssdp.user_agent", keepText(fields.get("user-agent") ?? ""));
      return message;
    }
    add("ssdp.server", keepText(fields.get("server") ?? ""));
    add("ssdp.type", typeOf(target));
    add("ssdp.location.host", addressIn(fields.get("location") ?? ""));
    return message;
  },
  evidence: ({ said }) => said.map(([attribute, value]): Evidence => ({ about: "sender", attribute, value })),
  server: ({ kind }, { toMany }) =>
    kind === "response" ? "sender" : toMany ? undefined : kind === "search" ? "receiver" : undefined,
});

function kindOf(first: string): SsdpMessage["kind"] | undefined {
  if (/^NOTIFY \* HTTP\/1\.[01]$/i.test(first)) return "notify";
  if (/^M-SEARCH \* HTTP\/1\.[01]$/i.test(first)) return "search";
  return /^HTTP\/1\.[01] 200\b/i.test(first) ? "response" : undefined;
}

/** "urn:domain:device:type:version": device and service types, never unique names (uuid:...). */
function typeOf(target: string): string | undefined {
  const text = cleanText(target, 128);
  return /^urn:[\w.-]{1,64}:(?:device|service):[\w.-]{1,64}:\d{1,4}(?:\.\d{1,4})?$/i.test(text) ||
    /^roku:ecp$/i.test(text)
    ? text
    : undefined;
}

/** Only an address: names, paths and queries of the location are never read. */
function addressIn(location: string): string | undefined {
  const host = /^https?:\/\/(?:\[([0-9a-f:.]{2,45})(?:%\w+)?\]|([0-9.]{7,15}))(?::\d{1,5})?(?:\/|$)/i.exec(location);
  const text = host?.[1] ?? host?.[2];
  return text !== undefined && parseIp(text) !== undefined ? text.toLowerCase() : undefined;
}
