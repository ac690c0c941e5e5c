/** Device classes in plain words, as they stand in the middle of a sentence. */

/** Classes whose name alone says too little; the others are their name without hyphens. */
const CLASS_WORDS: Record<string, string> = {
  ecg: "ECG recorder",
  telemetry: "telemetry unit",
  "lab-analyser": "laboratory analyser",
  "medical-other": "other medical device",
  voip: "desk phone",
  phone: "mobile phone",
  av: "audio-visual equipment",
  ups: "uninterruptible power supply",
  "iot-other": "other connected thing",
  unknown: "unknown device",
};

export const classWords = (deviceClass: string) => CLASS_WORDS[deviceClass] ?? deviceClass.replaceAll("-", " ");
