/** Whom an advisory means by a vendor's name: makers as we name them, for names come in many spellings and in lists. */
import { knowledge } from "../knowledge.ts";
import { vendorNamesText } from "./texts.ts";

/** A list of vendors is cut here. */
const MAX_MAKERS = 12;
const MAX_PARTS = 24;
const LEGAL_FORM =
  /[\s,]+(?:inc|incorporated|ltd|limited|llc|gmbh|ag|corp|corporation|co|company|s\.?a|plc|oy|ab|kg)\.?(?=$|[\s,])/gi;
/** Several vendors at once, none of them named. */
const NOBODY = /^(?:multiple|various|several|unknown)\b/i;

let aliases: ReadonlyMap<string, string[]> | undefined;
let houses: ReadonlyMap<string, string> | undefined;

/** Vendors remembered; past it they are looked up anew. */
const MAX_REMEMBERED = 4096;
const remembered = new Map<string, readonly string[]>();

/** Lower-case names, ours where we know them; empty when the text names nobody. */
export function makersIn(vendor: string): readonly string[] {
  let makers = remembered.get(vendor);
  if (makers !== undefined) return makers;
  makers = namedIn(vendor);
  if (remembered.size >= MAX_REMEMBERED) remembered.clear();
  remembered.set(vendor, makers);
  return makers;
}

function namedIn(vendor: string): string[] {
  const text = vendor.trim();
  if (NOBODY.test(text)) return [];
  const listed = said(text);
  if (listed !== undefined) return listed;
  const parts = text
    .replaceAll(LEGAL_FORM, "")
    .split(/\s*(?:,|;|\/|&|\band\b|\bor\b|[()])\s*/)
    .slice(0, MAX_PARTS);
  const names = [text, ...parts].filter((part) => part.length > 1).flatMap((part) => said(part) ?? known(part) ?? []);
  const list = text
    .split(/\s*(?:,|;|\band\b)\s*/, MAX_PARTS)
    .map((name) => name.replaceAll(LEGAL_FORM, "").trim().toLowerCase());
  if (names.length === 0) names.push(...list.filter((name) => name.length > 2));
  return [...new Set(names)].slice(0, MAX_MAKERS);
}

/** A maker and those who belong to the same owner go by one name. */
export function houseOf(maker: string): string {
  houses ??= new Map(
    // Of two entries with one name the first counts.
    [...knowledge().makers].reverse().map((one) => [one.maker.toLowerCase(), (one.owner ?? one.maker).toLowerCase()]),
  );
  return houses.get(maker) ?? maker.toLowerCase();
}

const said = (name: string) => {
  aliases ??= new Map(Object.entries(JSON.parse(vendorNamesText().toString("utf8")) as Record<string, string[]>));
  return aliases.get(name.toLowerCase())?.map((one) => one.toLowerCase());
};

const known = (name: string) =>
  knowledge()
    .makers.find((one) => one.aliases.some((alias) => alias.test(name)))
    ?.maker.toLowerCase();
