/** The operating system no longer gets security updates, by the maker's published dates. */
import type { Device, DeviceEvidence } from "../identify/device.ts";
import { lifetimeOf } from "../knowledge/os-lifetimes.ts";
import { windowsSigns } from "../knowledge/windows.ts";
import { defineRule } from "./rule.ts";
import { spanOf } from "./span.ts";

/** Below this the system is a guess, and a guess is no ground for replacing a device. */
const MIN_CONFIDENCE = 0.6;
/** From here on "likely" is too weak a word. */
const CERTAIN = 0.9;
/** Systems whose successor calls itself the same where no build is told: browsers of Windows 11 say Windows NT 10.0. */
const SAME_WORDS: Readonly<Record<string, readonly string[]>> = { "Windows 10": ["Windows 11"] };
/** Before this the observation's clock counts as unknown, and dates are not judged. */
const EARLIEST_MICROS = Date.UTC(1995, 0, 1) * 1000;

export default defineRule({
  id: "unsupported-os",
  title: "The operating system gets no security updates any more",
  severity: "medium",
  about: "device",
  advice:
    "Ask the maker for a supported version. Until then put the device into a network segment of its own, allow only the connections it needs, and note it in the risk register.",
  references: ["NHS guidance on protecting connected medical devices: legacy devices", "DSPT 8.1 to 8.4"],
  judge: ({ devices, now }) =>
    devices.flatMap((device) => {
      const claim = device.claims.find(({ field, value }) => field === "os" && value === device.os);
      if (device.os === null || claim === undefined || claim.confidence < MIN_CONFIDENCE) return [];
      const since = lifetimeOf(device.os)?.endOfSupport;
      if (since === undefined || now < EARLIEST_MICROS || isSupported(device.os, now)) return [];
      if (mayBeSupported(device, device.os, now)) return [];
      const evidence = device.evidence.filter(({ attribute }) => OS_ATTRIBUTES.test(attribute));
      return [
        {
          deviceId: device.id,
          severity: device.medical ? ("high" as const) : ("medium" as const),
          certainty: claim.confidence >= CERTAIN ? ("confirmed" as const) : ("likely" as const),
          why: `It runs ${device.os}, which has had no security updates since ${since}.`,
          evidence,
          signs: [device.os],
          firstSeenAt: device.firstSeenAt,
          lastSeenAt: evidence.length === 0 ? device.firstSeenAt : spanOf(telling(evidence, device.os)).lastSeenAt,
        },
      ];
    }),
});

/** A system whose last day isn't known counts as supported. */
function isSupported(os: string, now: number): boolean {
  const since = lifetimeOf(os)?.endOfSupport;
  return since === undefined || Date.parse(since) * 1000 > now;
}

/** Whether all that was seen fits a system just as well that still gets updates: then nothing is wrong for certain. */
function mayBeSupported({ evidence }: Device, os: string, now: number): boolean {
  let alike: readonly string[] | undefined;
  for (const { attributes, pattern, systems } of windowsSigns()) {
    if (!systems.includes(os)) continue;
    if (evidence.some(({ attribute, value }) => attributes.includes(attribute) && pattern.test(value)))
      alike = alike?.filter((system) => systems.includes(system)) ?? systems;
  }
  return (alike ?? SAME_WORDS[os] ?? []).some((system) => isSupported(system, now));
}

/** Pieces that speak of this very system, all when none does: what another system says is no sign that this one is left. */
function telling(evidence: readonly DeviceEvidence[], os: string): readonly DeviceEvidence[] {
  const signs = windowsSigns().filter(({ systems }) => systems.includes(os));
  const name = os.toLowerCase();
  const own = evidence.filter(
    ({ attribute, value }) =>
      value.toLowerCase().includes(name) ||
      signs.some(({ attributes, pattern }) => attributes.includes(attribute) && pattern.test(value)),
  );
  return own.length > 0 ? own : evidence;
}

/** What tells an operating system; shown to whoever must believe it. */
const OS_ATTRIBUTES =
  /native_os|ntlmssp\.version|browser\.|request_list_item|vendor_class|user_agent|syn\.signature|sysDescr|banner|http\.server/;
