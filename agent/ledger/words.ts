/** A device in plain words, for `why` and for people at a terminal. */
import { classWords } from "../identify/class-words.ts";
import type { Claim, Device } from "../identify/device.ts";

/** What was claimed of a device, as far as words need it. */
export type Described = Pick<Device, "maker" | "model" | "version" | "os" | "confidence"> & {
  class: string;
  claims: { field: string; value: string; because: string[] }[];
};

export const percent = (confidence: number) => `${Math.round(confidence * 100)} %`;

/** "Infusion pump by Hospira, model Plum A+ (93 % sure), because of …": one sentence. */
export function whySentence(device: Described, explain: (rule: string) => string = (rule) => rule): string {
  const reasons = [...new Set(FIELDS.flatMap((field) => reasonsFor(device, field)))].map(explain);
  const what = describe(device);
  if (reasons.length === 0) return `${what}: not enough was heard to say more.`;
  return `${what} (${percent(device.confidence)} sure), because of ${reasons.join(", ")}.`;
}

/** "Infusion pump by Hospira, model Plum A+, version 13.4" */
export function describe(device: Described): string {
  const words = classWords(device.class);
  const parts = [
    `${words.slice(0, 1).toUpperCase()}${words.slice(1)}${device.maker ? ` by ${device.maker}` : ""}`,
    device.model && `model ${device.model}`,
    device.version && `version ${device.version}`,
    device.os && `running ${device.os}`,
  ];
  return parts.filter(Boolean).join(", ");
}

const FIELDS: Claim["field"][] = ["class", "maker", "model", "version", "os"];

/** The rules behind the value that was chosen for a field. */
export const reasonsFor = (device: Described, field: Claim["field"]): string[] => {
  const chosen = field === "serial" ? undefined : device[field as keyof Described];
  return device.claims
    .filter((claim) => claim.field === field && claim.value === chosen)
    .flatMap((claim) => claim.because);
};
