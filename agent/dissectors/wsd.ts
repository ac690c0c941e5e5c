/** WS-Discovery: the types and scopes that devices announce (medical devices of IEEE 11073 SDC, printers, cameras, computers). OASIS WS-DD 1.1, 4; IEEE 11073-20702; ISO/IEEE 11073-20701. */
import { defineDissector, type Evidence } from "./dissector.ts";
import { keepName, keepText } from "./self-given.ts";

/** A datagram's text is read this far. */
const MAX_TEXT = 16_384;
const MAX_TYPES = 16;
const MAX_SCOPES = 32;
/** The coded kind of device: coding system (empty, or the nomenclature's own identifier), version, code. 11073-20701 9.3. */
const MDC_TYPE =
  /^sdc\.cdc\.type:\/(?:urn(?:%3A|:)oid(?:%3A|:)1\.2\.840\.10004\.1\.1\.1\.0\.0\.1)?\/[\w.]{0,16}\/(\d{1,9})$/i;
const MEDICAL_NAMESPACE = "11073-20702";
/** Words of one namespace are told by their local name; these say nothing of the device. */
const PLAIN_TYPES: ReadonlySet<string> = new Set(["Device"]);

/** What the body holds tells the message; the action in the header may be missing. */
const BODY =
  /<(?:[\w-]{1,32}:)?Body(?:\s[^<>]{0,256})?>\s{0,64}<(?:[\w-]{1,32}:)?(Hello|Bye|Probe|ProbeMatches|Resolve|ResolveMatches)[\s/>]/;

interface DiscoveryMessage {
  action: string;
  said: [attribute: string, value: string][];
}

export default defineDissector<DiscoveryMessage>({
  protocol: "wsd",
  over: ["udp"],
  recognise: [
    { at: 0, bytes: "3c 3f 78 6d 6c 20" }, // <?xml
    { at: 0, bytes: "3c 73 6f 61 70 3a 45 6e 76" }, // <soap:Env
    { at: 0, bytes: "3c 73 3a 45 6e 76" }, // <s:Env
    { at: 0, bytes: "3c 53 4f 41 50 2d 45 4e 56 3a" }, // <SOAP-ENV:
  ],
  hints: { udp: [3702] },
  dissect(payload): DiscoveryMessage | undefined {
    if (payload[0] !== 0x3c) return undefined;
    const text = payload.toString("utf8", 0, Math.min(payload.length, MAX_TEXT));
    if (!text.includes("/discovery")) return undefined;
    const action = BODY.exec(text)?.[1];
    if (action === undefined) return undefined;
    const message: DiscoveryMessage = { action, said: [] };
    // A question's types and scopes are what is sought; a goodbye has none.
    if (action === "Probe" || action === "Resolve") return message;
    readTypes(text, message.said);
    readScopes(text, message.said);
    return message;
  },
  evidence: ({ said }) => said.map(([attribute, value]): Evidence => ({ about: "sender", attribute, value })),
  server: ({ action }) => (/Matches$/.test(action) ? "sender" : undefined),
});

/** Qualified names with spaces between; the prefix of a medical type must stand for the standard's namespace. */
function readTypes(text: string, said: DiscoveryMessage["said"]): void {
  const list = /<(?:[\w-]{1,32}:)?Types(?:\s[^<>]{0,512})?>([^<]{0,1024})</.exec(text)?.[1];
  if (list === undefined) return;
  for (const name of list.trim().split(/\s+/).slice(0, MAX_TYPES)) {
    const parts = /^(?:([\w.-]{1,32}):)?([\w.-]{1,64})$/.exec(name);
    const value = parts?.[2] ?? (/^urn:[\w:.-]{1,128}$/.test(name) ? name : undefined);
    if (value === undefined || PLAIN_TYPES.has(value) || said.some(([, known]) => known === value)) continue;
    if (value === "MedicalDevice" && !namespaceOf(text, parts?.[1]).includes(MEDICAL_NAMESPACE)) continue;
    said.push(["wsd.type", value]);
  }
}

function namespaceOf(text: string, prefix: string | undefined): string {
  if (prefix === undefined) return "";
  const mark = `xmlns:${prefix}=`;
  const at = text.indexOf(mark);
  return at < 0 ? "" : text.slice(at + mark.length + 1, at + mark.length + 129);
}

/** Scopes are addresses of meaning; only those that describe a device are read, never who is treated or who works there. */
function readScopes(text: string, said: DiscoveryMessage["said"]): void {
  const list = /<(?:[\w-]{1,32}:)?Scopes(?:\s[^<>]{0,512})?>([^<]{0,8192})</.exec(text)?.[1];
  if (list === undefined) return;
  const add = (attribute: string, value: string | undefined) => {
    if (value !== undefined && !said.some(([known, kept]) => known === attribute && kept === value))
      said.push([attribute, value]);
  };
  for (const scope of list.trim().split(/\s+/).slice(0, MAX_SCOPES)) {
    // The SDC participant key purposes, and the coded device type. 11073-20701 9.2 and 9.3.
    if (/^sdc\.mds\.pkp:[0-9.]{1,64}$/.test(scope)) add("wsd.scope.sdc", scope);
    else if (MDC_TYPE.test(scope)) add("wsd.scope.mdc", MDC_TYPE.exec(scope)?.[1]);
    else {
      const onvif = /^onvif:\/\/www\.onvif\.org\/(hardware|name|type)\/([^?#]{1,128})$/i.exec(scope);
      if (onvif !== null) addOnvif(onvif[1]!.toLowerCase(), onvif[2]!, add);
    }
  }
}

/** ONVIF Core Specification, 7.3.2.2: hardware and name are the maker's and the device's. */
function addOnvif(part: string, encoded: string, add: (attribute: string, value: string | undefined) => void): void {
  let value: string;
  try {
    value = decodeURIComponent(encoded);
  } catch {
    return;
  }
  if (part === "hardware") add("wsd.onvif.hardware", keepText(value));
  else if (part === "name") add("wsd.onvif.name", keepName(value));
  else if (/^[\w-]{1,64}$/.test(value)) add("wsd.onvif.type", value);
}
