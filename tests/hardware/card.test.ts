/** The printed card and the docs say what the table says. */
import { expect, test } from "vitest";
import { lightsMarkdown, printedCard } from "../../hardware/card.ts";
import { LIGHT_NAMES, LIGHTS } from "../../hardware/lights.ts";

test("docs/lights.md is what the table gives", async () => {
  await expect(lightsMarkdown()).toMatchFileSnapshot("../../docs/lights.md");
});

test("the card names every row of every light", () => {
  const card = printedCard().replaceAll("&#39;", "'");
  for (const name of LIGHT_NAMES) {
    expect(card).toContain(LIGHTS[name].label);
    for (const row of LIGHTS[name].rows) {
      expect(card).toContain(row.words);
      expect(card).toContain(row.advice);
    }
  }
});

test("the card needs nothing from anywhere else", () => {
  expect(printedCard()).not.toMatch(/https?:|src=|@import|url\(|<script/);
});

test("strips of the card show two flashes for a double blink and ten blocks for a slow one", () => {
  const strips = printedCard().match(/aria-label="[^"]*">.*?<\/svg>/g)!;
  const lit = (label: string) => strips.find((strip) => strip.includes(label))!.match(/<rect x="\d+" y="0"/g)!.length;
  expect([lit("double blink"), lit("slow blink")]).toEqual([4, 10]);
});
