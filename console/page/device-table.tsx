/** One page of the device table. On a narrow screen each row becomes a card. */
import type { DeviceView, TapView } from "../api/shapes.ts";
import { classWords } from "../class-words.ts";
import { type Order, SORTS, type SortBy, startsDescending } from "./device-list.ts";
import { Said, SaidList } from "./said.tsx";
import { isNew } from "./state.ts";
import { Cell } from "./table.tsx";
import { Tag } from "./tag.tsx";
import { When } from "./when.tsx";
import { count, criticalityTag } from "./words.ts";

interface Props {
  devices: DeviceView[];
  taps: ReadonlyMap<string, TapView>;
  arrivals: ReadonlyMap<string, number>;
  order: Order;
  setOrder: (order: Order) => void;
  now: number;
  openDevice: (registerId: string) => void;
}

export function DeviceTable({ devices, taps, arrivals, order, setOrder, now, openDevice }: Props) {
  const header = (by: SortBy) => <SortHeader by={by} order={order} setOrder={setOrder} />;
  const manyTaps = taps.size > 1;
  return (
    <div class="wt-table-box">
      <table class="wt-table" aria-labelledby="devices-heading">
        <thead>
          <tr>
            {header("class")}
            {header("maker")}
            {header("name")}
            {header("address")}
            <th scope="col" class="wt-col-why">
              Why we think so
            </th>
            {header("confidence")}
            {header("firstSeenAt")}
            {header("lastSeenAt")}
            {header("openFindings")}
            {manyTaps && (
              <th scope="col" class="wt-col-tap">
                Tap
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {devices.map((device) => (
            <Row
              key={device.registerId}
              device={device}
              tap={manyTaps ? (taps.get(device.tapId)?.name ?? device.tapId) : undefined}
              isNew={isNew(arrivals.get(device.registerId), now)}
              now={now}
              openDevice={openDevice}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function SortHeader({ by, order, setOrder }: { by: SortBy; order: Order; setOrder: (order: Order) => void }) {
  const active = order.by === by;
  const direction = order.descending ? "descending" : "ascending";
  const click = () => setOrder({ by, descending: active ? !order.descending : startsDescending(by) });
  return (
    <th scope="col" class={`wt-col-${by}`} aria-sort={active ? direction : "none"}>
      <button type="button" class="wt-sort" onClick={click}>
        {SORTS[by]}
        <span class="wt-sort__arrow" aria-hidden="true">
          {active ? (order.descending ? "▼" : "▲") : "↕"}
        </span>
      </button>
    </th>
  );
}

interface RowProps {
  device: DeviceView;
  /** The tap's name, where there are several. */
  tap: string | undefined;
  isNew: boolean;
  now: number;
  openDevice: (registerId: string) => void;
}

function Row({ device, tap, isNew, now, openDevice }: RowProps) {
  const { registerId, maker, model, version } = device;
  return (
    <tr class={isNew ? "wt-row wt-row--new" : "wt-row"}>
      <th scope="row">
        <button type="button" class="wt-text-button wt-row__open" onClick={() => openDevice(registerId)}>
          <Said text={classWords(device.class)} max={60} />
        </button>
        <div class="wt-badges">
          {device.medical && <Tag words="Medical" colour="blue" />}
          {device.criticality !== null && <Tag {...criticalityTag(device.criticality)} />}
        </div>
      </th>
      <Cell label={SORTS.maker} quiet={maker === null && model === null}>
        {maker === null && model === null && <span class="wt-none">not known</span>}
        {maker !== null && <Said text={maker} max={80} />}
        {(model !== null || version !== null) && (
          <div>
            <Said text={[model, version].filter((part) => part !== null).join(" · ")} max={120} />
          </div>
        )}
      </Cell>
      <Cell label={SORTS.name} quiet={device.names.length === 0}>
        <SaidList texts={device.names} show={2} />
      </Cell>
      <Cell label={SORTS.address}>
        <SaidList texts={[...device.ips.slice(0, 2), ...device.macs.slice(0, 1)]} show={3} mono />
      </Cell>
      <Cell label="Why we think so" quiet={device.why === ""}>
        <Said text={device.why || "Nothing it said tells what it is yet."} />
      </Cell>
      <Cell label={SORTS.confidence}>{Math.round(device.confidence * 100)}&nbsp;%</Cell>
      <Cell label={SORTS.firstSeenAt}>
        {/* Here the mark changes no row's height when it comes and goes. */}
        <When at={device.firstSeenAt} now={now} /> {isNew && <Tag words="New" colour="green" />}
      </Cell>
      <Cell label={SORTS.lastSeenAt}>
        <When at={device.lastSeenAt} now={now} />
      </Cell>
      <Cell label={SORTS.openFindings} quiet={device.openFindings === 0}>
        {device.openFindings === 0 ? (
          <span class="wt-none">none</span>
        ) : (
          <strong class="wt-findings-count">{count(device.openFindings, "open", "open")}</strong>
        )}
      </Cell>
      {tap !== undefined && (
        <Cell label="Tap">
          <Said text={tap} max={80} />
        </Cell>
      )}
    </tr>
  );
}
