/** Signs of a worm: exploit-shaped SMB traffic, or one service tried at many addresses in a short time. */
import type { FanOut } from "../identify/identifier.ts";
import { grouped } from "./contests.ts";
import { scans, triedWords } from "./fan-outs.ts";
import { folded } from "./folded.ts";
import { aboutStrangers, matching, type Sign, seen } from "./from-evidence.ts";
import { defineRule, type RuleContext, type Verdict } from "./rule.ts";

const EXPLOITS: readonly Sign[] = [{ attribute: "wardtap.exploit.smb1" }, { attribute: "wardtap.exploit.smb2" }];
/** Services that worms of the last years spread by: SMB, remote desktop, Telnet. */
const WORM_PORTS: ReadonlySet<number> = new Set([445, 139, 3389, 23, 2323]);
/** Its own, whatever the configuration calls a scan. */
const MIN_HOSTS = 25;

/** So many other services swept besides are an inventory's or a vulnerability scanner's: worms know one or two. */
const MANY_SERVICES = 6;
/** The port that stands for ARP, which every sweep asks first. */
const ARP = 0;

const WORDS: Record<string, string> = {
  "trans2-session-setup": "a probe for the DoublePulsar backdoor",
  "doublepulsar-answer": "the answer of the DoublePulsar backdoor",
  "nt-transact-continued-as-trans2": "the shape of the EternalBlue exploit",
  "wannacry-tree-path": "the fixed address of WannaCry's code",
  "compression-offset": "the shape of the SMBGhost exploit",
};

export default defineRule({
  id: "worm-spread",
  title: "This looks like a worm spreading",
  severity: "critical",
  about: "device",
  advice:
    "Take this device off the network now, if clinical care allows, and call the cyber security team. Don't switch it off: its memory is evidence.",
  references: ["CVE-2017-0144", "CVE-2020-0796", "MITRE ATT&CK T1210"],
  judge(context) {
    const verdicts: Verdict[] = [];
    const why = (values: string[]) => `SMB traffic had ${values.map((value) => WORDS[value] ?? value).join(", ")}.`;
    for (const device of context.devices) {
      const evidence = matching(device.evidence, EXPLOITS);
      if (evidence.length > 0) {
        const values = [...new Set(evidence.map(({ value }) => value))].sort();
        verdicts.push({
          key: "exploit",
          deviceId: device.id,
          certainty: "confirmed",
          why: why(values),
          ...seen(evidence),
        });
      }
    }
    return [...verdicts, ...spreading(context), ...aboutStrangers(context, EXPLOITS, why)];
  },
});

/** A scanner that the configuration names looks like this too: only what it does besides (the exploits) counts. */
function spreading(context: RuleContext): Verdict[] {
  const known = sweepersOfMuch(context.fanOuts);
  const tries = (ofMuch: boolean, remark: string) =>
    scans(
      context,
      (fan) =>
        fan.kind === "hosts" && WORM_PORTS.has(fan.port) && fan.tried >= MIN_HOSTS && known.has(hostOf(fan)) === ofMuch,
      ({ port }) => ({
        key: `spread ${port}`,
        why: (widest) => `It tried TCP port ${port} of ${triedWords(widest, "addresses")}.${remark}`,
      }),
    );
  return [
    ...folded(
      tries(false, "").map((verdict) => ({ ...verdict, certainty: "likely" as const })),
      "spread others",
    ),
    ...folded(
      tries(true, " It tried many other ports too, as inventories and vulnerability scanners do.").map((verdict) => ({
        ...verdict,
        severity: "medium" as const,
        certainty: "possible" as const,
      })),
      "spread others of much",
    ),
  ];
}

/** Hosts that look for many services besides. */
function sweepersOfMuch(fanOuts: readonly FanOut[]): ReadonlySet<string> {
  const others = fanOuts.filter(({ kind, port }) => kind === "hosts" && port !== ARP && !WORM_PORTS.has(port));
  const byHost = grouped(others, hostOf);
  return new Set(
    [...byHost].filter(([, held]) => new Set(held.map(({ port }) => port)).size >= MANY_SERVICES).map(([host]) => host),
  );
}

const hostOf = ({ deviceId, ip }: FanOut) => deviceId ?? ip ?? "";
