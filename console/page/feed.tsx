/** What just happened, newest first. */
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { FeedItem, TapView } from "../api/shapes.ts";
import { Said } from "./said.tsx";
import { foldFeed } from "./state.ts";
import { Tag } from "./tag.tsx";
import { When } from "./when.tsx";
import { count, feedTag } from "./words.ts";

const LINES_SHOWN = 100;
/** Screen readers hear of new lines at most this often. */
const ANNOUNCE_MS = 15_000;

interface Props {
  feed: readonly FeedItem[];
  taps: ReadonlyMap<string, TapView>;
  ready: boolean;
  now: number;
}

export function Feed({ feed, taps, ready, now }: Props) {
  const lines = useMemo(() => foldFeed(feed), [feed]);
  return (
    <section class="wt-block wt-feed" id="feed" aria-labelledby="feed-heading">
      <div class="wt-block__head">
        <h2 class="nhsuk-heading-m" id="feed-heading">
          What just happened
        </h2>
      </div>
      <Announcer feed={feed} ready={ready} />
      {ready && feed.length === 0 && (
        <div class="wt-empty">
          <p>
            <strong>Nothing has happened yet.</strong> New devices, findings and taps are told here as they come, newest
            first.
          </p>
        </div>
      )}
      {feed.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
        <ol class="wt-scroll wt-feed__lines" tabIndex={0} aria-labelledby="feed-heading">
          {lines.slice(0, LINES_SHOWN).map(({ item, like }) => (
            <li key={like.at(-1)?.number ?? item.number} class="wt-feed__line">
              <span class="wt-feed__when">
                <When at={item.at} now={now} as="clock" />
              </span>
              <span class="wt-feed__what">
                <Tag {...feedTag(item.kind)} /> <Said text={item.text} />{" "}
                <span class="wt-quiet">
                  <Said text={taps.get(item.tapId)?.name || item.tapId} max={60} />
                </span>
                {like.length > 0 && <Like items={like} now={now} />}
              </span>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}

/** Lines about the same, behind their number. */
function Like({ items, now }: { items: FeedItem[]; now: number }) {
  return (
    <details class="wt-feed__like">
      <summary>and {count(items.length, "more like it", "more like it")}</summary>
      <ul class="wt-plain-list">
        {items.map((item) => (
          <li key={item.number}>
            <When at={item.at} now={now} as="clock" /> <Said text={item.text} />
          </li>
        ))}
      </ul>
    </details>
  );
}

/** Says how many lines came, not each of them: a busy ward would talk without end. */
function Announcer({ feed, ready }: Pick<Props, "feed" | "ready">) {
  const [said, setSaid] = useState("");
  const newest = useRef(-1);
  const told = useRef<number | undefined>(undefined);
  newest.current = feed[0]?.number ?? -1;
  useEffect(() => {
    if (!ready) return;
    told.current = newest.current;
    const timer = setInterval(() => {
      const more = newest.current - (told.current ?? newest.current);
      told.current = newest.current;
      setSaid(more > 0 ? `${count(more, "new line")} in the feed` : "");
    }, ANNOUNCE_MS);
    return () => clearInterval(timer);
  }, [ready]);
  return (
    <p class="nhsuk-u-visually-hidden" aria-live="polite">
      {said}
    </p>
  );
}
