/** Whom a device talks to outside the hospital, in words and signs that stay while it does the same. */
import { DYNAMIC_PORTS } from "../behaviour/use.ts";
import { outsideNetwork } from "../identify/contacts.ts";
import type { DevicePeer } from "../identify/device.ts";
import { MAX_BETWEEN, type OtherEnd } from "./finding.ts";
import type { Verdict } from "./rule.ts";

/** Ends that a sentence names; the rest is counted in steps. */
const MAX_NAMED = 5;
const STEPS = [1000, 500, 200, 100, 50, 20, 10, 5, 2, 1] as const;
/** Past so many networks only services are told apart: one network more is no news then. */
const MAX_NETWORKS = 60;
/** Time servers are drawn by lot from large pools: one is as good as another. RFC 8633. */
const ANY_NETWORK: ReadonlySet<string> = new Set(["udp/123"]);

/** "8.8.8.8 (udp/53), 8.8.4.4 (udp/53) and at least 10 more" */
export function outsideWords(peers: readonly DevicePeer[]): string {
  const all = peers.map(({ remote, service }) => `${remote} (${service})`).sort();
  const more = all.length - MAX_NAMED;
  const rest = more > 0 ? ` and at least ${STEPS.find((step) => step <= more)} more` : "";
  return `${all.slice(0, MAX_NAMED).join(", ")}${rest}`;
}

/** By service and outside network: services with many servers change theirs within one. */
export function outsideEnds(peers: readonly DevicePeer[]): Required<Pick<Verdict, "between" | "signs">> {
  const ends = new Map<string, OtherEnd>();
  for (const peer of [...peers].sort((a, b) => ((a.remote ?? "") < (b.remote ?? "") ? -1 : 1))) {
    const service = serviceOf(peer);
    const remote = outsideNetwork(peer.remote ?? "");
    const sign = `${service} ${ANY_NETWORK.has(service) ? "anywhere" : remote}`;
    if (!ends.has(sign)) ends.set(sign, { deviceId: null, remote, service });
  }
  const told = [...ends].sort(([a], [b]) => (a < b ? -1 : 1));
  const signs =
    told.length <= MAX_NETWORKS
      ? told.map(([sign]) => sign)
      : [...new Set(told.map(([, { service }]) => `${service} many networks`))];
  return { between: told.slice(0, MAX_BETWEEN).map(([, end]) => end), signs };
}

/** Ports given out anew at every start are one service. */
function serviceOf({ service }: DevicePeer): string {
  const [transport, port] = service.split("/");
  return `${transport}/${Math.min(Number(port), DYNAMIC_PORTS)}`;
}
