/** Everything the register shows of one device, in a panel over the page; Escape closes it and focus goes back. */
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { DeviceView } from "../api/shapes.ts";
import { classWords } from "../class-words.ts";
import { severityRank } from "../severity.ts";
import { nameOf } from "./device-name.ts";
import { FindingCard } from "./findings.tsx";
import { Said, SaidList } from "./said.tsx";
import type { PageState } from "./state.ts";
import { Tag } from "./tag.tsx";
import { When } from "./when.tsx";
import { criticalityTag } from "./words.ts";

/** A panel is read by people: longer lists and texts end there, with their length. */
const MAX_LISTED = 20;
const MAX_TEXT = 2000;
const MAX_FINDINGS_LISTED = 50;
const MAX_FEED_LISTED = 10;

interface Props {
  registerId: string;
  state: PageState;
  now: number;
  close: () => void;
}

export function DeviceDetail({ registerId, state, now, close }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const device = state.devices.get(registerId);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: a click beside the panel closes it; Escape does so by keyboard
    <dialog
      ref={dialog}
      class="wt-detail"
      aria-labelledby="detail-heading"
      onClose={close}
      onClick={(event) => event.target === event.currentTarget && event.currentTarget.close()}
    >
      <div class="wt-detail__inner">
        <button
          type="button"
          class="nhsuk-button nhsuk-button--secondary nhsuk-button--small wt-detail__close"
          onClick={() => dialog.current?.close()}
        >
          Close
        </button>
        {device ? (
          <Known device={device} state={state} now={now} />
        ) : (
          <>
            <h2 class="nhsuk-heading-m" id="detail-heading">
              No longer in the register
            </h2>
            <p>The tap has withdrawn this device, or found that it is another one it knows already.</p>
          </>
        )}
      </div>
    </dialog>
  );
}

function Known({ device, state, now }: { device: DeviceView; state: PageState; now: number }) {
  const tap = state.taps.get(device.tapId);
  const mine = <T extends { tapId: string; deviceId: string | null }>(item: T) =>
    item.tapId === device.tapId && item.deviceId === device.deviceId;
  const findings = [...state.findings.values()]
    .filter(mine)
    .sort((a, b) => severityRank(a.severity) - severityRank(b.severity));
  const lines = state.feed.filter(mine);
  return (
    <>
      <h2 class="nhsuk-heading-m" id="detail-heading">
        <Said text={nameOf(device)} max={120} />
      </h2>
      <div class="wt-badges">
        {device.medical && <Tag words="Medical" colour="blue" />}
        {device.criticality !== null && <Tag {...criticalityTag(device.criticality)} />}
      </div>
      <dl class="wt-facts">
        <Fact name="What it is">
          <Said text={classWords(device.class)} max={80} /> · {Math.round(device.confidence * 100)} % sure
        </Fact>
        <Fact name="Why we think so">
          <Said text={device.why || "Nothing it said tells what it is yet."} max={MAX_TEXT} />
        </Fact>
        <TextFact name="Maker" text={device.maker} />
        <TextFact name="Model" text={device.model} />
        <TextFact name="Version" text={device.version} />
        <TextFact name="Serial number" text={device.serial} />
        <TextFact name="Operating system" text={device.os} />
        <Fact name="Names it gives itself">
          <SaidList texts={device.names} show={MAX_LISTED} />
        </Fact>
        <Fact name="IP addresses">
          <SaidList texts={device.ips} show={MAX_LISTED} mono />
        </Fact>
        <Fact name="MAC addresses">
          <SaidList texts={device.macs} show={MAX_LISTED} mono />
        </Fact>
        <Fact name="VLANs">
          <SaidList texts={device.vlans.map(String)} show={MAX_LISTED} mono />
        </Fact>
        {device.roles.length > 0 && (
          <Fact name="Roles">
            <SaidList texts={device.roles} show={MAX_LISTED} />
          </Fact>
        )}
        <Fact name="Heard by">
          <Said text={tap?.name || device.tapId} max={120} />
        </Fact>
        <Fact name="First seen">
          <When at={device.firstSeenAt} now={now} /> (<When at={device.firstSeenAt} now={now} as="exact" />)
        </Fact>
        <Fact name="Last seen">
          <When at={device.lastSeenAt} now={now} /> (<When at={device.lastSeenAt} now={now} as="exact" />)
        </Fact>
        <Fact name="Ids">
          <span class="wt-mono">
            <Said text={device.registerId} /> · <Said text={device.deviceId} />
          </span>
        </Fact>
      </dl>
      <h3 class="nhsuk-heading-s">Findings</h3>
      {findings.length === 0 && <p>None.</p>}
      <ul class="wt-finding-list">
        {findings.slice(0, MAX_FINDINGS_LISTED).map((finding) => (
          <li key={finding.findingId}>
            <FindingCard finding={finding} now={now} />
          </li>
        ))}
      </ul>
      {findings.length > MAX_FINDINGS_LISTED && (
        <p class="wt-quiet">and {findings.length - MAX_FINDINGS_LISTED} more</p>
      )}
      {lines.length > 0 && (
        <>
          <h3 class="nhsuk-heading-s">What just happened</h3>
          <ul class="wt-plain-list">
            {lines.slice(0, MAX_FEED_LISTED).map((line) => (
              <li key={line.number}>
                <When at={line.at} now={now} as="clock" /> <Said text={line.text} />
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}

function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div class="wt-fact">
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function TextFact({ name, text }: { name: string; text: string | null }) {
  return (
    <Fact name={name}>
      {text === null ? <span class="wt-none">not known</span> : <Said text={text} max={MAX_TEXT} />}
    </Fact>
  );
}
