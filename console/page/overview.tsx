/** The first page: taps, findings, feed and devices, live. */
import { useMemo, useState } from "preact/hooks";
import { DeviceDetail } from "./device-detail.tsx";
import { Devices } from "./devices.tsx";
import { Feed } from "./feed.tsx";
import { Findings } from "./findings.tsx";
import type { PageState } from "./state.ts";
import { Taps } from "./taps.tsx";
import { count } from "./words.ts";

export function Overview({ state, now, sum }: { state: PageState; now: number; sum: Sum }) {
  const [open, setOpen] = useState<string | null>(null);
  return (
    <>
      <div class="wt-intro">
        <h1 class="nhsuk-heading-l">Connected devices on the wards</h1>
        <p class="wt-sum">
          {state.ready
            ? `${sum.taps} · ${sum.devices}, ${sum.medical} medical · ${sum.findings}`
            : "Waiting for the console …"}
        </p>
      </div>
      <Taps taps={state.taps} ready={state.ready} now={now} />
      <div class="wt-side">
        <Findings state={state} now={now} openDevice={setOpen} />
        <Feed feed={state.feed} taps={state.taps} ready={state.ready} now={now} />
      </div>
      <Devices state={state} now={now} openDevice={setOpen} />
      {open !== null && (
        <DeviceDetail key={open} registerId={open} state={state} now={now} close={() => setOpen(null)} />
      )}
    </>
  );
}

/** In words, for the first page and the window's title. */
export interface Sum {
  taps: string;
  devices: string;
  medical: string;
  findings: string;
}

export function useSum({ taps, devices, findings }: PageState): Sum {
  return useMemo(() => {
    const connected = [...taps.values()].filter((tap) => tap.connected).length;
    let medical = 0;
    for (const device of devices.values()) if (device.medical) medical++;
    let openFindings = 0;
    for (const finding of findings.values()) if (finding.state === "open") openFindings++;
    return {
      taps:
        taps.size === 0 ? "no tap yet" : `${connected.toLocaleString("en-GB")} of ${count(taps.size, "tap")} connected`,
      devices: count(devices.size, "device"),
      medical: medical.toLocaleString("en-GB"),
      findings: count(openFindings, "open finding"),
    };
  }, [taps, devices, findings]);
}
