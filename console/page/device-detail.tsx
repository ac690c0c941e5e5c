/** A quick look at one device, in a panel over the page; Escape closes it and focus goes back. */
import { useEffect, useRef } from "preact/hooks";
import type { DeviceView } from "../api/shapes.ts";
import { severityRank } from "../severity.ts";
import { DeviceFacts } from "./device-facts.tsx";
import { nameOf } from "./device-name.ts";
import { FindingCard } from "./findings.tsx";
import { deviceAddress } from "./route.ts";
import { Said } from "./said.tsx";
import type { PageState } from "./state.ts";
import { Tag } from "./tag.tsx";
import { When } from "./when.tsx";
import { criticalityTag } from "./words.ts";

/** The panel is for a quick look: the device's own page has the rest. */
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
      <p class="wt-detail__whole">
        <a href={deviceAddress(device.registerId)}>Everything about this device</a>
      </p>
      <DeviceFacts device={device} tap={tap} now={now} />
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
