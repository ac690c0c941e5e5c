/** What class of device an advisory speaks of, by the words of its title and products. */
import { expandAttributes } from "../attribute-sets.ts";
import { knowledge, type ProductPattern } from "../knowledge.ts";

const IMPLANTED = /\b(?:insulin|pacemaker|implant|icd|crt-d|cardioverter|neurostimulator|sequenc|app)\b/i;
const KINDS: readonly [RegExp, readonly string[]][] = [
  [/\b(?:infusion|syringe|infusomat|perfusor|alaris)\b|\bpumps?\b/i, ["infusion-pump", "syringe-pump"]],
  [/\bcentral station\b|\binformation cent(?:er|re)\b|\bpic ?ix\b/i, ["central-station"]],
  [/\bpatient monitor|\bmonitors?\b|\bvital signs\b/i, ["patient-monitor"]],
  [/\btelemetry\b/i, ["telemetry"]],
  [/\bventilator/i, ["ventilator"]],
  [/\banaesthesia|\banesthesia (?:machine|device|deliver)/i, ["anaesthesia"]],
  [/\bdefibrillator/i, ["defibrillator"]],
  [/\belectrocardiograph|\bcardiograph|\becg\b|\bholter\b|\bstress test/i, ["ecg"]],
  [/\bultrasound\b/i, ["ultrasound"]],
  [/\btomograph|\bct\b|\bmri\b|\bspect\b|\bpet\/ct\b|\bx-?ray\b|\bmolecular imaging\b/i, ["imaging"]],
  [/\bpacs\b/i, ["imaging-archive"]],
  [/\bdialysis\b|\bhemodialysis\b|\bprismaflex\b|\bprismax\b/i, ["dialysis"]],
  [/\bpyxis\b|\bdispens/i, ["medication-cabinet"]],
  [/\banaly[sz]er\b|\bkiestra\b|\bfacs/i, ["lab-analyser"]],
  [/\bbeds?\b/i, ["bed"]],
  [/\bpneumatic\b|\bpts\b|\bnexus control panel\b/i, ["pneumatic-tube"]],
  [/\bgateway\b|\bintellibridge\b|\bneuron\b/i, ["medical-gateway"]],
];

/**
 * Null when nothing tells. Empty for what a patient carries or wears and no ward network hears. Names of products that we
 * know tell best.
 */
export function kindsIn(title: string, names: readonly string[]): ReadonlySet<string> | null {
  const text = names.join(" ");
  if (IMPLANTED.test(`${title} ${text}`)) return new Set();
  for (const classes of [knownClasses(names), wordClasses(text), wordClasses(title)])
    if (classes.length > 0) return new Set(classes);
  return null;
}

const wordClasses = (text: string) => KINDS.flatMap(([pattern, classes]) => (pattern.test(text) ? classes : []));

let productPatterns: readonly ProductPattern[] | undefined;

/** Which class our own patterns see in a product's name. */
function knownClasses(names: readonly string[]): string[] {
  const [attribute = ""] = expandAttributes(["@product"]);
  productPatterns ??= knowledge().patterns.filter(({ attributes }) => attributes.includes(attribute));
  return productPatterns
    .filter(({ pattern }) => names.some((name) => pattern.test(name)))
    .flatMap(({ claims }) => claims.filter(({ field }) => field === "class").map(({ value }) => value));
}
