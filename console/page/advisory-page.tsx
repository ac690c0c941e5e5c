/** One advisory, or one CVE over all advisories: what it says, and which of our devices it concerns and why. */
import { useState } from "preact/hooks";
import type { AffectedDevice, AffectedPage } from "../api/shapes-detail.ts";
import { useAsked } from "./asked.ts";
import { Pager } from "./pager.tsx";
import { Block, DeviceName, NotThere } from "./parts.tsx";
import { Reference } from "./reference.tsx";
import { addressOf, advisoryAddress } from "./route.ts";
import { Said } from "./said.tsx";
import type { PageState } from "./state.ts";
import { Cell, Table } from "./table.tsx";
import { Tag } from "./tag.tsx";
import { Verdicts } from "./verdicts.tsx";
import { Marks, Scores } from "./vulnerabilities.tsx";
import { count, verdictTag } from "./words.ts";

const DEVICES_A_PAGE = 50;
const MAX_VULNERABILITIES_SHOWN = 100;

export function AdvisoryPage({ id, state }: { id: string; state: PageState }) {
  const [page, setPage] = useState(0);
  const from = page * DEVICES_A_PAGE;
  const path = `api/advisories/${encodeURIComponent(id)}?from=${from}&limit=${DEVICES_A_PAGE}`;
  const asked = useAsked<AffectedPage>(path, state.devices.size);
  return (
    <>
      <div class="wt-intro wt-intro--column">
        <p class="wt-crumbs">
          <a href={addressOf("advisories")}>Advisories</a>
        </p>
        <h1 class="nhsuk-heading-l">
          <Said text={id} max={100} />
        </h1>
        {asked.phase === "there" && <Verdicts counts={asked.answer.affected} all />}
      </div>
      {asked.phase === "there" ? <Known found={asked.answer} page={page} go={setPage} /> : <NotThere asked={asked} />}
    </>
  );
}

function Known({ found, page, go }: { found: AffectedPage; page: number; go: (page: number) => void }) {
  const pager = <Pager of="devices" page={page} size={DEVICES_A_PAGE} total={found.total} go={go} />;
  return (
    <>
      {found.advisories.map((advisory) => (
        <Advisory key={advisory.id} advisory={advisory} />
      ))}
      <Block id="affected" title="Our devices" count={count(found.total, "device")}>
        {found.total === 0 && (
          <div class="wt-empty">
            <p>
              <strong>None of our devices is known to be one of these.</strong> A device whose maker isn’t known yet
              can’t be told.
            </p>
          </div>
        )}
        {pager}
        {found.devices.length > 0 && <Devices devices={found.devices} />}
        {pager}
      </Block>
    </>
  );
}

function Advisory({ advisory }: { advisory: AffectedPage["advisories"][number] }) {
  const { id, title, publisher, publishedAt, url, remedies, vulnerabilities } = advisory;
  return (
    <Block id={`advisory-${id}`} title={title}>
      <p class="wt-quiet">
        <a href={advisoryAddress(id)}>
          <Said text={id} max={100} />
        </a>{" "}
        · <Said text={publisher} max={60} />
        {publishedAt !== null && <> · {publishedAt}</>}
      </p>
      {url !== null && (
        <p>
          <Reference text={url} />
        </p>
      )}
      <ul class="wt-finding-list">
        {vulnerabilities.slice(0, MAX_VULNERABILITIES_SHOWN).map((each) => (
          <li key={each.cve} class="wt-group">
            <a href={advisoryAddress(each.cve)}>
              <Said text={each.cve} max={40} />
            </a>{" "}
            · Score: <Scores scores={each.scores} /> <Marks kev={each.kev} ransomware={each.ransomware} />
          </li>
        ))}
      </ul>
      {vulnerabilities.length > MAX_VULNERABILITIES_SHOWN && (
        <p class="wt-quiet">and {vulnerabilities.length - MAX_VULNERABILITIES_SHOWN} more</p>
      )}
      {remedies.length > 0 && (
        <>
          <h3 class="nhsuk-heading-s">What can be done</h3>
          <ul class="wt-plain-list">
            {remedies.map((each) => (
              <li key={each}>
                <Said text={each} max={400} />
              </li>
            ))}
          </ul>
        </>
      )}
    </Block>
  );
}

function Devices({ devices }: { devices: AffectedDevice[] }) {
  return (
    <Table labelledBy="affected-heading" columns={["Device", "Verdict", "Product", "Version", "Why"]}>
      {devices.map(({ device, maker, model, version, verdict, why }) => (
        <tr key={device.registerId} class="wt-row">
          <th scope="row">
            <DeviceName device={device} />
          </th>
          <Cell label="Verdict">
            <Tag {...verdictTag(verdict)} />
          </Cell>
          <Cell label="Product">
            <Said text={[maker, model].filter(Boolean).join(" ")} max={120} />
          </Cell>
          <Cell label="Version">
            {version === null ? <span class="wt-none">not known</span> : <Said text={version} max={60} />}
          </Cell>
          <Cell label="Why">
            <Said text={why} />
          </Cell>
        </tr>
      ))}
    </Table>
  );
}
