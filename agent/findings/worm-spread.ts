/** Signs of a worm: exploit-shaped SMB traffic, or one service tried at many addresses in a short time. */
import { scans, triedWords } from "./fan-outs.ts";
import { aboutStrangers, matching, type Sign, seen } from "./from-evidence.ts";
import { defineRule, type RuleContext, type Verdict } from "./rule.ts";

const EXPLOITS: readonly Sign[] = [{ attribute: "wardtap.exploit.smb1" }, { attribute: "wardtap.exploit.smb2" }];
/** Services that worms of the last years spread by: SMB, remote desktop, Telnet. */
const WORM_PORTS: ReadonlySet<number> = new Set([445, 139, 3389, 23, 2323]);
/** Its own, whatever the configuration calls a scan. */
const MIN_HOSTS = 25;

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
const spreading = (context: RuleContext): Verdict[] =>
  scans(
    context,
    ({ kind, port, tried }) => kind === "hosts" && WORM_PORTS.has(port) && tried >= MIN_HOSTS,
    ({ port }) => ({
      key: `spread ${port}`,
      why: (widest) => `It tried TCP port ${port} of ${triedWords(widest, "addresses")}.`,
    }),
  ).map((verdict) => ({ ...verdict, certainty: "likely" as const }));
