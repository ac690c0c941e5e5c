/** A page of findings: which device, how sure, in which state, since when. On a narrow screen each row becomes a card. */

import type { TapView } from "../api/shapes.ts";
import type { FindingInList } from "../api/shapes-detail.ts";
import { DeviceName } from "./parts.tsx";
import { findingAddress } from "./route.ts";
import { Said } from "./said.tsx";
import { Cell, Table } from "./table.tsx";
import { Tag } from "./tag.tsx";
import { When } from "./when.tsx";
import { actionWords, certaintyTag, findingStateWords, severityTag } from "./words.ts";

interface Props {
  findings: FindingInList[];
  taps: ReadonlyMap<string, TapView>;
  now: number;
}

export function FindingTable({ findings, taps, now }: Props) {
  const manyTaps = taps.size > 1;
  return (
    <Table
      labelledBy="list-heading"
      columns={["Finding", "Device", "State", "How sure", "First seen", "Last seen", ...(manyTaps ? ["Tap"] : [])]}
    >
      {findings.map((finding) => (
        <tr key={finding.registerId} class="wt-row">
          <th scope="row">
            <a href={findingAddress(finding.registerId)}>
              <Said text={finding.title || finding.rule} max={160} />
            </a>
            <div class="wt-badges">
              <Tag {...severityTag(finding.severity)} />
            </div>
          </th>
          <Cell label="Device">
            {finding.device ? <DeviceName device={finding.device} /> : <span class="wt-none">none of one</span>}
          </Cell>
          <Cell label="State">
            <Said text={findingStateWords(finding.state)} max={40} />
            {finding.asked !== null && (
              <div class="wt-quiet">waiting for the tap: {actionWords(finding.asked).toLowerCase()}</div>
            )}
          </Cell>
          <Cell label="How sure">
            <Tag {...certaintyTag(finding.certainty)} />
          </Cell>
          <Cell label="First seen">
            <When at={finding.firstSeenAt} now={now} />
          </Cell>
          <Cell label="Last seen">
            <When at={finding.lastSeenAt} now={now} />
          </Cell>
          {manyTaps && (
            <Cell label="Tap">
              <Said text={taps.get(finding.tapId)?.name || finding.tapId} max={80} />
            </Cell>
          )}
        </tr>
      ))}
    </Table>
  );
}
