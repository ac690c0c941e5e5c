/** What class of device an advisory speaks of, by the words of its title and products. */

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

/** Empty when nothing tells, and for what a patient carries or wears and no ward network hears. */
export const kindsIn = (text: string): ReadonlySet<string> =>
  new Set(IMPLANTED.test(text) ? [] : KINDS.flatMap(([pattern, classes]) => (pattern.test(text) ? classes : [])));
