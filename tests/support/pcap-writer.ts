/** Writes small capture files for tests: pcap and pcapng, either byte order, micro- or nanoseconds. */

export interface WrittenFrame {
  bytes: Buffer;
  /** Integer microseconds since 1970. Default 0. */
  at?: number;
  /** Default: as long as `bytes`. */
  wireLength?: number;
  /** What the record claims to hold, when it lies. Default: as long as `bytes`. */
  claimedLength?: number;
}

export interface PcapShape {
  bigEndian?: boolean;
  nanoseconds?: boolean;
  /** The variant with magic 0xa1b2cd34, whose record headers are 8 bytes longer. */
  modified?: boolean;
  linkType?: number;
  snapLength?: number;
}

/** A whole pcap file. */
export const pcap = (frames: readonly WrittenFrame[], shape: PcapShape = {}): Buffer =>
  Buffer.concat([pcapHeader(shape), ...frames.map((frame) => pcapRecord(frame, shape))]);

export const pcapHeader = ({
  bigEndian,
  nanoseconds,
  modified,
  linkType = 1,
  snapLength = 65_535,
}: PcapShape): Buffer =>
  fields(bigEndian, [
    [4, nanoseconds ? 0xa1b23c4d : modified ? 0xa1b2cd34 : 0xa1b2c3d4],
    [2, 2],
    [2, 4],
    [4, 0],
    [4, 0],
    [4, snapLength],
    [4, linkType],
  ]);

export const pcapRecord = (frame: WrittenFrame, { bigEndian, nanoseconds, modified }: PcapShape = {}): Buffer => {
  const { bytes, at = 0, wireLength = bytes.length, claimedLength = bytes.length } = frame;
  const fraction = at % 1_000_000;
  const header = fields(bigEndian, [
    [4, Math.floor(at / 1_000_000)],
    [4, nanoseconds ? fraction * 1000 : fraction],
    [4, claimedLength],
    [4, wireLength],
  ]);
  return Buffer.concat([header, Buffer.alloc(modified ? 8 : 0), bytes]);
};

export interface PcapngShape {
  bigEndian?: boolean;
  nanoseconds?: boolean;
  linkType?: number;
  name?: string;
}

/** A whole pcapng file of one section and one interface. */
export const pcapng = (frames: readonly WrittenFrame[], shape: PcapngShape = {}): Buffer => {
  const { bigEndian = false, nanoseconds = false, linkType = 1, name } = shape;
  return Buffer.concat([
    sectionBlock(bigEndian),
    interfaceBlock(
      { linkType, ...(name === undefined ? {} : { name }), ...(nanoseconds ? { resolution: 9 } : {}) },
      bigEndian,
    ),
    ...frames.map(({ bytes, at = 0, wireLength = bytes.length }) =>
      packetBlock({ bytes, ticks: BigInt(at) * (nanoseconds ? 1000n : 1n), wireLength }, bigEndian),
    ),
  ]);
};

export const block = (type: number, body: Buffer, bigEndian = false): Buffer => {
  const padded = Buffer.concat([body, Buffer.alloc(-body.length & 3)]);
  const length = padded.length + 12;
  return Buffer.concat([
    fields(bigEndian, [
      [4, type],
      [4, length],
    ]),
    padded,
    fields(bigEndian, [[4, length]]),
  ]);
};

export const option = (code: number, value: Buffer, bigEndian = false): Buffer =>
  Buffer.concat([
    fields(bigEndian, [
      [2, code],
      [2, value.length],
    ]),
    value,
    Buffer.alloc(-value.length & 3),
  ]);

export const sectionBlock = (bigEndian = false): Buffer =>
  block(
    0x0a0d0d0a,
    Buffer.concat([
      fields(bigEndian, [
        [4, 0x1a2b3c4d],
        [2, 1],
        [2, 0],
      ]),
      Buffer.alloc(8, 0xff),
    ]),
    bigEndian,
  );

export interface WrittenInterface {
  linkType?: number;
  snapLength?: number;
  name?: string;
  /** The if_tsresol byte. */
  resolution?: number;
  offsetSeconds?: bigint;
}

export const interfaceBlock = (about: WrittenInterface = {}, bigEndian = false): Buffer => {
  const { linkType = 1, snapLength = 0, name, resolution, offsetSeconds } = about;
  const options: Buffer[] = [];
  if (name !== undefined) options.push(option(2, Buffer.from(name), bigEndian));
  if (resolution !== undefined) options.push(option(9, Buffer.from([resolution]), bigEndian));
  if (offsetSeconds !== undefined) options.push(option(14, wide(offsetSeconds, bigEndian), bigEndian));
  if (options.length > 0) options.push(option(0, Buffer.alloc(0), bigEndian));
  return block(
    1,
    Buffer.concat([
      fields(bigEndian, [
        [2, linkType],
        [2, 0],
        [4, snapLength],
      ]),
      ...options,
    ]),
    bigEndian,
  );
};

export interface WrittenPacket {
  bytes: Buffer;
  /** In the interface's own resolution. */
  ticks?: bigint;
  wireLength?: number;
  claimedLength?: number;
  interface?: number;
  options?: Buffer;
}

/** An enhanced packet block, or with `obsolete` the packet block before it. */
export const packetBlock = (packet: WrittenPacket, bigEndian = false, obsolete = false): Buffer => {
  const { bytes, ticks = 0n, wireLength = bytes.length, claimedLength = bytes.length, interface: from = 0 } = packet;
  const header = fields(bigEndian, [
    ...((obsolete
      ? [
          [2, from],
          [2, 0],
        ]
      : [[4, from]]) as [2 | 4, number][]),
    [4, Number(ticks >> 32n)],
    [4, Number(ticks & 0xffffffffn)],
    [4, claimedLength],
    [4, wireLength],
  ]);
  const padding = Buffer.alloc(-bytes.length & 3);
  return block(obsolete ? 2 : 6, Buffer.concat([header, bytes, padding, packet.options ?? Buffer.alloc(0)]), bigEndian);
};

export const simplePacketBlock = (bytes: Buffer, wireLength = bytes.length, bigEndian = false): Buffer =>
  block(3, Buffer.concat([fields(bigEndian, [[4, wireLength]]), bytes]), bigEndian);

/** Interface statistics: frames the interface and the system dropped. */
export const statisticsBlock = (
  from: number,
  dropped: { card?: bigint; system?: bigint },
  bigEndian = false,
): Buffer => {
  const options: Buffer[] = [];
  if (dropped.card !== undefined) options.push(option(5, wide(dropped.card, bigEndian), bigEndian));
  if (dropped.system !== undefined) options.push(option(7, wide(dropped.system, bigEndian), bigEndian));
  return block(
    5,
    Buffer.concat([
      fields(bigEndian, [
        [4, from],
        [4, 0],
        [4, 0],
      ]),
      ...options,
    ]),
    bigEndian,
  );
};

const wide = (value: bigint, bigEndian: boolean): Buffer => {
  const bytes = Buffer.alloc(8);
  if (bigEndian) bytes.writeBigInt64BE(value);
  else bytes.writeBigInt64LE(value);
  return bytes;
};

const fields = (bigEndian: boolean | undefined, values: readonly (readonly [size: 2 | 4, value: number])[]): Buffer => {
  const bytes = Buffer.alloc(values.reduce((sum, [size]) => sum + size, 0));
  let at = 0;
  for (const [size, value] of values) {
    if (bigEndian) bytes.writeUIntBE(value, at, size);
    else bytes.writeUIntLE(value, at, size);
    at += size;
  }
  return bytes;
};
