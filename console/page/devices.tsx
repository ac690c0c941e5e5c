/** The devices: filters, a page of the table, and what to do when it is empty. */
import { useEffect, useMemo, useState } from "preact/hooks";
import { DeviceFilters } from "./device-filters.tsx";
import { classCounts, FIRST_ORDER, type Filter, listDevices, NO_FILTER, type Order } from "./device-list.ts";
import { DeviceTable } from "./device-table.tsx";
import { Pager } from "./pager.tsx";
import type { PageState } from "./state.ts";
import { count } from "./words.ts";

/** Rows drawn at once; the rest are a page away. Keeps the page quick with thousands of devices. */
const ROWS_A_PAGE = 50;

interface Props {
  state: PageState;
  now: number;
  openDevice: (registerId: string) => void;
}

/** What the reader had chosen before going to another of the console's pages. */
let left = { filter: NO_FILTER, order: FIRST_ORDER, page: 0 };

export function Devices({ state, now, openDevice }: Props) {
  const [filter, setFilterOnly] = useState<Filter>(left.filter);
  const [order, setOrderOnly] = useState<Order>(left.order);
  const [wanted, setPage] = useState(left.page);
  useEffect(() => {
    left = { filter, order, page: wanted };
  }, [filter, order, wanted]);
  const { devices, taps, ready, notShown } = state;
  const listed = useMemo(() => listDevices(devices.values(), filter, order), [devices, filter, order]);
  const classes = useMemo(() => classCounts(devices.values()), [devices]);
  const setFilter = (next: Filter) => {
    setFilterOnly(next);
    setPage(0);
  };
  const setOrder = (next: Order) => {
    setOrderOnly(next);
    setPage(0);
  };
  const page = Math.max(0, Math.min(wanted, Math.ceil(listed.length / ROWS_A_PAGE) - 1));
  const shown = listed.slice(page * ROWS_A_PAGE, (page + 1) * ROWS_A_PAGE);
  const pager = <Pager of="devices" page={page} size={ROWS_A_PAGE} total={listed.length} go={setPage} />;
  return (
    <section class="wt-block wt-devices" id="devices" aria-labelledby="devices-heading">
      <div class="wt-block__head">
        <h2 class="nhsuk-heading-m" id="devices-heading">
          Devices{" "}
          <span class="wt-count">
            {listed.length === devices.size
              ? count(devices.size, "device")
              : `${listed.length.toLocaleString("en-GB")} of ${count(devices.size, "device")}`}
          </span>
        </h2>
        {pager}
      </div>
      {devices.size > 0 && (
        <DeviceFilters
          filter={filter}
          setFilter={setFilter}
          order={order}
          setOrder={setOrder}
          classes={classes}
          taps={taps}
        />
      )}
      {notShown > 0 && (
        <p class="wt-note">
          {count(notShown, "more entry", "more entries")} in the register than this page can hold; they are kept, but
          not shown here.
        </p>
      )}
      {ready && devices.size === 0 && <NoDevices taps={taps.size} />}
      {devices.size > 0 && listed.length === 0 && (
        <div class="wt-empty">
          <p>
            <strong>No device matches.</strong> Search for fewer words or{" "}
            <button type="button" class="wt-text-button" onClick={() => setFilter(NO_FILTER)}>
              clear the filters
            </button>
            .
          </p>
        </div>
      )}
      {shown.length > 0 && (
        <>
          <DeviceTable
            devices={shown}
            taps={taps}
            arrivals={state.arrivals}
            order={order}
            setOrder={setOrder}
            now={now}
            openDevice={openDevice}
          />
          {pager}
        </>
      )}
    </section>
  );
}

function NoDevices({ taps }: { taps: number }) {
  return (
    <div class="wt-empty">
      <p>
        <strong>No device has been heard yet.</strong>
      </p>
      {taps === 0 ? (
        <p>Devices appear here by themselves as soon as a tap has called in and hears them.</p>
      ) : (
        <p>
          Look at the tap’s MIRROR light: steady blue means that it hears the ward, and devices should appear within a
          minute. Anything else says what to do beside the light.
        </p>
      )}
    </div>
  );
}
