/** What `wardtap ledger show` prints of a device's habits: what was learnt, how long it is silent, what is new. */
import type { Ledger } from "./ledger.ts";
import { shown, shownTime } from "./listed.ts";
import { rowKey } from "./rows.ts";

const SIDES: Record<string, string> = { client: "asks", server: "answers", unknown: "talks to" };
const PORTS: Record<number, string> = { [-1]: "any port", 32768: "ports given out at random" };
/** Partners named of one service; of more only the number is told. */
const MAX_NAMED = 3;

/** Empty for a device without habits. Rows may be of a newer program: what isn't understood is left out. */
export function habitLines(ledger: Pick<Ledger, "get">, deviceId: string): string[] {
  const habit = ledger.get("habit", rowKey("device", deviceId))?.body;
  const profile = habit && ledger.get("habit", rowKey("profile", String(habit.profile)))?.body;
  if (habit === undefined || profile === undefined) return [];
  const model = profile.model === null ? "" : `, together with all ${shown(profile.maker)} ${shown(profile.model)}`;
  const minutes = Number(habit.longestPauseMinutes) || 0;
  return [
    `Learnt since ${shownTime(habit.since)} UTC${model}`,
    ...list(profile.services).map((service) => `${use(service)}: ${partners(list(service.peers))}`),
    ...(minutes < 60 ? [] : [`Silent for ${Math.floor(minutes / 60)} h at most while others were heard`]),
    ...list(habit.deviations).map(
      (one) => `New on ${shownTime(one.firstSeenAt)}: ${use(one)}: ${shown(one.address ?? one.peer)}`,
    ),
  ];
}

function use({ side, transport, port, protocol }: Record<string, unknown>): string {
  const where = PORTS[Number(port)] ?? `${shown(transport)}/${shown(port)}`;
  return `${SIDES[String(side)] ?? "talks to"} others on ${where}${protocol ? ` (${shown(protocol)})` : ""}`;
}

function partners(peers: Record<string, unknown>[]): string {
  const named = peers.map(({ peer, address }) => shown(address ?? peer));
  return named.length <= MAX_NAMED ? named.join(", ") : `${named.length} partners`;
}

const list = (value: unknown): Record<string, unknown>[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === "object" && one !== null) : [];
