/** Whether the page itself is live, and what to do when it isn't. */
import type { Link } from "./live.ts";
import { clock, duration } from "./time.ts";

const PHASE = {
  connecting: { words: "Connecting", class: "wt-link--waiting" },
  live: { words: "Live", class: "wt-link--live" },
  refreshing: { words: "Refreshing, not live", class: "wt-link--waiting" },
  lost: { words: "Reconnecting", class: "wt-link--lost" },
} as const;

/** In the header: one word, announced when it changes. */
export function LinkState({ link }: { link: Link }) {
  const phase = PHASE[link.phase];
  return (
    <p class={`wt-link ${phase.class}`} role="status">
      <span class="nhsuk-u-visually-hidden">This page: </span>
      {phase.words}
    </p>
  );
}

/** Under the header while the page isn't live. `heardAt`: when the console last said anything, in milliseconds. */
export function LinkTrouble(props: { link: Link; heardAt: number | null; now: number; tryNow: () => void }) {
  const { link, heardAt, now, tryNow } = props;
  if (link.phase === "live") return null;
  if (link.phase === "connecting" && now - link.since < 3000) return null;
  const lasting = duration(now - link.since);
  const nextTry =
    "nextTryAt" in link && link.nextTryAt !== null ? ` Next try in ${duration(link.nextTryAt - now)}.` : "";
  return (
    <section class="wt-trouble" aria-label="Connection trouble">
      <div class="wt-width wt-trouble__inner">
        <div>
          {link.phase === "refreshing" ? (
            <p>
              <strong>This page is refreshed every few seconds, but isn’t live</strong> (for {lasting}).{nextTry} The
              console answers, but its WebSocket doesn’t get through. Ask whoever runs the proxy between this computer
              and the console to let WebSocket pass.
            </p>
          ) : (
            <p>
              <strong>No connection to the console for {lasting}.</strong>
              {nextTry} {heardAt === null ? "Nothing has been shown yet." : `What you see is from ${clock(heardAt)}.`}{" "}
              The taps go on listening and keep what they hear for the console.
            </p>
          )}
          {link.phase !== "refreshing" && (
            <p>
              Check this computer’s network. If colleagues see the same, ask whoever runs the console to check that it
              is up.
            </p>
          )}
        </div>
        <button type="button" class="nhsuk-button nhsuk-button--secondary nhsuk-button--small" onClick={tryNow}>
          Try now
        </button>
      </div>
    </section>
  );
}
