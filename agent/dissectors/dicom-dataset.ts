/** DICOM commands, and the device attributes of stored objects, procedure steps and worklist queries; every other element is stepped over unread. PS3.7 annex E, PS3.5 chapter 7, PS3.4 F and K. */
import { SYNTAX, uid } from "./dicom-association.ts";
import { keepName, keepText } from "./self-given.ts";

/** Elements stepped over in one data set, nested ones included; then reading ends. */
const MAX_ELEMENTS = 2048;
const MAX_DEPTH = 16;
/** Longer values of the wanted elements are not read. */
const MAX_ELEMENT_BYTES = 512;
const UNDEFINED_LENGTH = 0xffffffff;
const ITEM_GROUP = 0xfffe;
const ITEM = 0xfffee000;
/** Scheduled procedure step sequence: what a worklist query asks for. */
const SCHEDULED_STEPS = 0x00400100;

type Wanted = ReadonlyMap<number, readonly [attribute: string, keep: typeof keepText]>;

/**
 * What is read of a data set: of stored objects, of performed procedure steps, and of what a worklist
 * query asks for. 0010 (the patient) is passed by its lengths alone.
 */
export type DatasetKind = "stored" | "performed" | "worklist";

/** Tag → attribute and rule. PS3.6. */
const STORED: Wanted = new Map([
  [0x00080060, ["dicom.modality", keepText]],
  [0x00080070, ["dicom.manufacturer", keepText]],
  [0x00081010, ["dicom.station_name", keepName]],
  [0x00081090, ["dicom.manufacturer_model_name", keepText]],
  [0x00181000, ["dicom.device_serial_number", keepName]],
  [0x00181020, ["dicom.software_versions", keepText]],
]);
const PERFORMED: Wanted = new Map([
  [0x00080060, ["dicom.modality", keepText]],
  [0x00400241, ["dicom.performed_station_ae_title", keepName]],
  [0x00400242, ["dicom.performed_station_name", keepName]],
]);
const SCHEDULED: Wanted = new Map([
  [0x00080060, ["dicom.scheduled.modality", keepText]],
  [0x00400001, ["dicom.scheduled.station_ae_title", keepName]],
]);
/** Nothing wanted stands in later groups. */
const LAST_GROUP = { stored: 0x0018, performed: 0x0040, worklist: 0x0040 } as const;
const WANTED = { stored: STORED, performed: PERFORMED, worklist: new Map() as Wanted } as const;
/** Value representations with a four-byte length. PS3.5 table 7.1-1. */
const LONG_FORM = new Set(["OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV"]);

export interface Command {
  /** C-STORE-RQ 0001, C-GET-RQ 0010, C-FIND-RQ 0020, C-MOVE-RQ 0021, C-ECHO-RQ 0030, N-CREATE-RQ 0140; responses with 8000. */
  field: number;
  sopClass: string | undefined;
  hasDataset: boolean;
  /** Sent on behalf of a C-MOVE: the sender hands on what others made. */
  forOthers: boolean;
}

/** Commands are implicit little endian in group 0000. PS3.7 6.3.1. Reads what stands before `end`. */
export function readCommand(bytes: Buffer, from: number, end: number): Command | undefined {
  const command: Command = { field: -1, sopClass: undefined, hasDataset: false, forOthers: false };
  let at = from;
  while (at + 8 <= end && bytes.readUInt16LE(at) === 0) {
    const element = bytes.readUInt16LE(at + 2);
    const length = bytes.readUInt32LE(at + 4);
    at += 8;
    if (length > end - at) break;
    if (element === 0x0002) command.sopClass = uid(bytes, at, at + length);
    if (element === 0x0100 && length === 2) command.field = bytes.readUInt16LE(at);
    if (element === 0x0800 && length === 2) command.hasDataset = bytes.readUInt16LE(at) !== 0x0101;
    if (element === 0x1030 || element === 0x1031) command.forOthers = true;
    at += length;
  }
  return command.field < 0 ? undefined : command;
}

/** The wanted attributes of a data set's beginning; stops where it can't be followed. */
export function readDeviceAttributes(
  bytes: Buffer,
  from: number,
  end: number,
  negotiated: number,
  kind: DatasetKind = "stored",
): [string, string][] {
  const syntax = negotiated === SYNTAX.unknown ? sniff(bytes, from, end) : negotiated;
  if (syntax === SYNTAX.unreadable) return [];
  return readElements(bytes, from, end, syntax, WANTED[kind], LAST_GROUP[kind]);
}

function readElements(
  bytes: Buffer,
  from: number,
  end: number,
  syntax: number,
  attributes: Wanted,
  lastGroup: number,
): [string, string][] {
  const found: [string, string][] = [];
  let at = from;
  let depth = 0;
  let previous = -1;
  for (let step = 0; step < MAX_ELEMENTS && at + 8 <= end; step++) {
    const group = bytes.readUInt16LE(at);
    const tag = group * 65536 + bytes.readUInt16LE(at + 2);
    let length = bytes.readUInt32LE(at + 4);
    let headed = at + 8;
    let nests = true;
    if (group === ITEM_GROUP) {
      if (depth === 0) break;
      // E000 begins an item; E00D and E0DD end an item and a sequence of undefined length.
      if (tag !== ITEM) {
        depth--;
        length = 0;
      }
    } else {
      if (depth === 0 && (group > lastGroup || tag <= previous)) break;
      if (syntax === SYNTAX.explicit) {
        const vr = bytes.toString("latin1", at + 4, at + 6);
        if (!/^[A-Z]{2}$/.test(vr)) break;
        if (!LONG_FORM.has(vr)) length = bytes.readUInt16LE(at + 6);
        else if (at + 12 > end) break;
        else {
          length = bytes.readUInt32LE(at + 8);
          headed = at + 12;
        }
        nests = vr === "SQ";
      }
      if (depth === 0) previous = tag;
    }
    at = headed;
    // The first item of the steps asked for; behind them stands nothing that is wanted.
    if (tag === SCHEDULED_STEPS && depth === 0 && attributes === WANTED.worklist)
      return readItem(bytes, at, end, syntax);
    if (length === UNDEFINED_LENGTH) {
      if (!nests || ++depth > MAX_DEPTH) break;
      continue;
    }
    if (length > end - at) break;
    const wanted = depth === 0 ? attributes.get(tag) : undefined;
    if (wanted !== undefined && length <= MAX_ELEMENT_BYTES) {
      // A backslash parts several values.
      const value = wanted[1](bytes.toString("latin1", at, at + length).replaceAll("\\", "; "));
      if (value !== undefined) found.push([wanted[0], value]);
    }
    at += length;
  }
  return found;
}

function readItem(bytes: Buffer, at: number, end: number, syntax: number): [string, string][] {
  if (at + 8 > end || bytes.readUInt16LE(at) * 65536 + bytes.readUInt16LE(at + 2) !== ITEM) return [];
  const length = bytes.readUInt32LE(at + 4);
  const to = length === UNDEFINED_LENGTH ? end : Math.min(at + 8 + length, end);
  return readElements(bytes, at + 8, to, syntax, SCHEDULED, LAST_GROUP.worklist);
}

/** For a flow heard from the middle: a data set begins in group 0008 (or 0002); explicit ones name the VR in letters. */
function sniff(bytes: Buffer, from: number, end: number): number {
  if (from + 8 > end || bytes.readUInt16LE(from) !== 0x0008) return SYNTAX.unreadable;
  return /^[A-Z]{2}$/.test(bytes.toString("latin1", from + 4, from + 6)) ? SYNTAX.explicit : SYNTAX.implicit;
}
