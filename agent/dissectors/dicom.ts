/** DICOM upper layer: which imaging systems talk, who serves, and which device made what is stored. PS3.8 9.3, PS3.7. */
import { type Association, areTitles, FIXED_PART, readAssociation } from "./dicom-association.ts";
import { type Command, type DatasetKind, readCommand, readDeviceAttributes } from "./dicom-dataset.ts";
import { associationEvidence, CLINICAL, commandEvidence, PDU, role, STORE } from "./dicom-evidence.ts";
import { defineDissector, type Evidence, type Flow, type Malformed, malformed } from "./dissector.ts";

const HEAD = 6;
/** 128 contexts with many transfer syntaxes each stay well below. */
const MAX_ASSOCIATION = 1 << 20;
const MAX_DATA = 1 << 28;
/** Stored objects read per flow; after these the flow has no more to teach. */
const MAX_DATASETS = 3;
const FIND = 0x0020;
const CREATE = 0x0140;
const WORKLIST = "1.2.840.10008.5.1.4.31";
const PERFORMED_STEP = "1.2.840.10008.3.1.2.3.3";

interface DicomMessage {
  pdu: number;
  association: Association | undefined;
  command: Command | undefined;
  /** Device attributes of a stored object, when the sender is the one that made it. */
  attributes: [attribute: string, value: string][];
  /** A data set went by in clear. */
  dataset: boolean;
  /** Objects read in this flow so far. */
  datasets: number;
}

/** Accepted syntax by context, who asked for the association, and whether a stored object comes next. */
interface DicomState {
  syntaxes: Uint8Array;
  /** -1 until a request or accept was heard. */
  requesterPort: number;
  /** The title the request called. */
  called: string | undefined;
  expected: DatasetKind | "other" | "";
  datasets: number;
}

export default defineDissector<DicomMessage>({
  protocol: "dicom",
  over: ["tcp"],
  recognise: [
    { at: 0, bytes: "01 00 00 ?? ?? ?? 00 01" },
    { at: 0, bytes: "02 00 00 ?? ?? ?? 00 01" },
    { at: 0, bytes: "03 00 00 00 00 04 00" },
    // A command that begins with its group length: a flow heard from the middle.
    { at: 0, bytes: "04 00 00 ?? ?? ?? 00 00 ?? ?? ?? 03 00 00 00 00 04 00 00 00" },
  ],
  hints: { tcp: [104, 11112, 4242] },
  messageLength(payload, flow) {
    const type = payload[0]!;
    if (type < PDU.request || type > PDU.abort || (payload.length > 1 && payload[1] !== 0)) return -1;
    if (payload.length < HEAD) return 0;
    const length = payload.readUInt32BE(2);
    if (type === PDU.data) {
      if (length < HEAD || length > MAX_DATA) return -1;
      if (payload.length < HEAD + 6) return 0;
      return isValueHead(payload, HEAD, HEAD + length) ? HEAD + length : -1;
    }
    if (type > PDU.accept) return length === 4 ? HEAD + length : -1;
    if (length < FIXED_PART - HEAD || length > MAX_ASSOCIATION) return -1;
    if (payload.length < 42) return 0;
    return isAssociation(payload) || (type === PDU.accept && flow.state !== undefined) ? HEAD + length : -1;
  },
  dissect(payload, flow): DicomMessage | Malformed | undefined {
    const type = payload[0];
    if (type === undefined || type < PDU.request || type > PDU.abort) return undefined;
    if (payload.length > 1 && payload[1] !== 0) return undefined;
    if (payload.length < HEAD) return malformed("PDU head cut short");
    const length = payload.readUInt32BE(2);
    const end = HEAD + length;
    if (type > PDU.accept && type !== PDU.data) {
      if (length !== 4) return undefined;
      return end > payload.length ? malformed("PDU cut short") : empty(type);
    }
    if (end > payload.length && !flow.cut) return malformed("PDU cut short");
    const known = flow.state as DicomState | undefined;
    if (type === PDU.data) return readData(payload, Math.min(end, payload.length), flow, known);
    if (payload.length < FIXED_PART || length < FIXED_PART - HEAD) return malformed("association cut short");
    // An accept's titles need not be tested (9.3.3), once its request was heard.
    if (!isAssociation(payload) && (type === PDU.request || known === undefined)) return undefined;
    const state: DicomState = known ?? newState();
    flow.state = state;
    const { association, sound } = readAssociation(payload, Math.min(end, payload.length), state.syntaxes);
    if (type === PDU.request) {
      state.requesterPort = flow.sourcePort;
      state.called = association.called;
      state.syntaxes.fill(0);
    } else if (state.requesterPort < 0) state.requesterPort = flow.destinationPort;
    else {
      // What was accepted is what the request asked for; the accept only repeats it, and some repeat it wrongly.
      association.called = state.called;
      association.calling = undefined;
    }
    const message = { ...empty(type), association };
    return sound || flow.cut ? message : malformed("an item runs past its place", message);
  },
  evidence: ({ pdu, association, command, attributes, dataset }) => [
    ...(association === undefined ? [] : associationEvidence(pdu, association)),
    ...(pdu === PDU.reject ? [role("sender", "scp")] : []),
    ...(command === undefined ? [] : commandEvidence(command)),
    ...attributes.map(([attribute, value]): Evidence => ({ about: "sender", attribute, value })),
    ...(dataset ? CLINICAL : []),
  ],
  server: ({ pdu }) =>
    pdu === PDU.request ? "receiver" : pdu === PDU.accept || pdu === PDU.reject ? "sender" : undefined,
  done: ({ datasets }) => datasets >= MAX_DATASETS,
  sameAs: (payload) => {
    // Fragments of a data set after its first one teach nothing; all else is told apart by its bytes.
    const isFragment = payload.length > HEAD + 6 && payload[0] === PDU.data && (payload[HEAD + 5]! & 1) === 0;
    return isFragment && payload.readUInt32BE(HEAD) + 4 === payload.readUInt32BE(2) ? 1 + payload[HEAD + 4]! : 0;
  },
});

