/** The pages of one device, of findings and of advisories in a real browser, each at its own address. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { repositoryRoot } from "../../support/built.ts";
import { findChromium, launchChromium } from "./browser.ts";
import { found, heard, openRoad } from "./road.ts";

const ARTEFACTS = join(repositoryRoot(), "tests", "artefacts");
const HOSTILE_NAME = "<img src=x onerror=window.__pwned=1>";
/** A year ahead, as a person would choose it. */
const REVIEW_AT = new Date(Date.now() + 365 * 86_400_000).toISOString().slice(0, 10);
const chromium = findChromium();
const inCi = process.env.CI === "true";

describe.skipIf(!chromium && !inCi)("the console's pages in Chromium (needs it installed, or WARDTAP_CHROMIUM)", () => {
  let road: Awaited<ReturnType<typeof openRoad>>;
  let browser: Browser;
  let page: Page;
  const complaints: string[] = [];
  const overflow = () => page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");
  const picture = async (name: string) => {
    await page.evaluate("scrollTo(0, 0)");
    await page.screenshot({ path: join(ARTEFACTS, `${name}.png`), animations: "disabled", fullPage: true });
  };

  beforeAll(async () => {
    if (!chromium) throw new Error("There is no Chromium: install it or name it in WARDTAP_CHROMIUM.");
    mkdirSync(ARTEFACTS, { recursive: true });
    road = await openRoad();
    await road.startConsole();
    road.startTap();
    road.hear(
      heard(1, {
        version: "13.4",
        services: [{ transport: "tcp", port: 2575, protocol: "hl7", side: "client" }],
        peers: [{ deviceId: "dev-2", remote: null, service: "tcp/2575", frames: 1, bytes: 1 }],
        evidence: [
          {
            attribute: "hl7.prt.16",
            value: "Plum A+",
            protocol: "hl7",
            count: 3,
            firstSeenAt: Date.now() * 1000,
            lastSeenAt: Date.now() * 1000,
            firstFrame: null,
          },
        ],
        contradictions: [{ field: "os", values: ["VxWorks", "Linux"], because: ["a", "b"] }],
      }),
      heard(2, { names: [HOSTILE_NAME], class: "medical-gateway", criticality: "support" }),
      ...Array.from({ length: 60 }, (_, at) => heard(10 + at)),
    );
    road.find(found("dev-1", { relatedDeviceIds: ["dev-2"] }));
    for (let at = 0; at < 60; at++)
      road.find(
        found(`dev-${10 + at}`, { id: `fnd-t-${at}`, rule: "telnet", severity: "medium", title: "Telnet is open" }),
      );
    browser = await launchChromium(chromium);
    page = await browser.newPage({ viewport: { width: 1440, height: 1000 } });
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning")
        complaints.push(`${message.text()} ${message.location().url}`);
    });
    await page.goto(road.address());
    await page.getByText("62 devices").first().waitFor();
    await page.evaluate("window.__same = true");
  });

  afterAll(async () => {
    await browser?.close();
    await road?.close();
  });

  test("a device's panel leads to its page, without loading anew", async () => {
    await page.getByLabel("Search").fill("ICU-PUMP-1");
    await page.locator(".wt-row").last().getByRole("button").click();
    await page.getByRole("link", { name: "Everything about this device" }).click();
    await page.getByRole("heading", { level: 1, name: "ICU-PUMP-1" }).waitFor();
    expect(new URL(page.url()).pathname).toMatch(/^\/devices\/reg-[0-9a-f]{20}$/);
    expect(await page.evaluate("window.__same")).toBe(true);
    expect(await page.evaluate("document.activeElement.id")).toBe("main");
    expect(await page.title()).toMatch(/^ICU-PUMP-1 · wardtap: 62 devices/);
  });

  test("the page says what it is, why, what was heard, whom it talks to and what is wrong", async () => {
    await page.locator("#reasons", { hasText: "Hospira" }).waitFor();
    await page.locator("#reasons", { hasText: "VxWorks or Linux" }).waitFor();
    await page.locator("#device-evidence", { hasText: "hl7.prt.16" }).waitFor();
    await page.locator("#services", { hasText: "tcp/2575" }).waitFor();
    await page.locator("#peers").getByRole("link", { name: HOSTILE_NAME }).waitFor();
    await page.locator("#device-findings", { hasText: "A login went in clear" }).waitFor();
    await page.locator("#vulnerabilities", { hasText: "CVE-" }).waitFor();
    await picture("device");
  });

  test("its address can be loaded again, and leads back", async () => {
    await page.goBack();
    await page.getByRole("heading", { level: 1, name: "Connected devices" }).waitFor();
    expect(await page.getByLabel("Search").inputValue()).toBe("ICU-PUMP-1");
    await page.goForward();
    await page.reload();
    await page.getByRole("heading", { level: 1, name: "ICU-PUMP-1" }).waitFor();
    await page.getByRole("status").getByText("Live").waitFor();
  });

  test("a device that talks to it is a link away, by whatever name it gives itself", async () => {
    await page.locator("#peers").getByRole("link", { name: HOSTILE_NAME }).click();
    await page.getByRole("heading", { level: 1, name: HOSTILE_NAME }).waitFor();
    expect(await page.locator("img").count()).toBe(0);
    expect(await page.evaluate("typeof window.__pwned")).toBe("undefined");
  });

  test("findings are grouped by kind with the number of devices, and filtered by the address", async () => {
    await page.getByRole("link", { name: "Findings", exact: true }).click();
    const telnet = page.locator(".wt-group", { hasText: "Telnet is open" });
    await telnet.getByText("60 findings on 60 devices, 60 medical").waitFor();
    await picture("findings");
    await page.getByLabel("Severity").selectOption("high");
    await telnet.waitFor({ state: "detached" });
    expect(page.url()).toContain("severity=high");
    await page.reload();
    await page.getByText("A login went in clear").waitFor();
    expect(await page.getByLabel("Severity").inputValue()).toBe("high");
    await page.getByLabel("Severity").selectOption("");
  });

  test("one kind lists its findings a page at a time", async () => {
    await page.getByRole("link", { name: "Telnet is open" }).click();
    await page.getByText("1 to 50 of 60").first().waitFor();
    expect(await page.locator(".wt-row").count()).toBe(50);
    await page.getByRole("button", { name: "Next page of findings" }).first().click();
    await page.getByText("51 to 60 of 60").first().waitFor();
    expect(await page.locator(".wt-row").count()).toBe(10);
    await picture("finding-list");
  });

  test("a finding shows what was seen, and is accepted by its tap with reason, control, owner and review date", async () => {
    await page.getByRole("link", { name: "All kinds of findings" }).click();
    await page.getByRole("link", { name: "A login went in clear" }).click();
    await page.locator(".wt-row").getByRole("link").first().click();
    await page.locator("#seen", { hasText: "A telnet login was seen." }).waitFor();
    await page.locator("#seen").getByRole("link", { name: HOSTILE_NAME }).waitFor();
    await page.getByLabel("Accept the risk").check();
    await page.getByRole("button", { name: "Accept the risk" }).click();
    await page.getByRole("alert").getByText("“Why” is needed.").waitFor();
    await page.getByLabel("Why").fill("No patch exists");
    await page.getByLabel("What is done instead").fill("Fenced in by its own VLAN");
    await page.getByLabel("Who answers for it").fill("Clinical engineering");
    await page.getByLabel("Until when").fill(REVIEW_AT);
    await page.getByLabel("Your name").fill("A. Engineer");
    await picture("finding");
    await page.getByRole("button", { name: "Accept the risk" }).click();
    await expect.poll(() => road.asked.length).toBe(1);
    expect(road.asked[0]).toEqual({
      findingId: "fnd-1",
      action: "accept",
      by: "A. Engineer",
      reason: "No patch exists",
      control: "Fenced in by its own VLAN",
      owner: "Clinical engineering",
      reviewAt: REVIEW_AT,
    });
    await page.locator(".wt-badges", { hasText: "Risk accepted" }).waitFor();
  });

  test("with the tap away a change waits for it, can be taken back, and the name is remembered", async () => {
    await road.stopTap();
    await page.getByLabel("Reopen").check();
    expect(await page.getByLabel("Your name").inputValue()).toBe("A. Engineer");
    await page.getByRole("button", { name: "Reopen" }).click();
    await page.getByText("Waiting for the tap:").waitFor();
    await page.getByText("it is done as soon as it is back").waitFor();
    await page.setViewportSize({ width: 360, height: 800 });
    await picture("finding-phone");
    await page.setViewportSize({ width: 1440, height: 1000 });
    await page.getByRole("button", { name: "Take it back" }).click();
    await page.getByText("Waiting for the tap:").waitFor({ state: "detached" });
    expect(road.asked).toHaveLength(1);
  });

  test("what waited is done when the tap is back", async () => {
    await page.getByLabel("Reopen").check();
    await page.getByRole("button", { name: "Reopen" }).click();
    await page.getByText("Waiting for the tap:").waitFor();
    road.startTap();
    await expect.poll(() => road.asked.length).toBe(2);
    await page.getByText("Waiting for the tap:").waitFor({ state: "detached" });
  });

  test("advisories begin with those that concern our devices, and tell which and why", async () => {
    await page.getByRole("link", { name: "Advisories", exact: true }).click();
    await page.locator(".wt-group", { hasText: "affected" }).first().waitFor();
    await picture("advisories");
    await page.locator(".wt-group a").first().click();
    await page.locator("#affected .wt-row").first().waitFor();
    await picture("advisory");
    expect(await page.locator("#affected .wt-row").first().textContent()).toContain("ffected");
  });

  test("a CVE is searched for, and one that nothing names is said to be unknown", async () => {
    await page.getByRole("navigation").getByRole("link", { name: "Advisories" }).click();
    await page.getByLabel("CVE, advisory, maker or product").fill("cve-2019-12255");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: "CVE-2019-12255" }).waitFor();
    await page.locator("#affected").waitFor();
    complaints.length = 0;
    await page.goto(`${road.address()}advisories/CVE-1999-9999`);
    await page.getByText("No advisory that the console knows").waitFor();
    // The browser says by itself that it was answered 404.
    expect(complaints.every((text) => text.includes("404"))).toBe(true);
    complaints.length = 0;
  });

  test.each(["", "findings", "findings?rule=telnet", "advisories", "advisories/CVE-2019-12255"])(
    "/%s needs no sideways scrolling on a phone and has one first heading",
    async (path) => {
      await page.setViewportSize({ width: 320, height: 800 });
      await page.goto(road.address() + path);
      await page.getByRole("status").getByText("Live").waitFor();
      await page.locator("section, [role=alert]").first().waitFor();
      expect(await overflow()).toBe(0);
      expect(await page.getByRole("heading", { level: 1 }).count()).toBe(1);
    },
  );

  test("a device's page fits a phone", async () => {
    await page.goto(road.address());
    await page.locator(".wt-row").first().getByRole("button").click();
    await page.getByRole("link", { name: "Everything about this device" }).click();
    await page.locator("#identity").waitFor();
    expect(await overflow()).toBe(0);
    await picture("device-phone");
  });

  test("on a wall screen a device's page uses the whole width", async () => {
    await page.setViewportSize({ width: 1920, height: 1080 });
    const width = await page.evaluate("document.querySelector('#device-evidence').getBoundingClientRect().width");
    expect(width).toBeGreaterThan(1700);
    await picture("device-wall");
  });

  test("neither browser nor policy complained", () => {
    expect(complaints).toEqual([]);
  });
});
