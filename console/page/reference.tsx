/** The source of what is said: a link where it is a web address, else the words that name a standard. */
import { Said } from "./said.tsx";

export function Reference({ text }: { text: string }) {
  return /^https:\/\/[^\s]+$/.test(text) ? (
    <a href={text} target="_blank" rel="noopener noreferrer">
      <Said text={text} max={200} />
      <span class="nhsuk-u-visually-hidden"> (opens in a new tab)</span>
    </a>
  ) : (
    <Said text={text} max={200} />
  );
}
