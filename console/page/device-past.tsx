/** What happened to a device, and how much was heard of it hour by hour. */
import type { DeviceDetail } from "../api/shapes-detail.ts";
import { Block } from "./parts.tsx";
import { Said } from "./said.tsx";
import { Cell, Table } from "./table.tsx";
import { When } from "./when.tsx";

export function History({ detail: { history, device }, now }: { detail: DeviceDetail; now: number }) {
  return (
    <Block id="history" title="History">
      <ol class="wt-plain-list wt-history">
        {history.map((line) => (
          <li key={line.number}>
            <When at={line.at} now={now} as="exact" /> <Said text={line.text} />
          </li>
        ))}
        <li>
          <When at={device.firstSeenAt} now={now} as="exact" /> First heard
        </li>
      </ol>
    </Block>
  );
}

export function Hours({ detail: { hours } }: { detail: DeviceDetail }) {
  const number = (value: number) => value.toLocaleString("en-GB");
  return (
    <Block id="hours" title="Heard per hour">
      {hours.length === 0 && <p class="wt-none">Nothing counted yet.</p>}
      {hours.length > 0 && (
        <div class="wt-scroll wt-hours">
          <Table labelledBy="hours-heading" columns={["Hour", "Frames", "Bytes"]}>
            {hours.map((hour) => (
              <tr key={hour.hourAt} class="wt-row">
                <th scope="row">
                  <When at={hour.hourAt} now={0} as="exact" />
                </th>
                <Cell label="Frames">{number(hour.frames)}</Cell>
                <Cell label="Bytes">{number(hour.bytes)}</Cell>
              </tr>
            ))}
          </Table>
        </div>
      )}
    </Block>
  );
}
