/** SNMP protocol data units: the few objects in which an agent describes itself. RFC 3416 3, RFC 1157 4.1; SNMPv2-MIB (RFC 3418), ENTITY-MIB (RFC 6933), Printer-MIB (RFC 3805). */
import { ipv4At, isDeviceIpv4, macAt } from "./addresses.ts";
import { type Element, elementAt, expectAt, oidText, TAG } from "./ber.ts";
import type { Evidence } from "./dissector.ts";
import { keepName, keepText } from "./self-given.ts";

const PDU = {
  get: 0xa0,
  next: 0xa1,
  response: 0xa2,
  set: 0xa3,
  trapV1: 0xa4,
  bulk: 0xa5,
  inform: 0xa6,
  trap: 0xa7,
  report: 0xa8,
};
const IP_ADDRESS = 0x40;
const ENTERPRISES = "1.3.6.1.4.1.";
/** Variables looked at in one message; the rest is not read. */
const MAX_VARIABLES = 64;

/** Object → attribute. Contact (1.4) and location (1.6) may hold persons and are never read. */
const OBJECTS: Record<string, readonly [attribute: string, keep: "text" | "name" | "oid"]> = {
  "1.3.6.1.2.1.1.1.0": ["snmp.sysdescr", "text"],
  "1.3.6.1.2.1.1.2.0": ["snmp.sysobjectid", "oid"],
  "1.3.6.1.2.1.1.5.0": ["snmp.sysname", "name"],
  "1.3.6.1.6.3.1.1.4.3.0": ["snmp.enterprise", "oid"],
  "1.3.6.1.2.1.25.3.2.1.3.1": ["snmp.hrdevicedescr", "text"],
  "1.3.6.1.2.1.43.5.1.1.16.1": ["snmp.printername", "name"],
  "1.3.6.1.2.1.43.5.1.1.17.1": ["snmp.printerserial", "name"],
  "1.3.6.1.2.1.47.1.1.1.1.11.1": ["snmp.entserial", "name"],
  "1.3.6.1.2.1.47.1.1.1.1.13.1": ["snmp.entmodel", "text"],
};

export interface SnmpPdu {
  isRequest: boolean;
  isTrap: boolean;
  isInform: boolean;
  isReport: boolean;
  /** Address that a version 1 trap speaks for. */
  agent: string | undefined;
  said: [attribute: string, value: string][];
}

/** The PDU at `at`; undefined when it is none or lies. Values are read from answers and traps only. */
export function readPdu(bytes: Buffer, at: number, end: number): SnmpPdu | undefined {
  const whole = elementAt(bytes, at, end);
  if (whole === undefined || whole.tag < PDU.get || whole.tag > PDU.report) return undefined;
  const { tag } = whole;
  const pdu: SnmpPdu = {
    isRequest: tag === PDU.get || tag === PDU.next || tag === PDU.set || tag === PDU.bulk,
    isTrap: tag === PDU.trapV1 || tag === PDU.trap || tag === PDU.inform,
    isInform: tag === PDU.inform,
    isReport: tag === PDU.report,
    agent: undefined,
    said: [],
  };
  if (pdu.isRequest || pdu.isReport) return pdu;
  const variables = tag === PDU.trapV1 ? afterTrapHead(bytes, whole, pdu) : afterThreeIntegers(bytes, whole);
  const list = variables < 0 ? undefined : expectAt(bytes, variables, whole.end, TAG.sequence);
  if (list === undefined) return undefined;
  return readVariables(bytes, list, pdu) ? pdu : undefined;
}

/** Request id, error status, error index. -1 when one is missing. */
function afterThreeIntegers(bytes: Buffer, { from, end }: Element): number {
  let at = from;
  for (let index = 0; index < 3; index++) {
    const integer = expectAt(bytes, at, end, TAG.integer);
    if (integer === undefined) return -1;
    at = integer.end;
  }
  return at;
}

/** Enterprise, agent address, generic and specific trap, time. RFC 1157 4.1.6. -1 when cut. */
function afterTrapHead(bytes: Buffer, { from, end }: Element, pdu: SnmpPdu): number {
  const enterprise = expectAt(bytes, from, end, TAG.oid);
  const agent = enterprise && expectAt(bytes, enterprise.end, end, IP_ADDRESS);
  if (enterprise === undefined || agent === undefined || agent.end - agent.from !== 4) return -1;
  if (isDeviceIpv4(bytes, agent.from)) pdu.agent = ipv4At(bytes, agent.from);
  const text = oidText(bytes, enterprise);
  if (text?.startsWith(ENTERPRISES)) pdu.said.push(["snmp.enterprise", text]);
  let at = agent.end;
  for (let index = 0; index < 3; index++) {
    const element = elementAt(bytes, at, end);
    if (element === undefined) return -1;
    at = element.end;
  }
  return at;
}

function readVariables(bytes: Buffer, list: Element, pdu: SnmpPdu): boolean {
  let at = list.from;
  for (let index = 0; index < MAX_VARIABLES && at < list.end; index++) {
    const variable = expectAt(bytes, at, list.end, TAG.sequence);
    const name = variable && expectAt(bytes, variable.from, variable.end, TAG.oid);
    const value = name && elementAt(bytes, name.end, variable.end);
    if (variable === undefined || name === undefined || value === undefined) return false;
    at = variable.end;
    const wanted = mayBeWanted(bytes, name) ? OBJECTS[oidText(bytes, name) ?? ""] : undefined;
    if (wanted !== undefined) describe(bytes, value, wanted, pdu);
  }
  return true;
}

/** All wanted objects begin with 1.3.6.1, written 2b 06 01, and are shorter than this: the others cost no text. */
const mayBeWanted = (bytes: Buffer, { from, end }: Element) =>
  end - from <= 16 && bytes[from] === 0x2b && bytes[from + 1] === 0x06 && bytes[from + 2] === 0x01;

function describe(bytes: Buffer, value: Element, [attribute, keep]: readonly [string, string], pdu: SnmpPdu): void {
  const raw = bytes.subarray(value.from, value.end);
  let kept: string | undefined;
  if (keep === "oid") kept = value.tag === TAG.oid ? oidText(bytes, value) : undefined;
  else if (value.tag === TAG.octets) kept = keep === "name" ? keepName(raw) : keepText(raw);
  if (kept !== undefined) pdu.said.push([attribute, kept]);
}

const ENGINE_NEW = 0x80;
const FORMAT_MAC = 3;
/** Both may hold anything that an administrator chose. */
const FORMAT_TEXT = 4;
const FORMAT_OCTETS = 5;

/** Who made the engine and, in forms that hold no text, which one it is. RFC 3411, 5 (SnmpEngineID). */
export function engineEvidence(engine: Buffer): Evidence[] {
  if (engine.length < 5 || engine.length > 32 || (engine[0]! & ENGINE_NEW) === 0) return [];
  const enterprise = engine.readUInt32BE(0) & 0x7fffffff;
  const found: Evidence[] = [{ about: "sender", attribute: "snmp.engineid.enterprise", value: String(enterprise) }];
  const format = engine[4];
  if (format === FORMAT_MAC && engine.length === 11) {
    found.push({ about: "sender", attribute: "snmp.engineid.mac", value: macAt(engine, 5) });
  }
  if (format !== FORMAT_TEXT && format !== FORMAT_OCTETS)
    found.push({ about: "sender", attribute: "snmp.engineid.data", value: engine.toString("hex") });
  return found;
}
