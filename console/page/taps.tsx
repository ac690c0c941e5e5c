/** The taps: where they are, their lights, and how well they hear. */
import { useState } from "preact/hooks";
import { LIGHT_NAMES, LIGHTS } from "../../hardware/lights.ts";
import type { TapView } from "../api/shapes.ts";
import { adviceFor, LightPanel } from "./lights.tsx";
import { addressOf } from "./route.ts";
import { Said } from "./said.tsx";
import { Tag } from "./tag.tsx";
import { When } from "./when.tsx";
import { count } from "./words.ts";

/** Every tap beyond these waits behind a button. */
const TAPS_SHOWN = 12;

export function Taps({ taps, ready, now }: { taps: ReadonlyMap<string, TapView>; ready: boolean; now: number }) {
  const [blinking, setBlinking] = useState(false);
  const [all, setAll] = useState(false);
  // Taps that need somebody come first, then by name.
  const sorted = [...taps.values()].sort(
    (a, b) => Number(a.connected) - Number(b.connected) || a.name.localeCompare(b.name, "en-GB", { numeric: true }),
  );
  const shown = all ? sorted : sorted.slice(0, TAPS_SHOWN);
  return (
    <section class="wt-block wt-taps" id="taps" aria-labelledby="taps-heading">
      <div class="wt-block__head">
        <h2 class="nhsuk-heading-m" id="taps-heading">
          Taps
        </h2>
        {taps.size > 0 && (
          <label class="wt-toggle">
            <input type="checkbox" checked={blinking} onChange={(event) => setBlinking(event.currentTarget.checked)} />
            <span>Show the lights blinking (up to five flashes a second)</span>
          </label>
        )}
      </div>
      {ready && taps.size === 0 && <NoTaps />}
      <ul class="wt-tap-list">
        {shown.map((tap) => (
          <TapCard key={tap.tapId} tap={tap} blinking={blinking} now={now} />
        ))}
      </ul>
      {sorted.length > TAPS_SHOWN && (
        <button type="button" class="wt-text-button" onClick={() => setAll(!all)}>
          {all ? `Show only ${TAPS_SHOWN} taps` : `Show all ${count(sorted.length, "tap")}`}
        </button>
      )}
    </section>
  );
}

/** Where taps connect: beside this page. */
function uplinkAddress(): string {
  const url = new URL(addressOf("uplink"));
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url.href;
}

function NoTaps() {
  return (
    <div class="wt-empty">
      <p>
        <strong>No tap has called in yet.</strong>
      </p>
      <p>
        On the tap, write this console’s address under <code>[uplink]</code> in <code>/etc/wardtap/wardtap.toml</code>:{" "}
        <code>url = "{uplinkAddress()}"</code>, then run <code>systemctl restart wardtap-agent</code>.
      </p>
      <p>
        The tap’s UPLINK light blinks fast while it can’t reach the console and stays on once the console has
        everything.
      </p>
    </div>
  );
}

function TapCard({ tap, blinking, now }: { tap: TapView; blinking: boolean; now: number }) {
  const heading = `tap-${tap.tapId}`;
  return (
    <li class="wt-tap" aria-labelledby={heading}>
      <div class="wt-tap__head">
        <h3 class="nhsuk-heading-s" id={heading}>
          <Said text={tap.name || tap.tapId} max={120} />
        </h3>
        {tap.connected ? <Tag words="Connected" colour="green" /> : <Tag words="Not connected" colour="red" />}
        <span class="wt-quiet">
          heard <When at={tap.lastHeardAt} now={now} />
        </span>
      </div>
      {!tap.connected && (
        <p class="wt-note">
          The lights and figures are as last heard. The tap goes on listening alone and sends what it has kept when it
          is back. In the ward, check its power and the cable to the hospital network.
        </p>
      )}
      <div class="wt-tap__body">
        <div>
          <LightPanel tap={tap} blinking={blinking} />
          <Advice tap={tap} />
        </div>
        <div>
          <Figures tap={tap} />
        </div>
      </div>
    </li>
  );
}

/** What to do in the ward, for each light that asks for it. */
function Advice({ tap }: { tap: TapView }) {
  const advice = LIGHT_NAMES.flatMap((name) => {
    const text = adviceFor(LIGHTS[name], tap.lights[name]);
    return text === undefined ? [] : [{ label: LIGHTS[name].label, text }];
  });
  if (advice.length === 0) return null;
  return (
    <ul class="wt-advice">
      {advice.map(({ label, text }) => (
        <li key={label}>
          <strong>{label}:</strong> {text}
        </li>
      ))}
    </ul>
  );
}

const number = (value: number) => value.toLocaleString("en-GB", { maximumFractionDigits: value < 10 ? 1 : 0 });

function Figures({ tap }: { tap: TapView }) {
  const figures: { name: string; value: string; bad?: boolean }[] = [
    { name: "Devices", value: number(tap.devices) },
    { name: "Open findings", value: number(tap.openFindings) },
    { name: "Frames a second", value: number(tap.framesPerSecond) },
    {
      name: "Frames lost",
      value: tap.framesLost === null ? "can’t tell" : number(tap.framesLost),
      bad: (tap.framesLost ?? 0) > 0,
    },
    { name: "Observations lost", value: number(tap.observationsLost), bad: tap.observationsLost > 0 },
    { name: "Waiting to be sent", value: number(tap.backlog) },
  ];
  return (
    <>
      <dl class="wt-figures">
        {figures.map(({ name, value, bad }) => (
          <div key={name} class={bad ? "wt-figure wt-figure--bad" : "wt-figure"}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <p class="wt-quiet wt-tap__foot">
        Listens on {tap.interfaces.length === 0 ? "no interface" : <Said text={tap.interfaces.join(", ")} />} · id{" "}
        <Said text={tap.tapId} />
        {tap.version !== "" && tap.version !== "unknown" && (
          <>
            {" "}
            · version <Said text={tap.version} />
          </>
        )}
      </p>
    </>
  );
}
