/** Kinds of equipment named in HL7 device reports by their ISO/IEEE 11073-10101 codes. IHE PCD TF-2, B.8 (OBX-3, OBX-4) and B.7 (OBR-4). */
import { components, part, type Separators, type Span } from "./hl7-segments.ts";

/**
 * Whole devices (MDS), and of their parts (VMD) only pumps, which some senders report without an MDS.
 * What a device measures also has codes: none of those passes.
 */
const KIND = /^MDC_DEV_[A-Z0-9_]{2,48}_MDS$|^MDC_DEV_PUMP_[A-Z0-9_]{2,48}_VMD$/;
const PREFIX = Buffer.from("MDC_DEV_");
/** Codes of senders that leave the name out. */
const NAMES: Readonly<Record<string, string>> = {
  "69965": "MDC_DEV_MON_PHYSIO_MULTI_PARAM_MDS",
  "69985": "MDC_DEV_PUMP_INFUS_MDS",
  "69986": "MDC_DEV_PUMP_INFUS_VMD",
  "69993": "MDC_DEV_SYS_ANESTH_MDS",
  "70001": "MDC_DEV_SYS_PT_VENT_MDS",
  "70049": "MDC_DEV_PUMP_INFUS_LVP_MDS",
  "70053": "MDC_DEV_PUMP_INFUS_SYRINGE_MDS",
};

/** A kind, and which device of the message (the first number of OBX-4's containment) has it; "" when not said. */
export interface MdcKind {
  name: string;
  device: string;
}

/** `fieldNumber`: 3 of OBX, 4 of OBR. The value of an observation (OBX-5) is never looked at. */
export function mdcKind(bytes: Buffer, segment: Span, separators: Separators, fieldNumber: 3 | 4): MdcKind | undefined {
  const field = part(bytes, segment, separators.field, fieldNumber);
  if (!mayBeKind(bytes, field, separators)) return undefined;
  const [code, text] = components(bytes, field, separators, 2);
  const name = text!.length === 0 ? NAMES[code!.toString("latin1")] : text!.toString("latin1");
  if (name === undefined || !KIND.test(name)) return undefined;
  return { name, device: fieldNumber === 3 ? containingDevice(bytes, segment, separators) : "" };
}

/** Most codes name what is measured: those are passed by without being taken apart. */
function mayBeKind(bytes: Buffer, { from, to }: Span, { component }: Separators): boolean {
  let at = from;
  while (at < to && bytes[at] !== component) at++;
  at++;
  if (at >= to || bytes[at] === component) return true;
  for (let i = 0; i < PREFIX.length; i++) if (bytes[at + i] !== PREFIX[i]) return false;
  return true;
}

/** OBX-4 "1.0.0.0": device, part, channel, metric. */
export function containingDevice(bytes: Buffer, segment: Span, separators: Separators): string {
  const [place] = components(bytes, part(bytes, segment, separators.field, 4), separators, 1);
  return /^(\d{1,5})(?:\.\d{1,5}){1,3}$/.exec(place!.toString("latin1", 0, 32))?.[1] ?? "";
}
