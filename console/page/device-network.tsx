/** What a device serves and uses, and whom it talks to. */
import type { DeviceDetail } from "../api/shapes-detail.ts";
import { Block, DeviceName, More } from "./parts.tsx";
import { Said } from "./said.tsx";
import { Cell, Table } from "./table.tsx";
import { When } from "./when.tsx";
import { count } from "./words.ts";

export function Services({ detail: { services, totals }, now }: { detail: DeviceDetail; now: number }) {
  return (
    <Block id="services" title="Services" count={count(totals.services, "service")}>
      {services.length === 0 && <p class="wt-none">None heard.</p>}
      {services.length > 0 && (
        <Table labelledBy="services-heading" columns={["Service", "Protocol", "It is", "Since"]}>
          {services.map((each) => (
            <tr key={`${each.transport} ${each.port} ${each.side}`} class="wt-row">
              <th scope="row" class="wt-mono">
                <Said text={`${each.transport}/${each.port}`} max={40} />
              </th>
              <Cell label="Protocol">
                {each.protocol === null ? (
                  <span class="wt-none">known by its port only</span>
                ) : (
                  <Said text={each.protocol} max={60} />
                )}
              </Cell>
              <Cell label="It is">
                <Said text={each.side === "unknown" ? "not known" : each.side} max={20} />
              </Cell>
              <Cell label="Since">
                <When at={each.firstSeenAt} now={now} />
              </Cell>
            </tr>
          ))}
        </Table>
      )}
      <More total={totals.services} shown={services.length} />
    </Block>
  );
}

export function Peers({ detail: { peers, totals }, now }: { detail: DeviceDetail; now: number }) {
  return (
    <Block id="peers" title="Talks to" count={count(totals.peers, "peer")}>
      {peers.length === 0 && <p class="wt-none">Nobody heard.</p>}
      {peers.length > 0 && (
        <Table labelledBy="peers-heading" columns={["Whom", "Service", "Since"]}>
          {peers.map((each) => (
            <tr key={`${each.device?.deviceId} ${each.remote} ${each.service}`} class="wt-row">
              <th scope="row">
                {each.device ? <DeviceName device={each.device} /> : <Said text={each.remote ?? ""} max={80} />}
              </th>
              <Cell label="Service">
                <span class="wt-mono">
                  <Said text={each.service} max={60} />
                </span>
              </Cell>
              <Cell label="Since">
                <When at={each.firstSeenAt} now={now} />
              </Cell>
            </tr>
          ))}
        </Table>
      )}
      <More total={totals.peers} shown={peers.length} />
    </Block>
  );
}
