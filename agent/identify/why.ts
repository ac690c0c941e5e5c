/** One sentence in plain words: what the device is, how sure, and why. */
import { classWords } from "./class-words.ts";
import type { Device } from "./device.ts";
import type { JudgedClaim } from "./rule.ts";

const MAX_REASONS = 4;
/** Protocols that only clinical systems speak. */
const CLINICAL: ReadonlySet<string> = new Set([
  "hl7",
  "dicom",
  "poct1a",
  "astm",
  "intellivue",
  "sdc",
  "carescape",
  "bcc",
]);

/** "infusion pump, Hospira Plum A+ (93 %): said so itself ...; its network card belongs to ICU Medical, Inc." */
export function whyOf(device: Device, claims: readonly JudgedClaim[]): string {
  const what = [
    classWords(device.class),
    [device.maker, device.model].filter((part) => part !== null).join(" "),
  ].filter((part) => part !== "");
  const chosen = claims.filter(
    ({ field, value }) =>
      (field === "class" && value === device.class) ||
      (field === "maker" && value === device.maker) ||
      (field === "model" && value === device.model),
  );
  const order = { class: 0, model: 1, maker: 2 } as Record<string, number>;
  const reasons = [
    ...new Set([...chosen].sort((a, b) => (order[a.field] ?? 3) - (order[b.field] ?? 3)).flatMap(({ words }) => words)),
  ];
  const told = reasons.length === 0 ? ["it has not said enough yet"] : reasons.slice(0, MAX_REASONS);
  const because = [...told, ...talkOf(device)].join("; ");
  const sure = device.class === "unknown" ? "" : ` (${Math.round(device.confidence * 100)} %)`;
  return `${what.join(", ")}${sure}: ${because}`;
}

/** What a medical device talks, in which anybody can look it up: "talks HL7 to others on tcp/2575". */
function talkOf(device: Device): string[] {
  if (!device.medical) return [];
  const clinical = device.services.filter(({ protocol }) => protocol !== null && CLINICAL.has(protocol));
  return clinical.slice(0, 2).map(({ protocol, transport, port, side }) => {
    const how = side === "server" ? "takes" : "talks";
    return `${how} ${protocol!.toUpperCase()} on ${transport}/${port}`;
  });
}
