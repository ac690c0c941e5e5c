/** From a row's body to what the page shows; a body may hold anything, so every field is read with a bound. */
import { createHash } from "node:crypto";
import type { DeviceView, FindingView } from "../api/shapes.ts";

/** Text and lists longer than this are cut in the view; the row keeps all. */
const MAX_TEXT = 1000;
const MAX_LIST = 64;
const TIME = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?Z$/;

export type Body = Record<string, unknown>;

/** The register's own id: the same for the same device of the same tap, whatever ledger speaks of it. */
export const registerIdOf = (tapId: string, deviceId: string): string => `reg-${shortHash(tapId, deviceId)}`;
/** The same for findings. */
export const findingRegisterIdOf = (tapId: string, findingId: string): string => `fin-${shortHash(tapId, findingId)}`;

const shortHash = (tapId: string, id: string) =>
  createHash("sha256").update(`${tapId}\0${id}`).digest("hex").slice(0, 20);

/** ISO 8601 UTC with six decimals, so that text order is time order; null for anything else. */
export function readTime(value: unknown): string | null {
  const found = typeof value === "string" && value.length <= 40 ? TIME.exec(value) : null;
  return found ? `${found[1]}.${(found[2] ?? "").padEnd(6, "0")}Z` : null;
}

export const readText = (value: unknown): string | null =>
  typeof value === "string" ? value.slice(0, MAX_TEXT) : null;
/** What devices say where they have nothing to say. */
const SAYS_NOTHING = /^(?:unknown|n\/?a|none|null|undefined|not (?:set|available|specified)|-+|\?+)?$/i;
/** A name or number that says something; null otherwise, so that no page shows "Unknown" as if it were one. */
const readKnown = (value: unknown): string | null => {
  const text = readText(value);
  return text === null || SAYS_NOTHING.test(text.trim()) ? null : text;
};
/** Ids are keys: one that is too long is no id rather than a cut one. */
export const readId = (value: unknown): string | null =>
  typeof value === "string" && value.length > 0 && value.length <= MAX_TEXT ? value : null;
export const readTexts = (value: unknown): string[] =>
  list(value)
    .filter((item) => typeof item === "string")
    .map((item) => item.slice(0, MAX_TEXT));
const readNumbers = (value: unknown): number[] => list(value).filter((item) => typeof item === "number");
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value.slice(0, MAX_LIST) : []);

/** The start of time, for a body without one: shows as plainly wrong rather than as now. */
const NO_TIME = "1970-01-01T00:00:00.000000Z";

export function deviceView(
  tapId: string,
  deviceId: string,
  body: Body,
  known: { lastSeenAt: string | null; openFindings: number },
): DeviceView {
  const firstSeenAt = readTime(body.firstSeenAt) ?? NO_TIME;
  const { lastSeenAt } = known;
  return {
    registerId: registerIdOf(tapId, deviceId),
    tapId,
    deviceId,
    class: readText(body.class) ?? "unknown",
    medical: body.medical === true,
    criticality: readText(body.criticality),
    maker: readKnown(body.maker),
    model: readKnown(body.model),
    version: readKnown(body.version),
    serial: readKnown(body.serial),
    os: readKnown(body.os),
    names: readTexts(body.names),
    macs: readTexts(body.macs),
    ips: readTexts(body.ips),
    vlans: readNumbers(body.vlans),
    roles: readTexts(body.roles),
    confidence: typeof body.confidence === "number" ? body.confidence : 0,
    why: readText(body.why) ?? "",
    firstSeenAt,
    lastSeenAt: lastSeenAt !== null && lastSeenAt > firstSeenAt ? lastSeenAt : firstSeenAt,
    openFindings: known.openFindings,
  };
}

export function findingView(tapId: string, findingId: string, body: Body, deviceId: string | null): FindingView {
  const firstSeenAt = readTime(body.firstSeenAt) ?? NO_TIME;
  return {
    registerId: findingRegisterIdOf(tapId, findingId),
    tapId,
    findingId,
    deviceId,
    rule: readText(body.rule) ?? "unknown",
    severity: readText(body.severity) ?? "unknown",
    certainty: readText(body.certainty) ?? "unknown",
    state: readText(body.state) ?? "unknown",
    title: readText(body.title) ?? "",
    why: readText(body.why) ?? "",
    advice: readText(body.advice) ?? "",
    firstSeenAt,
    lastSeenAt: readTime(body.lastSeenAt) ?? firstSeenAt,
  };
}
