/** The accuracy tables, from scores of many files. */
import { FIELDS, type FileScore, type Judged } from "./score.ts";
import { shareText, TOO_FEW } from "./statistics.ts";

export interface Scored {
  title: string;
  files: { file: string; score: FileScore }[];
}

const table = (head: string[], rows: string[][]) =>
  [
    `| ${head.join(" | ")} |`,
    `| ${head.map(() => "---").join(" | ")} |`,
    ...rows.map((row) => `| ${row.join(" | ")} |`),
  ].join("\n");

const precision = (judged: readonly Judged[]) => {
  const said = judged.filter((one) => one.said !== null);
  return shareText(said.filter((one) => one.right).length, said.length);
};
const recall = (judged: readonly Judged[]) => shareText(judged.filter((one) => one.right).length, judged.length);

export function reportOf({ title, files }: Scored): string {
  const judged = files.flatMap(({ score }) => score.judged);
  const counted = files.filter(({ score }) => score.count !== null);
  const within = counted.filter(
    ({ score }) => score.count!.said >= score.count!.min && score.count!.said <= score.count!.max,
  );
  const extra = counted.filter(({ score }) => score.count!.said > score.count!.max);
  const fieldRows = FIELDS.map((field) => {
    const of = judged.filter((one) => one.field === field);
    return [field, precision(of), recall(of)];
  });
  const classes = [...new Set(judged.filter((one) => one.field === "class").map((one) => one.accepted[0]!))].sort();
  const classRows = classes.map((name) => {
    const of = judged.filter((one) => one.field === "class" && one.accepted[0] === name);
    return [name, precision(of), recall(of)];
  });
  const findings = files.flatMap(({ score }) => score.findings);
  const rules = [...new Set(findings.map(({ rule }) => rule))].sort();
  const ruleRows = rules.map((rule) => {
    const of = findings.filter((one) => one.rule === rule);
    return [rule, `${of.filter((one) => one.found).length} of ${of.length}`];
  });
  const sum = (pick: (score: FileScore) => number) => files.reduce((total, { score }) => total + pick(score), 0);
  return [
    `## ${title}`,
    "",
    `${files.length} captures. Device count within the labelled range: ${shareText(within.length, counted.length)}. Captures with a device too many: ${extra.length} of ${counted.length}. Labelled devices not listed: ${sum((score) => score.absent.length)}. Listed although no device: ${sum((score) => score.absurd.length)}. Forbidden texts leaked: ${sum((score) => score.leaked.length)}. Forbidden findings fired: ${sum((score) => score.forbidden.length)}.`,
    "",
    table(["what", "precision (95 % interval)", "recall (95 % interval)"], fieldRows),
    "",
    `By class (below n = ${TOO_FEW} only the counts are given):`,
    "",
    table(["class", "precision", "recall"], classRows),
    ...(ruleRows.length === 0
      ? []
      : [
          "",
          `Labelled findings found: ${shareText(findings.filter((one) => one.found).length, findings.length)}.`,
          "",
          table(["rule", "found"], ruleRows),
        ]),
    "",
  ].join("\n");
}

/** What was wrong or missed, one line each, for the one who improves it. */
export function missesOf({ files }: Scored): string[] {
  return files.flatMap(({ file, score }) => [
    ...(score.count !== null && (score.count.said < score.count.min || score.count.said > score.count.max)
      ? [`${file}: ${score.count.said} devices, not ${score.count.min} to ${score.count.max}`]
      : []),
    ...score.absent.map((place) => `${file}: ${place} is not listed`),
    ...score.absurd.map((place) => `${file}: ${place} is listed and no device`),
    ...score.judged
      .filter((one) => !one.right)
      .map((one) => `${file}: ${one.field} ${one.said ?? "not said"}, should be ${one.accepted.join(" / ")}`),
    ...score.findings.filter((one) => !one.found).map(({ rule }) => `${file}: finding ${rule} missing`),
    ...score.forbidden.map((rule) => `${file}: forbidden finding ${rule}`),
    ...score.leaked.map((mark) => `${file}: LEAKED ${mark}`),
  ]);
}
