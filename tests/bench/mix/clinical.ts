/** Clinical conversations of the mixed capture: HL7 v2 results over MLLP, and DICOM storage. All content is made up. */
import type { Talk, Turn } from "./conversations.ts";
import type { Host } from "./hosts.ts";

const OBSERVATIONS = [
  "147842^MDC_ECG_HEART_RATE^MDC",
  "150456^MDC_PULS_OXIM_SAT_O2^MDC",
  "151562^MDC_RESP_RATE^MDC",
  "157864^MDC_FLOW_FLUID_PUMP^MDC",
  "157884^MDC_VOL_FLUID_TBI^MDC",
];

/** ORU^R01 with a handful of results, each acknowledged. HL7 v2.6 chapters 2 and 7; MLLP release 1. */
export function* hl7Feed({ random, client, server }: Talk): Generator<Turn> {
  const eui64 = `${client.mac.toString("hex", 0, 3)}fffe${client.mac.toString("hex", 3)}`.toUpperCase();
  const application = `${client.kind.toUpperCase()}|WARD7|${server.name}|HOSP`;
  let clock = random.below(80_000);
  // A device reports the same parameters each time; now and then one more (a cuff pressure, say).
  const parameters = random.between(3, 12);
  for (let left = random.between(20, 300); left > 0; left--) {
    clock += random.between(1, 10);
    const id = `${client.name}-${left}`;
    const results = Array.from(
      { length: parameters + (random.below(8) === 0 ? 1 : 0) },
      (_, i) =>
        `OBX|${i + 2}|NM|${OBSERVATIONS[i % OBSERVATIONS.length]}|1.1.1.${i + 1}|${random.between(40, 180)}.${random.below(10)}|264864^MDC_DIM_BEAT_PER_MIN^MDC|||||R|||${time(clock)}||||${eui64}^^${eui64}^EUI-64`,
    );
    yield block(
      [
        `MSH|^~\\&|${application}|${time(clock)}+0000||ORU^R01^ORU_R01|${id}|P|2.6|||AL|NE||UNICODE UTF-8|||IHE_PCD_001^IHE PCD^1.3.6.1.4.1.19376.1.6.1.1.1^ISO`,
        "PID|||000-000^^^HOSP^MR||TEST^PERSON^^^^^L",
        "PV1||I|WARD7^BED^1",
        `OBR|1|${id}|${id}|69965^MDC_DEV_MON_PHYSIO_MULTI_PARAM_MDS^MDC|||${time(clock)}`,
        `OBX|1||69965^MDC_DEV_MON_PHYSIO_MULTI_PARAM_MDS^MDC|1.0.0.0|||||||X|||||||${eui64}^^${eui64}^EUI-64`,
        ...results,
      ],
      true,
    );
    yield block(
      [
        `MSH|^~\\&|${server.name}|HOSP|${client.kind.toUpperCase()}|WARD7|${time(clock)}||ACK^R01^ACK|A${id}|P|2.6`,
        `MSA|AA|${id}`,
      ],
      false,
    );
  }
}

const block = (segments: string[], fromClient: boolean): Turn => ({
  fromClient,
  bytes: Buffer.from(`\x0b${segments.join("\r")}\r\x1c\r`),
});

function time(seconds: number): string {
  const two = (value: number) => String(value).padStart(2, "0");
  return `20260101${two(Math.floor(seconds / 3600) % 24)}${two(Math.floor(seconds / 60) % 60)}${two(seconds % 60)}`;
}

const CT_STORAGE = "1.2.840.10008.5.1.4.1.1.2";
const IMPLICIT = "1.2.840.10008.1.2";
const FRAGMENT = 16_370;

