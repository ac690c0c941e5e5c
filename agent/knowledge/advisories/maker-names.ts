/** Whom an advisory means by a vendor's name: makers as we name them, for names come in many spellings and in lists. */
import { knowledge } from "../knowledge.ts";
import { vendorNamesText } from "./texts.ts";

/** A list of vendors is cut here. */
const MAX_MAKERS = 12;
const LEGAL_FORM =
  /[\s,]+(?:inc|incorporated|ltd|limited|llc|gmbh|ag|corp|corporation|co|company|s\.?a|plc|oy|ab|kg)\.?(?=$|[\s,])/gi;
/** Several vendors at once, none of them named. */
const NOBODY = /^(?:multiple|various|several|unknown)\b/i;

let aliases: ReadonlyMap<string, string[]> | undefined;

/** Lower-case names, ours where we know them; empty when the text names nobody. */
export function makersIn(vendor: string): string[] {
  const text = vendor.trim();
  if (NOBODY.test(text)) return [];
  const listed = said(text);
  if (listed !== undefined) return listed;
  const parts = text.replaceAll(LEGAL_FORM, "").split(/\s*(?:,|;|\/|&|\band\b|\bor\b|[()])\s*/);
  const names = [text, ...parts].filter((part) => part.length > 1).flatMap((part) => said(part) ?? known(part) ?? []);
  const list = text.split(/\s*(?:,|;|\band\b)\s*/).map((name) => name.replaceAll(LEGAL_FORM, "").trim().toLowerCase());
  if (names.length === 0) names.push(...list.filter((name) => name.length > 2));
  return [...new Set(names)].slice(0, MAX_MAKERS);
}

/** A maker and those who belong to the same owner go by one name. */
export function houseOf(maker: string): string {
  const entry = knowledge().makers.find((one) => one.maker.toLowerCase() === maker);
  return (entry?.owner ?? entry?.maker ?? maker).toLowerCase();
}

const said = (name: string) => {
  aliases ??= new Map(Object.entries(JSON.parse(vendorNamesText().toString("utf8")) as Record<string, string[]>));
  return aliases.get(name.toLowerCase())?.map((one) => one.toLowerCase());
};

const known = (name: string) =>
  knowledge()
    .makers.find((one) => one.aliases.some((alias) => alias.test(name)))
    ?.maker.toLowerCase();
