/** What was heard that a judgement rests on, with protocol, times and counts. */
import type { EvidenceView } from "../api/shapes-detail.ts";
import { Said } from "./said.tsx";
import { Cell, Table } from "./table.tsx";
import { When } from "./when.tsx";
import { count } from "./words.ts";

interface Props {
  evidence: EvidenceView[];
  /** How many there are; the list may be cut. */
  total: number;
  labelledBy: string;
  now: number;
}

export function EvidenceTable({ evidence, total, labelledBy, now }: Props) {
  if (evidence.length === 0) return <p class="wt-none">None is kept.</p>;
  const counted = evidence.some((each) => each.count !== null || each.lastSeenAt !== null);
  return (
    <>
      <Table
        labelledBy={labelledBy}
        columns={[
          "What",
          "Value",
          "Protocol",
          "First heard",
          ...(counted ? ["Last heard"] : []),
          ...(counted ? ["How often"] : []),
        ]}
      >
        {evidence.map((each) => (
          <tr key={`${each.protocol} ${each.attribute} ${each.value}`} class="wt-row">
            <th scope="row" class="wt-mono">
              <Said text={each.attribute} max={120} />
            </th>
            <Cell label="Value">
              <Said text={each.value} />
            </Cell>
            <Cell label="Protocol">
              <Said text={each.protocol} max={60} />
            </Cell>
            <Cell label="First heard">
              <When at={each.firstSeenAt} now={now} />
            </Cell>
            {counted && (
              <Cell label="Last heard" quiet={each.lastSeenAt === null}>
                {each.lastSeenAt === null ? "" : <When at={each.lastSeenAt} now={now} />}
              </Cell>
            )}
            {counted && (
              <Cell label="How often" quiet={each.count === null}>
                {each.count === null ? "" : count(each.count, "time")}
              </Cell>
            )}
          </tr>
        ))}
      </Table>
      {total > evidence.length && (
        <p class="wt-quiet">
          {count(total - evidence.length, "more piece")} {total - evidence.length === 1 ? "is" : "are"} kept, but not
          shown here.
        </p>
      )}
    </>
  );
}
