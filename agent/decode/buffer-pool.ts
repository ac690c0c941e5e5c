/** Memory for messages in pieces, used again and again: making it anew costs more than filling it. */

/** Sizes kept are powers of two between these. */
const SMALLEST = 2048;
const LARGEST = 65_536;
/** Bytes kept ready of each size; what is given back beyond it is left to the collector. */
const MAX_BYTES_PER_SIZE = 1 << 18;

const ready: Buffer[][] = [];
for (let size = SMALLEST; size <= LARGEST; size *= 2) ready.push([]);

/** Memory of `size` bytes, with whatever stood in it before. */
export const take = (size: number): Buffer => listOf(size)?.pop() ?? Buffer.allocUnsafeSlow(size);

/** Only for memory that nobody looks at any more; not from a pool shared with others. */
export function giveBack(memory: Buffer): void {
  const list = listOf(memory.length);
  if (list !== undefined && list.length < MAX_BYTES_PER_SIZE / memory.length) list.push(memory);
}

function listOf(size: number): Buffer[] | undefined {
  if (size < SMALLEST || size > LARGEST || (size & (size - 1)) !== 0) return undefined;
  return ready[Math.clz32(SMALLEST) - Math.clz32(size)];
}