/** One association, a few images in fragments of 16 KiB, release. PS3.8 9.3, PS3.7 9.3.1. */
export function* dicomStore({ random, client, server, filler }: Talk): Generator<Turn> {
  yield { fromClient: true, bytes: associate(1, client, server) };
  yield { fromClient: false, bytes: associate(2, client, server) };
  for (let id = 1, left = random.between(1, 4); left > 0; id++, left--) {
    const uid = `2.25.${client.ip >>> 0}.${id}`;
    const command = commandSet([
      element(0, 0x0002, text(CT_STORAGE)),
      element(0, 0x0100, short(1)),
      element(0, 0x0110, short(id)),
      element(0, 0x0700, short(0)),
      element(0, 0x0800, short(1)),
      element(0, 0x1000, text(uid)),
    ]);
    const length = random.skewed(60_000, 600_000);
    const object = Buffer.concat([dataset(client, uid), element(0x7fe0, 0x0010, filler.subarray(0, length & ~1))]);
    const parts = [data(command, 3)];
    for (let at = 0; at < object.length; at += FRAGMENT)
      parts.push(data(object.subarray(at, at + FRAGMENT), at + FRAGMENT < object.length ? 0 : 2));
    yield { fromClient: true, bytes: Buffer.concat(parts) };
    yield {
      fromClient: false,
      bytes: data(
        commandSet([
          element(0, 0x0002, text(CT_STORAGE)),
          element(0, 0x0100, short(0x8001)),
          element(0, 0x0120, short(id)),
          element(0, 0x0800, short(0x0101)),
          element(0, 0x0900, short(0)),
        ]),
        3,
      ),
    };
  }
  yield { fromClient: true, bytes: Buffer.from([5, 0, 0, 0, 0, 4, 0, 0, 0, 0]) };
  yield { fromClient: false, bytes: Buffer.from([6, 0, 0, 0, 0, 4, 0, 0, 0, 0]) };
}

/** A request (1) or its acceptance (2). PS3.8 9.3.2, 9.3.3. */
function associate(type: 1 | 2, client: Host, server: Host): Buffer {
  const head = Buffer.alloc(74);
  head[0] = type;
  head.writeUInt16BE(1, 6);
  head.write(server.name.padEnd(16), 10, "latin1");
  head.write(client.name.padEnd(16), 26, "latin1");
  const syntax = item(0x40, Buffer.from(IMPLICIT));
  const offered = Buffer.concat([
    Buffer.from([1, 0, 0, 0]),
    ...(type === 1 ? [item(0x30, Buffer.from(CT_STORAGE))] : []),
    syntax,
  ]);
  const user = Buffer.concat([
    item(0x51, Buffer.from([0, 0, 0x40, 0])),
    item(0x52, Buffer.from("2.25.1001.3.6.7")),
    item(0x55, Buffer.from("WARD_367")),
  ]);
  const whole = Buffer.concat([
    head,
    item(0x10, Buffer.from("1.2.840.10008.3.1.1.1")),
    item(type === 1 ? 0x20 : 0x21, offered),
    item(0x50, user),
  ]);
  whole.writeUInt32BE(whole.length - 6, 2);
  return whole;
}

const item = (type: number, body: Buffer) =>
  Buffer.concat([Buffer.from([type, 0, body.length >> 8, body.length & 255]), body]);

/** A P-DATA-TF with one value in context 1. Flags: 1 command, 2 last fragment. PS3.8 9.3.5, annex E.2. */
function data(value: Buffer, flags: number): Buffer {
  const head = Buffer.alloc(12);
  head[0] = 4;
  head.writeUInt32BE(value.length + 6, 2);
  head.writeUInt32BE(value.length + 2, 6);
  head[10] = 1;
  head[11] = flags;
  return Buffer.concat([head, value]);
}

/** Implicit little endian. PS3.5 7.1.3. */
function element(group: number, number: number, value: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt16LE(group, 0);
  head.writeUInt16LE(number, 2);
  head.writeUInt32LE(value.length, 4);
  return Buffer.concat([head, value]);
}

function commandSet(elements: Buffer[]): Buffer {
  const rest = Buffer.concat(elements);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(rest.length);
  return Buffer.concat([element(0, 0, length), rest]);
}

const text = (value: string) => Buffer.from(value.length % 2 === 0 ? value : `${value}\0`);
const short = (value: number) => Buffer.from([value & 255, value >> 8]);

const dataset = (client: Host, uid: string) =>
  Buffer.concat([
    element(0x0008, 0x0016, text(CT_STORAGE)),
    element(0x0008, 0x0018, text(uid)),
    element(0x0008, 0x0060, text("CT")),
    element(0x0008, 0x0070, text("Example Imaging")),
    element(0x0008, 0x1010, text(client.name)),
    element(0x0008, 0x1090, text("Scanner 64")),
    element(0x0010, 0x0010, text("TEST^PERSON")),
    element(0x0018, 0x1000, text(`SN${client.ip & 255}`)),
    element(0x0018, 0x1020, text("VB20")),
    element(0x0028, 0x0010, short(512)),
    element(0x0028, 0x0011, short(512)),
  ]);
