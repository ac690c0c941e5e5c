/** SNMP: how agents describe themselves, in which version, and whether by a community everybody knows. RFC 1157, RFC 3416, RFC 3412, RFC 3414. */
import { elementAt, expectAt, integerOf, TAG } from "./ber.ts";
import { defineDissector, type Evidence, type Flow, type Malformed, malformed } from "./dissector.ts";
import { judgeSecret } from "./known-secrets.ts";
import { engineEvidence, readPdu, type SnmpPdu } from "./snmp-pdu.ts";

const V1 = 0;
const V2C = 1;
const V3 = 3;
const NAMES: Record<number, string> = { [V1]: "1", [V2C]: "2c", [V3]: "3" };
const AGENT_PORT = 161;
const TRAP_PORT = 162;

interface SnmpMessage {
  version: number;
  community: "default" | "other" | undefined;
  /** Security of version 3: "noAuthNoPriv", "authNoPriv", "authPriv". */
  level: string | undefined;
  /** Authoritative engine's id; the agent's, save in informs. */
  engine: Buffer | undefined;
  /** undefined where it is encrypted. */
  pdu: SnmpPdu | undefined;
}

export default defineDissector<SnmpMessage>({
  protocol: "snmp",
  over: ["udp"],
  // A sequence of short, one-byte or two-byte length; version 0 or 1 and a community, or version 3 and its header.
  recognise: [
    { at: 0, bytes: "30 ?? 02 01 00 04" },
    { at: 0, bytes: "30 ?? 02 01 01 04" },
    { at: 0, bytes: "30 ?? 02 01 03 30" },
    { at: 0, bytes: "30 81 ?? 02 01 00 04" },
    { at: 0, bytes: "30 81 ?? 02 01 01 04" },
    { at: 0, bytes: "30 81 ?? 02 01 03 30" },
    { at: 0, bytes: "30 82 ?? ?? 02 01 00 04" },
    { at: 0, bytes: "30 82 ?? ?? 02 01 01 04" },
    { at: 0, bytes: "30 82 ?? ?? 02 01 03 30" },
  ],
  hints: { udp: [AGENT_PORT, TRAP_PORT] },
  dissect(payload, flow): SnmpMessage | Malformed | undefined {
    if (payload[0] !== TAG.sequence) return undefined;
    const whole = elementAt(payload, 0, payload.length);
    if (whole === undefined) return flow.cut ? undefined : malformed("message longer than the packet");
    const versionAt = expectAt(payload, whole.from, whole.end, TAG.integer);
    if (versionAt === undefined) return undefined;
    const version = integerOf(payload, versionAt);
    if (version !== V1 && version !== V2C && version !== V3) return undefined;
    return version === V3
      ? readVersion3(payload, versionAt.end, whole.end)
      : readCommunity(payload, version, versionAt.end, whole.end);
  },
  evidence: snmpEvidence,
  server: (message, flow) =>
    message.pdu?.isTrap ? "receiver" : isAcknowledgement(message, flow) ? "sender" : agentOf(message, flow),
});

function readCommunity(payload: Buffer, version: number, at: number, end: number): SnmpMessage | Malformed | undefined {
  const community = expectAt(payload, at, end, TAG.octets);
  if (community === undefined) return malformed("community missing");
  const pdu = readPdu(payload, community.end, end);
  if (pdu === undefined) return malformed("PDU cut short or unknown");
  return {
    version,
    community: judgeCommunity(payload, community.from, community.end),
    level: undefined,
    engine: undefined,
    pdu,
  };
}

/** Some switches take "community@vlan" (Cisco, community string indexing): what stands before is the secret. */
function judgeCommunity(payload: Buffer, from: number, end: number): "default" | "other" {
  const index = payload.subarray(from, end).indexOf("@");
  return judgeSecret("snmp-community", payload.subarray(from, index < 0 ? end : from + index));
}

