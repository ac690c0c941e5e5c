/** Around every page: the way past the header, the header with its parts, and the footer. */
import { LinkState } from "./connection.tsx";
import type { Link } from "./live.ts";
import { addressOf, type Place } from "./route.ts";
import { readable } from "./text.ts";

const PARTS: { path: string; words: string; pages: Place["page"][] }[] = [
  { path: "", words: "Overview", pages: ["overview"] },
  { path: "#devices", words: "Devices", pages: ["device"] },
  { path: "findings", words: "Findings", pages: ["findings", "finding"] },
  { path: "advisories", words: "Advisories", pages: ["advisories", "advisory"] },
];

export function SkipLink({ page }: { page: Place["page"] }) {
  return page === "overview" ? (
    <a class="nhsuk-skip-link" href="#devices">
      Skip to the devices
    </a>
  ) : (
    <a class="nhsuk-skip-link" href="#main">
      Skip to the content
    </a>
  );
}

export function Header({ link, page }: { link: Link; page: Place["page"] }) {
  return (
    <header class="wt-header">
      <div class="wt-width wt-header__inner">
        <a class="wt-brand" href={addressOf("")}>
          wardtap
        </a>
        <nav class="wt-nav" aria-label="Parts of the console">
          <ul>
            {PARTS.map(({ path, words, pages }) => (
              <li key={path}>
                <a href={addressOf(path)} aria-current={pages.includes(page) ? "page" : undefined}>
                  {words}
                </a>
              </li>
            ))}
          </ul>
        </nav>
        <LinkState link={link} />
      </div>
    </header>
  );
}

export function Footer({ version }: { version: string }) {
  return (
    <footer class="wt-footer">
      <div class="wt-width">
        <p>
          wardtap {version !== "unknown" && readable(version, 40)} only listens: its taps never send a frame by the port
          they listen on. What devices say about themselves is shown as they said it.
        </p>
        <p>Free software under the Apache 2.0 licence; not an NHS service.</p>
      </div>
    </footer>
  );
}
