/** Niagara Fox: what building stations tell in their greeting. Tridium Niagara Fox, as recognised by public scanners' descriptions; fields seen in captures. */
import { defineDissector, type Evidence } from "./dissector.ts";
import { keepName, keepText } from "./self-given.ts";

const START = Buffer.from("fox a ");
const HELLO = / fox hello\n\{\n/;
const END = Buffer.from("\n};;\n");
/** A longer greeting is not one. */
const MAX_HELLO = 8192;
/** Lines looked at in one greeting. */
const MAX_LINES = 64;

const FIELDS: Record<string, readonly [attribute: string, keep: typeof keepText]> = {
  hostName: ["fox.host_name", keepName],
  "app.name": ["fox.app.name", keepText],
  "app.version": ["fox.app.version", keepText],
  "vm.version": ["fox.vm.version", keepText],
  "os.name": ["fox.os.name", keepText],
  "os.version": ["fox.os.version", keepText],
  "station.name": ["fox.station.name", keepName],
  brandId: ["fox.brand_id", keepText],
  hostId: ["fox.host_id", keepName],
};

interface FoxMessage {
  said: [attribute: string, value: string][];
  /** Greetings heard in this flow; there is one from each side. */
  heard: number;
}

export default defineDissector<FoxMessage>({
  protocol: "fox",
  over: ["tcp"],
  recognise: [{ at: 0, bytes: "66 6f 78 20 61 20" }],
  messageLength(payload) {
    const known = Math.min(payload.length, START.length);
    if (payload.compare(START, 0, known, 0, known) !== 0) return -1;
    const end = payload.subarray(0, MAX_HELLO).indexOf(END);
    return end >= 0 ? end + END.length : payload.length >= MAX_HELLO ? -1 : 0;
  },
  dissect(payload, flow): FoxMessage | undefined {
    const text = payload.toString("latin1", 0, MAX_HELLO);
    if (!text.startsWith("fox a ") || !HELLO.test(text.slice(0, 64))) return undefined;
    const heard = ((flow.state as number | undefined) ?? 0) + 1;
    flow.state = heard;
    const message: FoxMessage = { said: [], heard };
    for (const line of text.split("\n", MAX_LINES).slice(2)) {
      // "app.version=s:3.7.108"
      const match = /^([A-Za-z.]{1,32})=s:(.+)$/.exec(line);
      const field = match === null || !Object.hasOwn(FIELDS, match[1]!) ? undefined : FIELDS[match[1]!];
      const value = field?.[1](match![2]!);
      if (field !== undefined && value !== undefined) message.said.push([field[0], value]);
    }
    return message;
  },
  evidence: ({ said }) => said.map(([attribute, value]): Evidence => ({ about: "sender", attribute, value })),
  done: ({ heard }) => heard >= 2,
});