/** RFC 3412 6: header data, security parameters (RFC 3414 2.4), then the PDU in clear or encrypted. */
function readVersion3(payload: Buffer, at: number, end: number): SnmpMessage | Malformed {
  const header = expectAt(payload, at, end, TAG.sequence);
  if (header === undefined) return malformed("version 3 header missing");
  const id = elementAt(payload, header.from, header.end);
  const size = id && elementAt(payload, id.end, header.end);
  const flags = size && expectAt(payload, size.end, header.end, TAG.octets);
  const security = expectAt(payload, header.end, end, TAG.octets);
  if (flags === undefined || flags.end - flags.from !== 1 || security === undefined)
    return malformed("version 3 header cut short");
  const bits = payload[flags.from]! & 3;
  const message: SnmpMessage = {
    version: V3,
    community: undefined,
    level: bits === 3 ? "authPriv" : bits === 1 ? "authNoPriv" : "noAuthNoPriv",
    engine: undefined,
    pdu: undefined,
  };
  // Of the parameters only the engine is read: the user's name stands behind it.
  const parameters = expectAt(payload, security.from, security.end, TAG.sequence);
  const engine = parameters && expectAt(payload, parameters.from, parameters.end, TAG.octets);
  if (engine !== undefined && engine.end > engine.from) message.engine = payload.subarray(engine.from, engine.end);
  const scoped = elementAt(payload, security.end, end);
  if (scoped === undefined) return malformed("scoped PDU missing", message);
  if (scoped.tag !== TAG.sequence) return message;
  const context = expectAt(payload, scoped.from, scoped.end, TAG.octets);
  const name = context && expectAt(payload, context.end, scoped.end, TAG.octets);
  message.pdu = name && readPdu(payload, name.end, scoped.end);
  return message.pdu === undefined ? malformed("PDU cut short or unknown", message) : message;
}

/** Who has the objects: by the PDU, or by the ports where it is encrypted. */
function agentOf(message: SnmpMessage, flow: Flow): "sender" | "receiver" | undefined {
  const { pdu } = message;
  if (pdu !== undefined) return pdu.isRequest || isAcknowledgement(message, flow) ? "receiver" : "sender";
  if (flow.sourcePort === AGENT_PORT || flow.destinationPort === TRAP_PORT) return "sender";
  return flow.destinationPort === AGENT_PORT ? "receiver" : undefined;
}

/** A manager's answer to an inform repeats what the agent said, with the agent's community: it is no agent by that. RFC 3416 4.2.7. */
const isAcknowledgement = ({ pdu }: SnmpMessage, { sourcePort }: Flow): boolean =>
  pdu !== undefined && sourcePort === TRAP_PORT && !pdu.isRequest && !pdu.isTrap && !pdu.isReport;

function snmpEvidence(message: SnmpMessage, flow: Flow): Evidence[] {
  const { version, community, level, engine, pdu } = message;
  const agent = agentOf(message, flow);
  const found: Evidence[] = [];
  // Being asked in a version is no sign of speaking it; answering is.
  if (agent === "sender") {
    found.push({ about: "sender", attribute: "snmp.version", value: NAMES[version]! });
    // A trap names a community too, but nobody got in by it: that is no login that works.
    if (community !== undefined)
      found.push({
        about: "sender",
        attribute: pdu?.isTrap ? "wardtap.snmp.community.sent" : "wardtap.snmp.community",
        value: community,
      });
    if (level !== undefined && pdu?.isReport !== true)
      found.push({ about: "sender", attribute: "wardtap.snmp.level", value: level });
  } else if (agent === "receiver") {
    found.push({ about: "sender", attribute: "wardtap.snmp.version.sent", value: NAMES[version]! });
    if (community !== undefined)
      found.push({ about: "sender", attribute: "wardtap.snmp.community.sent", value: community });
  }
  if (engine !== undefined && agent === "sender" && pdu?.isInform !== true) found.push(...engineEvidence(engine));
  if (pdu === undefined || agent !== "sender") return found;
  // A version 1 trap names the agent's address: a proxy may have sent it on.
  const about = pdu.agent === undefined || pdu.agent === flow.sourceIp ? ("sender" as const) : { ip: pdu.agent };
  for (const [attribute, value] of pdu.said) found.push({ about, attribute, value });
  return found;
}
