/** Several cards, one device: what says so, and what people said to keep apart. */
import type { Card } from "./cards.ts";
import type { GroupSet } from "./groups.ts";
import { isCardMac, isRandomisedMac } from "./mac.ts";

/** A name that more cards than this give is a default name of a product, not one device's. */
const MAX_CARDS_PER_NAME = 3;
const MIN_NAME = 4;
/** A serial number or DUID on more cards than this was copied with a disk image or never set: it tells nothing apart. */
const MAX_CARDS_PER_SERIAL = 4;
/** What stands in a serial number's place when nobody gave one: one letter over and over, or the factory's words. */
const NO_SERIAL =
  /^(?:(.)\1*|0?123456789\d*|default string|to be filled.*|system serial number|not (?:specified|applicable|available)|none|unknown)$/i;
/** Names that many devices have before anybody gives them one. */
const GENERIC_NAME =
  /^(localhost|raspberrypi|android|iphone|ipad|macbook|unknown|none|default|printer|computer|user-pc|admin-pc|desktop|laptop|debian|ubuntu|kali|esp[-_]?\w*|wlan\d*|host)([-_ ]?\w{0,2})?$/i;

/** Attributes that name one piece of equipment, whichever card it speaks from. */
const SERIALS: ReadonlySet<string> = new Set([
  "lldp.media.sn",
  "dicom.device_serial_number",
  "hl7.prt.20",
  "dhcp.client_id.duid",
  "bacnet.serial_number",
]);
const NAME = "dhcp.option.hostname";
/** What a DHCP client sends beside its name; equal for two cards of one machine. */
const SAME_SYSTEM = ["dhcp.option.vendor_class_id", "dhcp.option.request_list_item"] as const;

/** Pairs of MACs that people keep apart: a wrong join undone. */
export type KeptApart = readonly (readonly [string, string])[];

export function joinCards(cards: ReadonlyMap<string, Card>, groups: GroupSet, keptApart: KeptApart): void {
  const mayJoin = (a: string, b: string) => !keptApart.some((pair) => pair.includes(a) && pair.includes(b));
  for (const card of cards.values()) {
    for (const named of card.namesCards) {
      if (named !== card.mac && isCardMac(named) && mayJoin(card.mac, named)) {
        groups.joinMac(card.mac, named, `${card.mac} names ${named} as its own`);
      }
    }
  }
  for (const [value, same] of cardsBy(cards, serialsOf)) {
    if (same.length <= MAX_CARDS_PER_SERIAL) joinAll(same, groups, mayJoin, `same serial number ${value}`);
  }
  for (const [name, same] of cardsBy(cards, namesOf)) {
    if (same.length > MAX_CARDS_PER_NAME || new Set(same.map(systemOf)).size > 1) continue;
    joinAll(same, groups, mayJoin, `same host name ${name} and same DHCP client`);
  }
}

function joinAll(
  same: readonly Card[],
  groups: GroupSet,
  mayJoin: (a: string, b: string) => boolean,
  reason: string,
): void {
  const [first, ...others] = same;
  if (first === undefined) return;
  for (const other of others) if (mayJoin(first.mac, other.mac)) groups.joinMac(first.mac, other.mac, reason);
}

function cardsBy(cards: ReadonlyMap<string, Card>, keys: (card: Card) => string[]): Map<string, Card[]> {
  const found = new Map<string, Card[]>();
  for (const card of cards.values())
    for (const key of new Set(keys(card))) {
      const same = found.get(key);
      if (same === undefined) found.set(key, [card]);
      else same.push(card);
    }
  for (const [key, same] of found) if (same.length < 2) found.delete(key);
  return found;
}

function valuesOf(card: Card, attribute: string): string[] {
  const values: string[] = [];
  for (const host of card.hosts)
    for (const piece of host.evidence.values()) if (piece.attribute === attribute) values.push(piece.value);
  return values;
}

const serialsOf = (card: Card): string[] =>
  [...SERIALS].flatMap((attribute) =>
    valuesOf(card, attribute)
      .filter((value) => value.length >= MIN_NAME && !NO_SERIAL.test(value.trim()))
      .map((value) => `${attribute} ${value}`),
  );

function namesOf(card: Card): string[] {
  const names = valuesOf(card, NAME).filter((name) => name.length >= MIN_NAME && !GENERIC_NAME.test(name));
  // A random address says nothing of the card: only together with the client's other signs is a name proof.
  return names.filter(() => !isRandomisedMac(card.mac) || systemOf(card) !== "").map((name) => name.toLowerCase());
}

const systemOf = (card: Card): string =>
  SAME_SYSTEM.map((attribute) => valuesOf(card, attribute).sort().join("|"))
    .join("\n")
    .trim();
