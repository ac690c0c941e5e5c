/** The web application: one line to the console, and the page that the address names. */
import { useEffect, useRef, useState } from "preact/hooks";
import { AdvisoriesPage } from "./advisories-page.tsx";
import { AdvisoryPage } from "./advisory-page.tsx";
import { LinkTrouble } from "./connection.tsx";
import { DevicePage } from "./device-page.tsx";
import { FindingPage } from "./finding-page.tsx";
import { FindingsPage } from "./findings-page.tsx";
import { Footer, Header, SkipLink } from "./frame.tsx";
import { type Link, type Live, openLive } from "./live.ts";
import { Overview, useSum } from "./overview.tsx";
import { addressOf, type Place, usePlace } from "./route.ts";
import { EMPTY_STATE, type PageState, reduce } from "./state.ts";
import { readable } from "./text.ts";
import { titleOf } from "./title.ts";

/** Relative times are redrawn so often; once a second while the line is down, to count it out. */
const TICK_MS = 5000;
const TROUBLED_TICK_MS = 1000;

export function App() {
  const [state, setState] = useState<PageState>(EMPTY_STATE);
  const [link, setLink] = useState<Link>({ phase: "connecting", since: Date.now() });
  const [heardAt, setHeardAt] = useState<number | null>(null);
  const [now, setNow] = useState(Date.now());
  const live = useRef<Live | null>(null);
  const firstVersion = useRef("");
  const place = usePlace();

  useEffect(() => {
    const line = openLive(
      addressOf(""),
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
  const title = titleOf(place, state);
  useEffect(() => {
    const of = title === "" ? "" : `${title} · `;
    document.title = `${link.phase === "live" ? "" : "(not live) "}${of}wardtap: ${sum.devices}, ${sum.findings}`;
  }, [link.phase, title, sum.devices, sum.findings]);
  const main = useArrival(place);

  return (
    <>
      <SkipLink page={place.page} />
      <Header link={link} page={place.page} />
      <LinkTrouble link={link} heardAt={heardAt} now={now} tryNow={() => live.current?.tryNow()} />
      {outdated && (
        <p class="wt-width wt-note">
          The console has been updated to {readable(state.version, 40)}.{" "}
          <button type="button" class="wt-text-button" onClick={() => location.reload()}>
            Load the page again
          </button>{" "}
          when it suits you.
        </p>
      )}
      <main class={`wt-width wt-main wt-main--${place.page}`} id="main" ref={main} tabIndex={-1}>
        <Shown place={place} state={state} now={now} sum={sum} />
      </main>
      <Footer version={state.version} />
    </>
  );
}

function Shown(props: { place: Place; state: PageState; now: number; sum: ReturnType<typeof useSum> }) {
  const { place, state, now, sum } = props;
  switch (place.page) {
    case "overview":
      return <Overview state={state} now={now} sum={sum} />;
    case "device":
      return <DevicePage key={place.id} registerId={place.id} state={state} now={now} />;
    case "findings":
      return <FindingsPage query={place.query} state={state} now={now} />;
    case "finding":
      return <FindingPage key={place.id} registerId={place.id} state={state} now={now} />;
    case "advisories":
      return <AdvisoriesPage query={place.query} state={state} />;
    case "advisory":
      return <AdvisoryPage key={place.id} id={place.id} state={state} />;
  }
}

/** Puts the focus at the start of a page that was gone to, so that keyboard and screen reader begin there. */
function useArrival(place: Place) {
  const main = useRef<HTMLElement>(null);
  const shown = useRef("");
  const now = `${place.page} ${"id" in place ? place.id : ""}`;
  useEffect(() => {
    if (shown.current !== "" && shown.current !== now) main.current?.focus({ preventScroll: true });
    shown.current = now;
    document
      .querySelector(location.hash === "" ? ":not(*)" : `#${CSS.escape(location.hash.slice(1))}`)
      ?.scrollIntoView();
  }, [now]);
  return main;
}
