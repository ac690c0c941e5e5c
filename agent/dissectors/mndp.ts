/** MNDP: how MikroTik's routers and switches announce themselves. MikroTik manual, "Neighbor discovery" (fields and UDP 5678). */
import { isDeviceMac, macAt } from "./addresses.ts";
import { defineDissector, type Evidence } from "./dissector.ts";
import { keepName, keepText } from "./self-given.ts";

const HEADER = 4;
const MAX_FIELDS = 32;
const FIELD = { mac: 1, identity: 5, version: 7, platform: 8, board: 12 } as const;

interface NeighbourMessage {
  said: [attribute: string, value: string][];
}

export default defineDissector<NeighbourMessage>({
  protocol: "mndp",
  over: ["udp"],
  hints: { udp: [5678] },
  dissect(payload): NeighbourMessage | undefined {
    // The first field of every announcement is the sender's MAC.
    if (payload.length < HEADER + 10 || payload.readUInt32BE(HEADER) !== 0x00010006) return undefined;
    const message: NeighbourMessage = { said: [] };
    let at = HEADER;
    for (let index = 0; index < MAX_FIELDS && at + 4 <= payload.length; index++) {
      const end = at + 4 + payload.readUInt16BE(at + 2);
      if (end > payload.length) return message;
      describe(payload.readUInt16BE(at), payload.subarray(at + 4, end), message.said);
      at = end;
    }
    return message;
  },
  evidence: ({ said }) => said.map(([attribute, value]): Evidence => ({ about: "sender", attribute, value })),
});

function describe(field: number, value: Buffer, said: NeighbourMessage["said"]): void {
  const add = (attribute: string, text: string | undefined) => {
    if (text !== undefined && !said.some(([known]) => known === attribute)) said.push([attribute, text]);
  };
  if (field === FIELD.mac && value.length === 6 && isDeviceMac(value, 0)) add("mndp.mac", macAt(value, 0));
  else if (field === FIELD.identity) add("mndp.identity", keepName(value));
  else if (field === FIELD.version) add("mndp.version", keepText(value));
  else if (field === FIELD.platform) add("mndp.platform", keepText(value));
  else if (field === FIELD.board) add("mndp.board", keepText(value));
}
