/** One device at its own address: what it is and why, what was heard of it, whom it talks to, what is wrong with it. */
import type { DeviceDetail } from "../api/shapes-detail.ts";
import { useAsked, useChanged } from "./asked.ts";
import { Cell } from "./cell.tsx";
import { DeviceFacts } from "./device-facts.tsx";
import { nameOf } from "./device-name.ts";
import { DeviceReasons } from "./device-reasons.tsx";
import { EvidenceTable } from "./evidence-table.tsx";
import { FindingCard } from "./findings.tsx";
import { Block, DeviceName, NotThere } from "./parts.tsx";
import { addressOf } from "./route.ts";
import { Said } from "./said.tsx";
import type { PageState } from "./state.ts";
import { Tag } from "./tag.tsx";
import { VulnerabilityList } from "./vulnerabilities.tsx";
import { When } from "./when.tsx";
import { count, criticalityTag } from "./words.ts";

export function DevicePage({ registerId, state, now }: { registerId: string; state: PageState; now: number }) {
  const changed = useChanged(state.devices.get(registerId), state.findings);
  const asked = useAsked<DeviceDetail>(`api/devices/${encodeURIComponent(registerId)}`, changed);
  if (asked.phase !== "there")
    return (
      <>
        <h1 class="nhsuk-heading-l">Device</h1>
        <NotThere asked={asked} />
      </>
    );
  return <Known detail={asked.answer} state={state} now={now} />;
}

function Known({ detail, state, now }: { detail: DeviceDetail; state: PageState; now: number }) {
  // The live side may have heard it since.
  const device = state.devices.get(detail.device.registerId) ?? detail.device;
  const { totals, vulnerabilities } = detail;
  return (
    <>
      <div class="wt-intro wt-intro--column">
        <p class="wt-crumbs">
          <a href={addressOf("#devices")}>Devices</a>
        </p>
        <h1 class="nhsuk-heading-l">
          <Said text={nameOf(device)} max={120} />
        </h1>
        <div class="wt-badges">
          {device.medical && <Tag words="Medical" colour="blue" />}
          {device.criticality !== null && <Tag {...criticalityTag(device.criticality)} />}
        </div>
      </div>
      <div class="wt-columns">
        <Block id="identity" title="What it is">
          <DeviceFacts device={device} tap={state.taps.get(device.tapId)} now={now} />
        </Block>
        <div class="wt-column">
          <Block id="device-findings" title="Findings" count={count(totals.findings, "finding")}>
            {detail.findings.length === 0 && <p class="wt-none">None.</p>}
            <ul class="wt-finding-list">
              {detail.findings.map((finding) => (
                <li key={finding.registerId}>
                  <FindingCard finding={finding} now={now} />
                </li>
              ))}
            </ul>
            <More total={totals.findings} shown={detail.findings.length} />
          </Block>
          <DeviceReasons detail={detail} />
        </div>
      </div>
      {vulnerabilities.length > 0 && (
        <Block id="vulnerabilities" title="Known vulnerabilities" count={String(vulnerabilities.length)}>
          <VulnerabilityList vulnerabilities={vulnerabilities} />
        </Block>
      )}
      <Block id="device-evidence" title="Evidence" count={count(totals.evidence, "piece")}>
        <EvidenceTable
          evidence={detail.evidence}
          total={totals.evidence}
          labelledBy="device-evidence-heading"
          now={now}
        />
      </Block>
      <div class="wt-columns">
        <Services detail={detail} now={now} />
        <Peers detail={detail} now={now} />
      </div>
      <div class="wt-columns">
        <History detail={detail} now={now} />
        <Hours detail={detail} />
      </div>
    </>
  );
}

function More({ total, shown }: { total: number; shown: number }) {
  return total > shown ? <p class="wt-quiet">and {(total - shown).toLocaleString("en-GB")} more</p> : null;
}

function Services({ detail: { services, totals }, now }: { detail: DeviceDetail; now: number }) {
  return (
    <Block id="services" title="Services" count={count(totals.services, "service")}>
      {services.length === 0 && <p class="wt-none">None heard.</p>}
      {services.length > 0 && (
        <table class="wt-table" aria-labelledby="services-heading">
          <thead>
            <tr>
              <th scope="col">Service</th>
              <th scope="col">Protocol</th>
              <th scope="col">It is</th>
              <th scope="col">Since</th>
            </tr>
          </thead>
          <tbody>
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
          </tbody>
        </table>
      )}
      <More total={totals.services} shown={services.length} />
    </Block>
  );
}

function Peers({ detail: { peers, totals }, now }: { detail: DeviceDetail; now: number }) {
  return (
    <Block id="peers" title="Talks to" count={count(totals.peers, "peer")}>
      {peers.length === 0 && <p class="wt-none">Nobody heard.</p>}
      {peers.length > 0 && (
        <table class="wt-table" aria-labelledby="peers-heading">
          <thead>
            <tr>
              <th scope="col">Whom</th>
              <th scope="col">Service</th>
              <th scope="col">Since</th>
            </tr>
          </thead>
          <tbody>
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
          </tbody>
        </table>
      )}
      <More total={totals.peers} shown={peers.length} />
    </Block>
  );
}

function History({ detail: { history, device }, now }: { detail: DeviceDetail; now: number }) {
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

function Hours({ detail: { hours } }: { detail: DeviceDetail }) {
  const number = (value: number) => value.toLocaleString("en-GB");
  return (
    <Block id="hours" title="Heard per hour">
      {hours.length === 0 && <p class="wt-none">Nothing counted yet.</p>}
      {hours.length > 0 && (
        <div class="wt-scroll wt-hours">
          <table class="wt-table" aria-labelledby="hours-heading">
            <thead>
              <tr>
                <th scope="col">Hour</th>
                <th scope="col">Frames</th>
                <th scope="col">Bytes</th>
              </tr>
            </thead>
            <tbody>
              {hours.map((hour) => (
                <tr key={hour.hourAt} class="wt-row">
                  <th scope="row">
                    <When at={hour.hourAt} now={0} as="exact" />
                  </th>
                  <Cell label="Frames">{number(hour.frames)}</Cell>
                  <Cell label="Bytes">{number(hour.bytes)}</Cell>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Block>
  );
}
