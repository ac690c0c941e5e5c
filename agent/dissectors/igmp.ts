/** IGMP: which groups a host listens to, and who asks for them. RFC 1112 appendix I; RFC 2236, 2; RFC 3376, 4. */
import { ipv4At } from "./addresses.ts";
import { defineDissector, type Malformed, malformed } from "./dissector.ts";

const HEADER = 8;
const QUERY = 0x11;
const REPORTS: readonly number[] = [0x12, 0x16];
const REPORT_3 = 0x22;
/** 4.2.12: records that only take sources or whole groups away: IN {} leaves. */
const TO_INCLUDE = 3;
const BLOCK = 6;
const RECORD = 8;
/** Groups read of one report, and kept of one host; more teach nothing new. */
const MAX_GROUPS = 16;

interface IgmpMessage {
  isQuery: boolean;
  groups: string[];
}

export default defineDissector<IgmpMessage>({
  protocol: "igmp",
  over: ["ip"],
  ipProtocols: [2],
  dissect(payload, flow): IgmpMessage | Malformed | undefined {
    const type = payload[0];
    if (type !== QUERY && type !== REPORT_3 && !REPORTS.includes(type ?? 0)) return undefined;
    if (payload.length < HEADER) return flow.cut ? undefined : malformed("header cut short");
    if (type === QUERY) return { isQuery: true, groups: [] };
    if (type === REPORT_3) return readRecords(payload, flow.cut);
    const group = groupAt(payload, 4);
    return group === undefined ? malformed("no group address") : { isQuery: false, groups: [group] };
  },
  evidence({ isQuery, groups }, { sourceIp }) {
    // A switch that only asks on a router's behalf has no address of its own to ask with (RFC 4541, 2.1.1).
    if (isQuery) return sourceIp === "0.0.0.0" ? [] : [{ about: "sender", attribute: "igmp.role", value: "querier" }];
    return groups.map((value) => ({ about: "sender", attribute: "igmp.maddr", value, atMost: MAX_GROUPS }));
  },
});

/** 4.2: type, sources' count, group and sources of each record. */
function readRecords(payload: Buffer, cut: boolean): IgmpMessage | Malformed {
  const message: IgmpMessage = { isQuery: false, groups: [] };
  const count = payload.readUInt16BE(6);
  for (let at = HEADER, record = 0; record < count && record < MAX_GROUPS; record++) {
    if (at + RECORD > payload.length) return cut ? message : malformed("record cut short", message);
    const type = payload[at]!;
    const sources = payload.readUInt16BE(at + 2);
    const group = groupAt(payload, at + 4);
    if (group === undefined) return malformed("no group address", message);
    const leaves = (type === TO_INCLUDE && sources === 0) || type === BLOCK;
    if (!leaves && !message.groups.includes(group)) message.groups.push(group);
    at += RECORD + sources * 4 + payload[at + 1]! * 4;
  }
  return message;
}

const groupAt = (payload: Buffer, at: number) => (payload[at]! >> 4 === 0xe ? ipv4At(payload, at) : undefined);
