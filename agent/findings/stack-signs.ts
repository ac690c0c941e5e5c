/** Signs of network software that makers build in: heard passively, honest about what else may show them. */
import type { Device, DeviceEvidence } from "../identify/device.ts";
import type { Stack } from "../knowledge/advisories/stacks.ts";
import type { StackSign } from "./affected-by.ts";

interface Sign {
  stack: Stack;
  attribute: RegExp;
  value: RegExp;
  certainty: StackSign["certainty"];
  /** Where the version of the system stands, as the first group; often later than its name. */
  version?: RegExp;
}

/**
 * VxWorks has had Interpeak's IPnet since 6.5; 5.x and 6.4 have another stack. Treck: initial windows of 4380 and 8760
 * bytes without scaling, which other small stacks may choose too; and answers to ICMP type 165, when somebody scans.
 */
const SIGNS: readonly Sign[] = [
  { stack: "ipnet", attribute: /^ssh\.protocol$/, value: /-IPSSH-/, certainty: "likely" },
  {
    stack: "ipnet",
    attribute: /^tcp\.synack\.signature$/,
    value: /^64:10000,0:nop,nop,mss,sok,nop,ws:\d+:/,
    certainty: "likely",
  },
  {
    stack: "ipnet",
    attribute: /^tcp\.synack\.signature$/,
    value: /^64:6[04]000,0:mss,nop,ws:\d+:/,
    certainty: "possible",
  },
  {
    stack: "ipnet",
    attribute:
      /^(?:ftp\.greeting|ftp\.syst|telnet\.banner|snmp\.sysdescr|smb\.native_os|smb\.native_lanman|http\.server|ntp\.ctrl\.system)$/,
    value: /\b(?:Tornado-?)?VxWorks\b/i,
    certainty: "possible",
    version: /\bVxWorks[ /(-]*(\d+(?:\.\d+)+)/i,
  },
  {
    stack: "treck",
    attribute: /^tcp\.syn(?:ack)?\.signature$/,
    value: /^64:(?:(?:4380|8760),0:|mss\*[36],0:[^:]*:1460:)/,
    certainty: "possible",
  },
];

/** How VxWorks 5.x and 6.4 answer, before IPnet: then the system's name alone is no sign. */
const OLD_STACK = /^64:(?:8192|16384),0:mss,nop,ws,nop,nop,ts:/;

export interface SeenSign extends StackSign {
  evidence: DeviceEvidence[];
}

/** One entry for each stack, with what was seen of it. A system named without other signs counts as possible. */
export function stackSigns(device: Pick<Device, "os" | "evidence">): SeenSign[] {
  const found = new Map<Stack, SeenSign>();
  for (const piece of device.evidence) {
    for (const { stack, attribute, value, certainty, version } of SIGNS) {
      if (!attribute.test(piece.attribute) || !value.test(piece.value)) continue;
      // Windows and other large systems have stacks of their own.
      if (stack === "treck" && device.os !== null) continue;
      const held = found.get(stack) ?? { stack, certainty, version: null, evidence: [] };
      if (certainty === "likely") held.certainty = certainty;
      held.version = version?.exec(piece.value)?.[1] ?? held.version;
      held.evidence.push(piece);
      found.set(stack, held);
    }
  }
  const isOld = device.evidence.some(
    ({ attribute, value }) => attribute === "tcp.synack.signature" && OLD_STACK.test(value),
  );
  if (!found.has("ipnet") && !isOld && /^vxworks\b/i.test(device.os ?? ""))
    found.set("ipnet", { stack: "ipnet", certainty: "possible", version: null, evidence: [] });
  return [...found.values()];
}
