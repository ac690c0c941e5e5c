/** The modality in DICOM objects tells what made them: an imaging device, an ultrasound scanner, an ECG. PS3.3 C.7.3.1.1.1. */
import type { ClaimPart, IdentifyRule } from "../rule.ts";
import type { DeviceView } from "../view.ts";

/** Codes of pictures that people make of pictures (OT, SC, PR, KO, SR, DOC) say nothing of a device. */
const CLASSES: readonly (readonly [codes: readonly string[], deviceClass: string])[] = [
  [["CT", "MR", "XA", "DX", "CR", "NM", "PT", "MG", "RF", "IO", "PX", "BMD", "RG"], "imaging"],
  [["US", "IVUS"], "ultrasound"],
  [["ECG"], "ecg"],
  [["ES"], "endoscopy"],
];
const WEIGHT = { "dicom.modality": 85, "dicom.scheduled.modality": 80 } as const;
/** Who stores pictures of this many stations or models hands on what others made. */
const MANY = 2;

export default {
  id: "imaging-modality",
  claims(view: DeviceView): ClaimPart[] {
    const makes = Math.max(
      view.values("dicom.station_name").length,
      view.values("dicom.manufacturer_model_name").length,
      view.values("dicom.device_serial_number").length,
    );
    const handsOn = makes >= MANY || view.has("dicom.role", "storage-scp") || view.has("dicom.role", "move-scp");
    if (handsOn) return [];
    const claims: ClaimPart[] = [];
    for (const [attribute, weight] of Object.entries(WEIGHT)) {
      for (const code of view.values(attribute)) {
        const known = CLASSES.find(([codes]) => codes.includes(code.toUpperCase()));
        if (known === undefined) continue;
        claims.push({ field: "class", value: known[1], weight, words: `makes DICOM objects of modality ${code}` });
      }
    }
    return claims;
  },
} satisfies IdentifyRule;
