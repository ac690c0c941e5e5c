/** The printed card that stays with the tap, and the same table for the docs: both drawn from the light table. */
import {
  LIGHT_NAMES,
  LIGHTS,
  type Light,
  type LightRow,
  PATTERN_GLYPH,
  PATTERN_WORDS,
  PATTERNS,
  type Pattern,
} from "./lights.ts";
import { isLit } from "./pattern.ts";

/** White can't be printed on paper: grey stands for it. */
const INK: Readonly<Record<Light["colour"], string>> = {
  green: "#00703c",
  blue: "#1d70b8",
  white: "#ffffff",
  red: "#d4351c",
};
/** One drawn second, cut into the smallest step that every pattern shares. */
const STRIP_MS = 1000;
const STRIP_STEP_MS = 50;

/** The table as Markdown: docs/lights.md is this text. */
export function lightsMarkdown(): string {
  const lights = LIGHT_NAMES.map((name) => LIGHTS[name]);
  const head = `| light | ${PATTERNS.map((pattern) => `${PATTERN_GLYPH[pattern]} ${PATTERN_WORDS[pattern]}`).join(" | ")} |`;
  const rule = `| --- |${" --- |".repeat(PATTERNS.length)}`;
  const body = lights.map((light) => {
    const cells = PATTERNS.map((pattern) => light.rows.find((row) => row.pattern === pattern)?.words ?? "–");
    return `| **${light.label}** (${light.colour}) | ${cells.join(" | ")} |`;
  });
  const advice = lights.flatMap((light) => [
    `\n## ${light.label}\n`,
    ...light.rows.map((row) => `- ${row.glyph} ${PATTERN_WORDS[row.pattern]}: ${row.words}. *${row.advice}*`),
  ]);
  return [
    "# What the lights say\n",
    "<!-- Generated from hardware/lights.ts: change it there, then run `npx vitest run tests/hardware/card.test.ts -u`. -->\n",
    "Four lights, each with its own colour and its own way of blinking, so they can be told apart in the dark and without",
    "seeing colour. When several things are true of one light, it shows the one furthest to the right.\n",
    head,
    rule,
    ...body,
    "\nAll four chasing from side to side: the central team asked this tap to show where it is.",
    "\nThe button: press it shortly and every light is tested, then the tap tests itself. Hold it for five seconds and the",
    "tap shuts down; when all four are off it is safe to unplug.",
    ...advice,
    "",
  ].join("\n");
}

/** A self-contained HTML page of A6 size, to print and tie to the tap. */
export function printedCard(): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>wardtap: what the lights say</title>
<style>
@page { size: A6; margin: 6mm; }
body { font: 7.5pt/1.25 Arial, sans-serif; color: #000; background: #fff; margin: 0; }
h1 { font-size: 11pt; margin: 0 0 1mm; }
h2 { font-size: 9pt; margin: 2mm 0 0.5mm; }
table { border-collapse: collapse; width: 100%; }
td { border-top: 0.2mm solid #999; padding: 0.4mm 1mm 0.4mm 0; vertical-align: top; }
td:first-child { width: 15mm; }
small { display: block; color: #333; }
p { margin: 1.5mm 0 0; }
</style>
</head>
<body>
<h1>wardtap: what the lights say</h1>
${LIGHT_NAMES.map((name) => section(LIGHTS[name])).join("\n")}
<p>Strips show one second: filled is lit. Button: short press tests the lights; hold 5 seconds to shut down, then unplug when all are off. All four chasing: the console is asking where this tap is.</p>
</body>
</html>
`;
}

function section(light: Light): string {
  const rows = light.rows.map((row) => tableRow(light, row)).join("\n");
  return `<h2>${escapeHtml(light.label)} (${light.colour})</h2>\n<table>\n${rows}\n</table>`;
}

const tableRow = (light: Light, row: LightRow) =>
  `<tr><td>${strip(light, row.pattern)}</td><td>${escapeHtml(PATTERN_WORDS[row.pattern])}</td>` +
  `<td><b>${escapeHtml(row.words)}</b><small>${escapeHtml(row.advice)}</small></td></tr>`;

/** A second of the pattern as a strip of lit and dark blocks: readable in black and white. */
function strip(light: Light, pattern: Pattern): string {
  const blocks: string[] = [];
  for (let at = 0; at < STRIP_MS; at += STRIP_STEP_MS) {
    if (!isLit(pattern, at)) continue;
    blocks.push(`<rect x="${at / STRIP_STEP_MS}" y="0" width="1.02" height="4" fill="${INK[light.colour]}"/>`);
  }
  const width = STRIP_MS / STRIP_STEP_MS;
  return `<svg width="13mm" height="2.6mm" viewBox="0 0 ${width} 4" role="img" aria-label="${escapeHtml(PATTERN_WORDS[pattern])}">${blocks.join("")}<rect x="0.1" y="0.1" width="${width - 0.2}" height="3.8" fill="none" stroke="#000" stroke-width="0.2"/></svg>`;
}

const escapeHtml = (text: string) => text.replace(/[&<>"']/g, (letter) => `&#${letter.codePointAt(0)};`);
