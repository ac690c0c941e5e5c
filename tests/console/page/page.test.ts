/** The live page in a real browser, fed by a real tap's uplink through the real console. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { repositoryRoot } from "../../support/built.ts";
import { findChromium, launchChromium } from "./browser.ts";
import { found, heard, openRoad } from "./road.ts";

const ARTEFACTS = join(repositoryRoot(), "tests", "artefacts");
/** A device may call itself anything. */
const HOSTILE_NAME = "<img src=x onerror=window.__pwned=1>";
const REVERSED_NAME = "a\u202Egnp.exe";
/** What a browser says when the console is stopped under it; every other complaint fails the tests. */
const CUT_LINE = /ERR_CONNECTION_REFUSED|ERR_EMPTY_RESPONSE|ERR_CONNECTION_RESET|WebSocket connection to/;

const chromium = findChromium();
const inCi = process.env.CI === "true";

describe.skipIf(!chromium && !inCi)("the live page in Chromium (needs it installed, or WARDTAP_CHROMIUM)", () => {
  let road: Awaited<ReturnType<typeof openRoad>>;
  let browser: Browser;
  let page: Page;
  const asked: string[] = [];
  const complaints: string[] = [];

  const row = (name: string) => page.locator(".wt-row", { hasText: name });
  const overflow = () => page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");

  beforeAll(async () => {
    if (!chromium) throw new Error("There is no Chromium: install it or name it in WARDTAP_CHROMIUM.");
    mkdirSync(ARTEFACTS, { recursive: true });
    road = await openRoad();
    await road.startConsole();
    browser = await launchChromium(chromium);
    page = await browser.newPage({ viewport: { width: 1440, height: 1000 } });
    page.on("request", (request) => asked.push(request.url()));
    page.on("websocket", (socket) => asked.push(socket.url()));
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
    });
    await page.addInitScript(
      "addEventListener('securitypolicyviolation', (event) => console.error('refused by the policy: ' + event.blockedURI + ' ' + event.violatedDirective))",
    );
    await page.goto(road.address());
    // Gone after a reload.
    await page.evaluate("window.__same = true");
  });

  afterAll(async () => {
    await browser?.close();
    await road?.close();
  });

  test("is live, and says what to do while there is no tap", async () => {
    await page.getByRole("status").getByText("Live").waitFor();
    await page.getByText("No tap has called in yet.").waitFor();
    await page.getByText(`url = "${road.address().replace("http", "ws")}uplink"`).waitFor();
  });

  test("begins with a way past the header for the keyboard", async () => {
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.textContent")).toBe("Skip to the devices");
    await page.keyboard.press("Enter");
    expect(await page.evaluate("location.hash")).toBe("#devices");
  });

  test("shows a tap and its lights by glyph and words when it calls in", async () => {
    road.startTap();
    const card = page.locator(".wt-tap", { hasText: "Ward 7" });
    await card.getByText("Connected", { exact: true }).waitFor();
    await card.getByText("one direction only").waitFor();
    const lights = await card.locator(".wt-light").allInnerTexts();
    expect(lights.map((text) => text.split("\n").slice(0, 3))).toEqual([
      ["HEALTH", "◐ slow blink", "running"],
      ["MIRROR", "▲ fast blink", "one direction only"],
      ["UPLINK", "● on, steady", "console has everything"],
      ["ALERT", "○ off", "nothing medium or above open"],
    ]);
    await card.getByText("mirror both directions").waitFor();
    await card.getByText("1,234").waitFor();
  });

  test("shows a light that changes", async () => {
    road.lights.mirror = "solid";
    await page.locator(".wt-light", { hasText: "MIRROR" }).getByText("both directions").waitFor();
  });

  test("blinks only when asked to, and never for a reader who wants no motion", async () => {
    const animation = () =>
      page.evaluate("getComputedStyle(document.querySelector('.wt-led--slow')).animationName") as Promise<string>;
    expect(await animation()).toBe("none");
    await page.getByLabel("Show the lights blinking").check();
    expect(await animation()).toBe("wt-blink");
    await page.emulateMedia({ reducedMotion: "reduce" });
    expect(await animation()).toBe("none");
    await page.emulateMedia({ reducedMotion: "no-preference" });
    await page.getByLabel("Show the lights blinking").uncheck();
  });

  test("shows devices as they come, marked as new, without a reload", async () => {
    road.hear(heard(1), heard(2, { class: "workstation", medical: false, criticality: null, names: ["WS-ICU-2"] }));
    await row("ICU-PUMP-1").getByText("Life-sustaining", { exact: true }).waitFor();
    await row("ICU-PUMP-1").getByText("New", { exact: true }).waitFor();
    await row("WS-ICU-2").getByText("Workstation", { exact: true }).waitFor();
    await page.locator("#feed", { hasText: "ICU-PUMP-1" }).waitFor();
    expect(await page.evaluate("window.__same")).toBe(true);
  });

  test("shows what devices call themselves as text and runs none of it", async () => {
    road.hear(heard(3, { names: [HOSTILE_NAME, "x".repeat(500)], model: "<script>window.__pwned=1</script>" }));
    road.hear(heard(4, { names: [REVERSED_NAME] }));
    await row(HOSTILE_NAME).getByText("<script>window.__pwned=1</script>", { exact: true }).waitFor();
    await row("a[U+202E]gnp.exe").waitFor();
    await page.locator("#feed", { hasText: HOSTILE_NAME }).waitFor();
    await page.getByRole("button", { name: "Infusion pump" }).and(row(HOSTILE_NAME).getByRole("button")).click();
    await page.getByRole("dialog").getByRole("heading", { name: HOSTILE_NAME }).waitFor();
    await page.keyboard.press("Escape");
    expect(await page.locator("img").count()).toBe(0);
    expect(await page.evaluate("document.querySelectorAll('#page script').length")).toBe(0);
    expect(await page.evaluate("typeof window.__pwned")).toBe("undefined");
  });

  test("shows a finding with why and what to do, and on its device", async () => {
    road.find(found("dev-1"));
    await page.locator(".wt-finding summary", { hasText: "A login went in clear" }).click();
    await page.getByText("Switch telnet off.").waitFor();
    await row("ICU-PUMP-1").getByText("1 open").waitFor();
  });

  test("opens a device by keyboard, and gives the focus back", async () => {
    const open = row("WS-ICU-2").getByRole("button");
    await open.focus();
    await page.keyboard.press("Enter");
    const panel = page.getByRole("dialog", { name: "WS-ICU-2" });
    await panel.getByText("00:03:b1:00:00:02").waitFor();
    await page.keyboard.press("Escape");
    await panel.waitFor({ state: "detached" });
    expect(await page.evaluate("document.activeElement.closest('.wt-row')?.textContent")).toContain("WS-ICU-2");
  });

  test("searches, filters, sorts, and says when nothing matches", async () => {
    await page.getByLabel("Search").fill("ws-icu");
    expect(await page.locator(".wt-row").count()).toBe(1);
    await page.getByLabel("Medical", { exact: true }).selectOption("yes");
    await page.getByText("No device matches.").waitFor();
    await page.getByRole("button", { name: "Clear filters" }).click();
    await page.getByRole("button", { name: "Address" }).click();
    const header = page.getByRole("columnheader", { name: "Address" });
    expect(await header.getAttribute("aria-sort")).toBe("ascending");
    expect(await page.locator(".wt-row").first().textContent()).toContain("10.0.0.1");
    await page.getByRole("button", { name: "First seen" }).click();
  });

  test("keeps the row in view where it is while new ones come above", async () => {
    road.hear(...Array.from({ length: 40 }, (_, at) => heard(50 + at)));
    await row("ICU-PUMP-89").waitFor();
    // Halfway down, so that new rows can't push it to the next page.
    await page.evaluate("document.querySelectorAll('.wt-row')[20].scrollIntoView({ block: 'center' })");
    const watched = row("ICU-PUMP-69");
    expect(await page.evaluate("scrollY")).toBeGreaterThan(500);
    const before = (await watched.boundingBox())?.y ?? Number.NaN;
    road.hear(heard(100), heard(101), heard(102));
    await row("ICU-PUMP-102").waitFor({ state: "attached" });
    await expect.poll(async () => Math.abs(((await watched.boundingBox())?.y ?? Number.NaN) - before)).toBeLessThan(2);
  });

  test("draws a page of rows, however many devices there are", async () => {
    road.hear(...Array.from({ length: 100 }, (_, at) => heard(110 + at)));
    await page.getByText("147 devices", { exact: true }).waitFor();
    expect(await page.locator(".wt-row").count()).toBe(50);
    await page.getByRole("navigation", { name: "Pages of devices" }).first().getByText("1 to 50 of 147").waitFor();
    await page.getByRole("button", { name: "Last page of devices" }).first().click();
    await row("ICU-PUMP-1").first().waitFor();
    await page.getByRole("button", { name: "First page of devices" }).first().click();
  });

  test("has landmarks and one first heading", async () => {
    for (const landmark of ["banner", "main", "contentinfo"] as const)
      expect(await page.getByRole(landmark).count(), landmark).toBe(1);
    expect(await page.getByRole("heading", { level: 1 }).count()).toBe(1);
    const regions = ["Taps", /^Findings/, "What just happened", /^Devices/];
    for (const name of regions) expect(await page.getByRole("region", { name }).count(), String(name)).toBe(1);
  });

  test.each([320, 360, 768, 1024, 1280, 1920])("needs no sideways scrolling at %d px", async (width) => {
    await page.setViewportSize({ width, height: 800 });
    expect(await overflow()).toBe(0);
  });

  test("looks like this (tests/artefacts/page.png)", async () => {
    await page.setViewportSize({ width: 360, height: 800 });
    await page.screenshot({ path: join(ARTEFACTS, "page-phone.png"), animations: "disabled" });
    await page.setViewportSize({ width: 1440, height: 1400 });
    await page.evaluate("scrollTo(0, 0)");
    const picture = await page.screenshot({ path: join(ARTEFACTS, "page.png"), animations: "disabled" });
    expect(picture.length).toBeGreaterThan(10_000);
  });

  test("asked nobody but this console, and neither browser nor policy complained", async () => {
    expect(asked.filter((url) => url.endsWith("/api/feed"))).toHaveLength(1);
    expect(asked.filter((url) => new URL(url).hostname !== "127.0.0.1")).toEqual([]);
    expect(complaints).toEqual([]);
  });

  test("says that the console is gone, and catches up when it is back", async () => {
    await road.stopConsole();
    await page.getByRole("status").getByText("Reconnecting").waitFor();
    await page.getByText("No connection to the console for").waitFor();
    road.hear(heard(240, { names: ["CAME-MEANWHILE"] }));
    await road.startConsole();
    await row("CAME-MEANWHILE").waitFor();
    await page.getByRole("status").getByText("Live").waitFor();
    expect(await page.evaluate("window.__same")).toBe(true);
    expect(complaints.filter((text) => !CUT_LINE.test(text))).toEqual([]);
  });
});
