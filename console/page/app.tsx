/** The page: header, connection, taps, findings, feed, devices. */
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { LinkState, LinkTrouble } from "./connection.tsx";
import { DeviceDetail } from "./device-detail.tsx";
import { Devices } from "./devices.tsx";
import { Feed } from "./feed.tsx";
import { Findings } from "./findings.tsx";
import { type Link, type Live, openLive } from "./live.ts";
import { EMPTY_STATE, type PageState, reduce } from "./state.ts";
import { Taps } from "./taps.tsx";
import { readable } from "./text.ts";
import { count } from "./words.ts";

/** Relative times are redrawn so often; once a second while the line is down, to count it out. */
const TICK_MS = 5000;
const TROUBLED_TICK_MS = 1000;

export function App() {
  const [state, setState] = useState<PageState>(EMPTY_STATE);
  const [link, setLink] = useState<Link>({ phase: "connecting", since: Date.now() });
  const [heardAt, setHeardAt] = useState<number | null>(null);
  const [open, setOpen] = useState<string | null>(null);
  const [now, setNow] = useState(Date.now());
  const live = useRef<Live | null>(null);
  const firstVersion = useRef("");

  useEffect(() => {
    const line = openLive(
      document.baseURI,
      (messages) => {
        const at = Date.now();
        setState((before) => reduce(before, messages, at));
        setHeardAt(at);
        setNow(at);
      },
      (next) => {
        setLink(next);
        setNow(Date.now());
      },
    );
    live.current = line;
    return () => line.stop();
  }, []);

  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), link.phase === "live" ? TICK_MS : TROUBLED_TICK_MS);
    return () => clearInterval(timer);
  }, [link.phase]);

  firstVersion.current ||= state.version;
  const outdated = state.version !== firstVersion.current;
  const sum = useSum(state);
  useEffect(() => {
    document.title = `${link.phase === "live" ? "" : "(not live) "}wardtap: ${sum.devices}, ${sum.findings}`;
  }, [link.phase, sum.devices, sum.findings]);

  return (
    <>
      <a class="nhsuk-skip-link" href="#devices">
        Skip to the devices
      </a>
      <Header link={link} />
      <LinkTrouble link={link} heardAt={heardAt} now={now} tryNow={() => live.current?.tryNow()} />
      {outdated && (
        <p class="wt-width wt-note">
          The console has been updated to {readable(state.version, 40)}. <a href=".">Load the page again</a> when it
          suits you.
        </p>
      )}
      <main class="wt-width wt-main" id="main">
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
      </main>
      <Footer version={state.version} />
      {open !== null && (
        <DeviceDetail key={open} registerId={open} state={state} now={now} close={() => setOpen(null)} />
      )}
    </>
  );
}

function useSum({ taps, devices, findings }: PageState) {
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

const PARTS = [
  ["taps", "Taps"],
  ["findings", "Findings"],
  ["feed", "Feed"],
  ["devices", "Devices"],
] as const;

function Header({ link }: { link: Link }) {
  return (
    <header class="wt-header">
      <div class="wt-width wt-header__inner">
        <a class="wt-brand" href="#main">
          wardtap
        </a>
        <nav class="wt-nav" aria-label="Parts of this page">
          <ul>
            {PARTS.map(([id, words]) => (
              <li key={id}>
                <a href={`#${id}`}>{words}</a>
              </li>
            ))}
          </ul>
        </nav>
        <LinkState link={link} />
      </div>
    </header>
  );
}

function Footer({ version }: { version: string }) {
  return (
    <footer class="wt-footer">
      <div class="wt-width">
        <p>
          wardtap {readable(version, 40)} only listens: its taps never send a frame by the port they listen on. What
          devices say about themselves is shown as they said it.
        </p>
        <p>Free software under the Apache 2.0 licence; not an NHS service.</p>
      </div>
    </footer>
  );
}
