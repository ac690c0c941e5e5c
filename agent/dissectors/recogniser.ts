/** All dissectors' patterns and hints compiled into tables: payload bytes → who might read them. */
import type { Dissector, DissectorDefinition, Pattern } from "./dissector.ts";

/** A pattern may look this far into a payload. */
const MAX_PATTERN_END = 512;

interface CompiledPattern {
  at: number;
  /** Value per byte, -1 for any. */
  bytes: Int16Array;
  dissector: number;
}

const NONE: readonly number[] = [];

export interface Recogniser {
  readonly dissectors: readonly Dissector[];
  definition(index: number): DissectorDefinition<object>;
  /**
   * Fills `into` with the indexes of dissectors that may know this TCP or UDP payload, those whose
   * pattern matches first, then those hinted by a port; returns how many came by pattern.
   */
  candidates(
    transport: 6 | 17,
    bytes: Buffer,
    at: number,
    length: number,
    portA: number,
    portB: number,
    into: number[],
  ): number;
  /** Dissectors for a link frame, first by EtherType, then by SNAP, then by LLC. */
  forLink(etherType: number, llcDsap: number, snapOui: number, snapProtocol: number): readonly number[];
  forIpProtocol(protocol: number): readonly number[];
  /** Dissectors for segments that open a TCP connection. */
  readonly forSyn: readonly number[];
}

export function createRecogniser(dissectors: readonly Dissector[]): Recogniser {
  const definitions = dissectors.map(({ definition }) => definition);
  const tables = { 6: patternTable(definitions, "tcp"), 17: patternTable(definitions, "udp") };
  const hints = { 6: hintTable(definitions, "tcp"), 17: hintTable(definitions, "udp") };
  const ethers = keyTable(definitions, (definition) => definition.etherTypes);
  const llcs = keyTable(definitions, (definition) => definition.llcDsaps);
  const snaps = keyTable(definitions, (definition) =>
    definition.snap?.map(([oui, protocol]) => snapKey(oui, protocol)),
  );
  const protocols = keyTable(definitions, (definition) => definition.ipProtocols);

  return {
    dissectors,
    definition: (index) => definitions[index]!,
    candidates(transport, bytes, at, length, portA, portB, into) {
      into.length = 0;
      if (length === 0) return 0;
      const table = tables[transport];
      matchAll(table.byFirst[bytes[at]!], bytes, at, length, into);
      matchAll(table.others, bytes, at, length, into);
      const byPattern = into.length;
      addAll(hints[transport].get(portA), into);
      addAll(hints[transport].get(portB), into);
      return byPattern;
    },
    forLink(etherType, llcDsap, snapOui, snapProtocol) {
      if (etherType !== 0) return ethers.get(etherType) ?? NONE;
      if (snapOui >= 0) return snaps.get(snapKey(snapOui, snapProtocol)) ?? NONE;
      return llcs.get(llcDsap) ?? NONE;
    },
    forIpProtocol: (protocol) => protocols.get(protocol) ?? NONE,
    forSyn: definitions.flatMap((definition, index) => (definition.over.includes("syn") ? [index] : [])),
  };
}

const snapKey = (oui: number, protocol: number) => oui * 65536 + protocol;

function compile({ at, bytes }: Pattern, dissector: number): CompiledPattern {
  const values = bytes.split(" ").map((byte) => (byte === "??" ? -1 : Number.parseInt(byte, 16)));
  if (at + values.length > MAX_PATTERN_END) throw new Error(`pattern ends after byte ${MAX_PATTERN_END}`);
  return { at, bytes: Int16Array.from(values), dissector };
}

function patternTable(definitions: readonly DissectorDefinition<object>[], transport: "tcp" | "udp") {
  const byFirst: (CompiledPattern[] | undefined)[] = new Array(256).fill(undefined);
  const others: CompiledPattern[] = [];
  definitions.forEach((definition, index) => {
    if (!definition.over.includes(transport)) return;
    for (const pattern of definition.recognise ?? []) {
      const compiled = compile(pattern, index);
      const first = compiled.bytes[0]!;
      if (compiled.at !== 0 || first < 0) {
        others.push(compiled);
        continue;
      }
      const list = byFirst[first] ?? [];
      list.push(compiled);
      byFirst[first] = list;
    }
  });
  return { byFirst, others };
}

function hintTable(definitions: readonly DissectorDefinition<object>[], transport: "tcp" | "udp") {
  return keyTable(definitions, (definition) =>
    definition.over.includes(transport) ? definition.hints?.[transport] : undefined,
  );
}

function keyTable(
  definitions: readonly DissectorDefinition<object>[],
  keys: (definition: DissectorDefinition<object>) => readonly number[] | undefined,
): Map<number, number[]> {
  const table = new Map<number, number[]>();
  definitions.forEach((definition, index) => {
    for (const key of keys(definition) ?? []) table.set(key, [...(table.get(key) ?? []), index]);
  });
  return table;
}

function matchAll(
  patterns: readonly CompiledPattern[] | undefined,
  bytes: Buffer,
  at: number,
  length: number,
  into: number[],
) {
  if (patterns === undefined) return;
  for (let i = 0; i < patterns.length; i++) {
    const pattern = patterns[i]!;
    if (matches(pattern, bytes, at, length) && !into.includes(pattern.dissector)) into.push(pattern.dissector);
  }
}

function matches(pattern: CompiledPattern, bytes: Buffer, at: number, length: number): boolean {
  const { bytes: values, at: offset } = pattern;
  if (offset + values.length > length) return false;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value >= 0 && bytes[at + offset + i] !== value) return false;
  }
  return true;
}

function addAll(indexes: readonly number[] | undefined, into: number[]) {
  if (indexes === undefined) return;
  for (let i = 0; i < indexes.length; i++) {
    const index = indexes[i]!;
    if (!into.includes(index)) into.push(index);
  }
}