const newState = (): DicomState => ({
  syntaxes: new Uint8Array(128),
  requesterPort: -1,
  called: undefined,
  expected: "",
  datasets: 0,
});

const empty = (pdu: number): DicomMessage => ({
  pdu,
  association: undefined,
  command: undefined,
  attributes: [],
  dataset: false,
  datasets: 0,
});

/** Bit 0 of the version stands for this protocol (9.3.2); titles must be plausible. */
const isAssociation = (payload: Buffer) => (payload.readUInt16BE(6) & 1) === 1 && areTitles(payload);

/** 9.3.5.1: length, odd context id, and a control header of two bits. */
function isValueHead(payload: Buffer, at: number, end: number): boolean {
  const length = payload.readUInt32BE(at);
  return length >= 2 && at + 4 + length <= end && (payload[at + 4]! & 1) === 1 && payload[at + 5]! <= 3;
}

function readData(
  payload: Buffer,
  end: number,
  flow: Flow,
  known: DicomState | undefined,
): DicomMessage | Malformed | undefined {
  const message = empty(PDU.data);
  const state = known ?? newState();
  let at = HEAD;
  while (at < end) {
    const rest = flow.cut ? Number.MAX_SAFE_INTEGER : end;
    if (at + 6 > end) return flow.cut ? message : malformed("value item cut short", message);
    if (!isValueHead(payload, at, rest))
      return known === undefined ? undefined : malformed("value item runs past its PDU", message);
    const from = at + 6;
    const to = Math.min(at + 4 + payload.readUInt32BE(at), end);
    const context = payload[at + 4]! >>> 1;
    if ((payload[at + 5]! & 1) === 1) {
      // Without an association heard, a command must prove the protocol.
      const command = readCommand(payload, from, to);
      if (command === undefined && known === undefined) return undefined;
      if (command !== undefined) expect(command, state, flow, message);
    } else {
      if (known === undefined && message.command === undefined) return undefined;
      readDataset(payload, from, to, state, context, message);
    }
    at += 4 + payload.readUInt32BE(at);
  }
  if (at === HEAD) return undefined;
  message.datasets = state.datasets;
  flow.state = state;
  return message;
}

function expect(command: Command, state: DicomState, flow: Flow, message: DicomMessage): void {
  message.command = command;
  // The requester of the association stores what it made; an acceptor (C-GET) or a mover hands on what others made.
  const requester = state.requesterPort < 0 ? flow.server !== "sender" : state.requesterPort === flow.sourcePort;
  if (!requester && command.field === STORE) command.forOthers = true;
  state.expected = !command.hasDataset ? "" : requester ? datasetOf(command) : "other";
}

/** Which of the requester's data sets tell of the requester itself. */
function datasetOf({ field, sopClass, forOthers }: Command): DatasetKind | "other" {
  if (field === STORE && !forOthers) return "stored";
  if (field === CREATE && sopClass === PERFORMED_STEP) return "performed";
  return field === FIND && sopClass === WORKLIST ? "worklist" : "other";
}

function readDataset(
  payload: Buffer,
  from: number,
  to: number,
  state: DicomState,
  context: number,
  message: DicomMessage,
): void {
  // Only the first fragment begins with the elements wanted; later ones are stepped over.
  if (state.expected === "") return;
  message.dataset = true;
  if (state.expected !== "other") {
    message.attributes.push(...readDeviceAttributes(payload, from, to, state.syntaxes[context]!, state.expected));
    state.datasets++;
  }
  state.expected = "";
}
