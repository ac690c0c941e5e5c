/** Ubiquiti discovery: how its gateways and access points announce themselves on UDP 10001. Rapid7, "Understanding Ubiquiti discovery service exposures" (2019). */
import { defineDissector, type Evidence } from "./dissector.ts";
import { keepName, keepText } from "./self-given.ts";

const HEADER = 4;
const MAX_FIELDS = 64;
/** Field → attribute. Network names (0x0d) and user names (0x06, 0x07) are never read. */
const FIELDS: Record<number, readonly [attribute: string, keep: typeof keepText]> = {
  3: ["ubiquiti.firmware", keepText],
  11: ["ubiquiti.hostname", keepName],
  12: ["ubiquiti.platform", keepText],
  20: ["ubiquiti.model", keepText],
  21: ["ubiquiti.model", keepText],
  22: ["ubiquiti.version", keepText],
};

interface DiscoveryMessage {
  said: [attribute: string, value: string][];
}

export default defineDissector<DiscoveryMessage>({
  protocol: "ubiquiti",
  over: ["udp"],
  hints: { udp: [10001] },
  dissect(payload): DiscoveryMessage | undefined {
    // Version 1 answers with command 0, version 2 announces with 6 to 11; the length is that of all fields.
    const version = payload[0];
    if (payload.length < HEADER || (version !== 1 && version !== 2) || payload[1]! > 11) return undefined;
    if (payload.readUInt16BE(2) !== payload.length - HEADER) return undefined;
    const message: DiscoveryMessage = { said: [] };
    let at = HEADER;
    for (let index = 0; index < MAX_FIELDS && at + 3 <= payload.length; index++) {
      const end = at + 3 + payload.readUInt16BE(at + 1);
      if (end > payload.length) return undefined;
      const field = FIELDS[payload[at]!];
      const text = field?.[1](payload.subarray(at + 3, end));
      if (field !== undefined && text !== undefined && !message.said.some(([known]) => known === field[0]))
        message.said.push([field[0], text]);
      at = end;
    }
    return at === payload.length ? message : undefined;
  },
  evidence: ({ said }) => said.map(([attribute, value]): Evidence => ({ about: "sender", attribute, value })),
});
