/** POCT1-A: point-of-care meters that say hello. CLSI POCT01-A2, appendix B (device messaging layer): HEL.R01, OBS.R01. */
import { defineDissector, type Evidence } from "./dissector.ts";
import { keepName, keepText } from "./self-given.ts";

/** Where a message's first tag must stand: after an XML declaration and a document type at most. */
const MAX_PROLOGUE = 512;
const ROOT = /^\s*(?:<\?xml[^>]*\?>\s*)?(?:<!DOCTYPE[^>]*>\s*)?<([A-Z]{3})\.R(\d\d)[\s>/]/;
/** As long as this fits, more bytes may still make it one. */
const MAYBE =
  /^\s*(?:<(?:[?!][^>]*)?)?$|^\s*(?:<\?xml[^>]*\?>\s*)?(?:<!DOCTYPE[^>]*>\s*)?(?:<(?:[A-Z]{0,3}|[A-Z]{3}\.R?\d{0,2})?)?$|^\s*(?:<\?xml[^>]*\?>\s*)?<!DOCTYPE[^>]*$/;
const HELLO = "HEL";
/** Messages with results of a patient. */
const RESULTS = "OBS";
/** Fields of the DEV object that describe the device; operators and patients stand in other objects. */
const FIELDS: readonly (readonly [field: string, keep: typeof keepText])[] = [
  ["device_id", keepName],
  ["vendor_id", keepText],
  ["model_id", keepText],
  ["serial_id", keepName],
  ["manufacturer_name", keepText],
  ["hw_version", keepText],
  ["sw_version", keepText],
  ["device_name", keepName],
];

interface PoctMessage {
  kind: string;
  said: [attribute: string, value: string][];
}

export default defineDissector<PoctMessage>({
  protocol: "poct1a",
  over: ["tcp"],
  recognise: [
    { at: 0, bytes: "3c 48 45 4c 2e 52 30 31" },
    { at: 0, bytes: "3c 3f 78 6d 6c 20" },
  ],
  messageLength(payload) {
    const start = payload.toString("latin1", 0, Math.min(payload.length, MAX_PROLOGUE));
    const root = ROOT.exec(start);
    if (root === null) return payload.length < MAX_PROLOGUE && MAYBE.test(start) ? 0 : -1;
    const close = `</${root[1]}.R${root[2]}>`;
    const end = payload.indexOf(close, 0, "latin1");
    if (end < 0) return 0;
    let after = end + close.length;
    while (payload[after] === 0x0d || payload[after] === 0x0a) after++;
    return after;
  },
  dissect(payload, flow): PoctMessage | undefined {
    const root = ROOT.exec(payload.toString("latin1", 0, Math.min(payload.length, MAX_PROLOGUE)));
    if (root === null) return undefined;
    const kind = root[1]!;
    // A flow is known by its hello; other messages only go on in one.
    if (kind !== HELLO && flow.state === undefined) return undefined;
    flow.state = true;
    return { kind, said: kind === HELLO ? readDevice(payload.toString("utf8")) : [] };
  },
  evidence({ kind, said }) {
    if (kind === RESULTS) {
      return (["sender", "receiver"] as const).map((about) => ({
        about,
        attribute: "wardtap.clinical",
        value: "poct1a",
      }));
    }
    if (kind !== HELLO) return [];
    const found: Evidence[] = [
      { about: "sender", attribute: "poct1a.role", value: "device" },
      { about: "receiver", attribute: "poct1a.role", value: "manager" },
    ];
    for (const [attribute, value] of said) found.push({ about: "sender", attribute, value });
    return found;
  },
  done: ({ kind }) => kind === RESULTS,
});

/** Values stand in V attributes: <DEV.model_id V="..."/>. Only the fields listed are looked for. */
function readDevice(text: string): PoctMessage["said"] {
  const said: PoctMessage["said"] = [];
  for (const [field, keep] of FIELDS) {
    const start = text.indexOf(`<DEV.${field} `);
    if (start < 0) continue;
    const match = /^<DEV\.[a-z_]+ +V="([^"<>]{1,128})"/.exec(text.slice(start, start + 200));
    const value = match === null ? undefined : keep(unescaped(match[1]!));
    if (value !== undefined) said.push([`poct1a.dev.${field}`, value]);
  }
  return said;
}

/** The five entities of XML 1.0, 4.6. */
const unescaped = (text: string) =>
  text.replace(
    /&(lt|gt|quot|apos|amp);/g,
    (_, name: string) => ({ lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" })[name] ?? "",
  );
