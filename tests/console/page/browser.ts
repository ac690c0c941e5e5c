/** A real headless Chromium for the page's tests, which may talk to this machine alone. */
import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const USUAL_PATHS = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
];

/** WARDTAP_CHROMIUM, else the first usual path that is there; undefined when there is none. */
export const findChromium = (): string | undefined =>
  process.env.WARDTAP_CHROMIUM || USUAL_PATHS.find((path) => existsSync(path));

export const launchChromium = (executablePath: string): Promise<Browser> =>
  chromium.launch({
    executablePath,
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      // Whatever the page or the browser might ask for elsewhere finds no address.
      "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    ],
  });
