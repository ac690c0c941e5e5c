/** Scores one replay document against a file's labels: which claims were made, which were right, what was missed. */
import type { At, FileLabels } from "./labels.ts";

/** The part of the document that is scored. */
export interface ScoredDocument {
  devices: {
    id: string;
    macs: string[];
    ips: string[];
    vlans: number[];
    names: string[];
    class: string;
    maker: string | null;
    model: string | null;
    os: string | null;
    serial: string | null;
  }[];
  findings: { rule: string; severity: string; deviceId: string | null; relatedDeviceIds: string[] }[];
  capture: { frames: number; malformed: Record<string, number> };
}

export const FIELDS = ["class", "maker", "model", "os", "name"] as const;
export type Field = (typeof FIELDS)[number];

/** One labelled fact: was something said, was it right. */
export interface Judged {
  file: string;
  field: Field;
  /** Accepted answers; the first is used to group by class. */
  accepted: string[];
  said: string | null;
  right: boolean;
}

export interface FileScore {
  judged: Judged[];
  count: { said: number; min: number; max: number } | null;
  /** Labelled devices that are not in the document. */
  absent: string[];
  /** Listed although labelled as no device. */
  absurd: string[];
  findings: { rule: string; found: boolean }[];
  forbidden: string[];
  leaked: string[];
}

const SERIOUS = new Set(["high", "critical"]);

export function scoreFile(file: string, labels: FileLabels, document: ScoredDocument): FileScore {
  const text = JSON.stringify(document);
  const score: FileScore = {
    judged: [],
    count: labels.deviceCount === undefined ? null : { said: document.devices.length, ...labels.deviceCount },
    absent: [],
    absurd: (labels.notDevices ?? [])
      .filter((place) => find(document, place) !== undefined)
      .map((place) => place.mac ?? place.ip ?? ""),
    findings: (labels.findings ?? []).map(({ rule, at }) => ({ rule, found: hasFinding(document, rule, at) })),
    forbidden: forbiddenFired(labels, document),
    leaked: (labels.forbiddenText ?? []).filter((mark) => text.includes(JSON.stringify(mark).slice(1, -1))),
  };
  for (const label of labels.devices ?? []) {
    const device = find(document, label.at);
    if (device === undefined) score.absent.push(label.at.mac ?? label.at.ip ?? label.at.reported ?? "");
    const judge = (
      field: Field,
      accepted: string[] | undefined,
      said: string | null | undefined,
      right: (said: string) => boolean,
    ) => {
      if (accepted === undefined || accepted.length === 0) return;
      const given = said === "unknown" || said === undefined ? null : said;
      score.judged.push({ file, field, accepted, said: given, right: given !== null && right(given) });
    };
    judge("class", label.class, device?.class, (said) => label.class!.includes(said));
    judge("maker", label.maker, device?.maker, (said) => sameAs(label.maker!, said));
    judge("model", label.model, device?.model, (said) => sameAs(label.model!, said));
    judge("os", label.os, device?.os, (said) => label.os!.some((os) => said === os || said.startsWith(`${os} `)));
    const names = device?.names ?? [];
    judge("name", label.names, names.length === 0 ? null : names.join(", "), () =>
      label.names!.some((name) => sameAs(names, name)),
    );
  }
  return score;
}

const plain = (text: string) =>
  text
    .toLowerCase()
    .replace(/[,.]?\s*(inc|ltd|corp|gmbh|ag|co)\.?$/i, "")
    .replace(/[^a-z0-9+]+/g, " ")
    .trim();
const sameAs = (accepted: readonly string[], said: string) => accepted.some((one) => plain(one) === plain(said));

function find(document: ScoredDocument, place: At) {
  return (
    document.devices.find(
      (device) =>
        (place.mac === undefined || device.macs.includes(place.mac.toLowerCase())) &&
        (place.ip === undefined || device.ips.includes(place.ip)) &&
        (place.vlan === undefined || device.vlans.includes(place.vlan)) &&
        (place.reported === undefined ||
          device.serial === place.reported ||
          JSON.stringify(device).includes(place.reported)),
    ) ??
    (place.mac !== undefined && place.ip !== undefined
      ? document.devices.find((device) => device.macs.includes(place.mac!.toLowerCase()))
      : undefined)
  );
}

function hasFinding(document: ScoredDocument, rule: string, place: At | undefined): boolean {
  const ids = place === undefined ? undefined : new Set([find(document, place)?.id]);
  return document.findings.some(
    (finding) =>
      finding.rule === rule &&
      (ids === undefined || ids.has(finding.deviceId ?? "") || finding.relatedDeviceIds.some((id) => ids.has(id))),
  );
}

function forbiddenFired(labels: FileLabels, document: ScoredDocument): string[] {
  const fired = document.findings.filter(
    ({ rule, severity }) =>
      labels.forbiddenFindings?.includes(rule) ||
      (labels.forbiddenFindings?.includes("high+") && SERIOUS.has(severity)),
  );
  return [...new Set(fired.map(({ rule }) => rule))];
}
