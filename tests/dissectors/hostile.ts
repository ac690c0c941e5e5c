/** What every dissector must stand: cut, random and damaged bytes give a bounded value, never an exception. */
import fc from "fast-check";
import { expect } from "vitest";
import { type Dissector, type Evidence, type Flow, flowOf, isMalformed } from "../../agent/dissectors/dissector.ts";

/** One message may teach at most this many pieces, of at most this many characters each. */
export const MAX_EVIDENCE = 512;
export const MAX_VALUE = 256;

/** Message and evidence of one payload, as the observe room would ask for them; state lives in `flow`. */
export function read(
  dissector: Dissector,
  payload: Buffer,
  flow: Flow = flowOf(),
): { message: object | undefined; evidence: Evidence[] } {
  const { definition } = dissector;
  definition.messageLength?.(payload, flow);
  const message = definition.dissect(payload, flow);
  const readable = isMalformed(message) ? message.partial : message;
  if (readable === undefined) return { message, evidence: [] };
  definition.server?.(readable, flow);
  definition.done?.(readable, flow);
  return { message, evidence: definition.evidence(readable, flow) };
}

export function expectBounded(evidence: readonly Evidence[]): void {
  expect(evidence.length).toBeLessThanOrEqual(MAX_EVIDENCE);
  for (const { value, attribute } of evidence) {
    expect(value.length, attribute).toBeGreaterThan(0);
    expect(value.length, attribute).toBeLessThanOrEqual(MAX_VALUE);
    expect(/[\p{Cc}\p{Cs}]/u.test(value), attribute).toBe(false);
  }
}

/** Random bytes, and the good messages with bytes changed, cut out and repeated. */
export function expectHostileProof(dissector: Dissector, good: readonly Buffer[], flow: Partial<Flow> = {}): void {
  const damaged = fc
    .tuple(
      fc.constantFrom(...good),
      fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 8 }),
      fc.nat(),
      fc.boolean(),
    )
    .map(([message, changes, cut, shorten]) => {
      const copy = Buffer.from(message);
      for (const [at, value] of changes) copy[at % copy.length] = value;
      return shorten ? copy.subarray(0, cut % (copy.length + 1)) : copy;
    });
  const noise = fc.uint8Array({ maxLength: 400 }).map((noisy) => Buffer.from(noisy));
  const headed = fc
    .tuple(fc.constantFrom(...good), fc.nat(64), fc.uint8Array({ maxLength: 400 }))
    .map(([message, keep, tail]) => Buffer.concat([message.subarray(0, keep), Buffer.from(tail)]));
  fc.assert(
    fc.property(
      fc.array(fc.oneof(damaged, noise, headed), { minLength: 1, maxLength: 4 }),
      fc.boolean(),
      (payloads, cut) => {
        const shared = flowOf({ ...flow, cut });
        for (const payload of payloads) expectBounded(read(dissector, payload, shared).evidence);
      },
    ),
    { numRuns: 400 },
  );
}

/** Everything that would leave the dissector, as one text. */
export const everything = (dissector: Dissector, payload: Buffer, flow?: Flow): string =>
  JSON.stringify(read(dissector, payload, flow));

/** Values of one attribute, in order. */
export const values = (evidence: readonly Evidence[], attribute: string): string[] =>
  evidence.filter((piece) => piece.attribute === attribute).map(({ value }) => value);
