/** Why a device is taken for what it is: each claim with its reasons, and where what was heard doesn't agree. */
import type { DeviceDetail } from "../api/shapes-detail.ts";
import { classWords } from "../class-words.ts";
import { Block, Fact } from "./parts.tsx";
import { Said } from "./said.tsx";

const FIELD_WORDS: Readonly<Record<string, string>> = {
  class: "What it is",
  maker: "Maker",
  model: "Model",
  version: "Version",
  serial: "Serial number",
  os: "Operating system",
};
const fieldWords = (field: string) => (Object.hasOwn(FIELD_WORDS, field) ? (FIELD_WORDS[field] ?? field) : field);
const valueWords = (field: string, value: string) => (field === "class" ? classWords(value) : value);

export function DeviceReasons({ detail: { claims, contradictions } }: { detail: DeviceDetail }) {
  return (
    <Block id="reasons" title="How we know">
      {claims.length === 0 && <p class="wt-none">Nothing it said tells what it is yet.</p>}
      <dl class="wt-facts">
        {claims.map((claim) => (
          <Fact key={`${claim.field} ${claim.value}`} name={fieldWords(claim.field)}>
            <Said text={valueWords(claim.field, claim.value)} max={120} /> · {Math.round(claim.confidence * 100)} % sure
            <div class="wt-quiet">
              by <Said text={claim.because.join(", ")} max={300} />
            </div>
          </Fact>
        ))}
      </dl>
      {contradictions.length > 0 && (
        <>
          <h3 class="nhsuk-heading-s">What doesn’t agree</h3>
          <dl class="wt-facts">
            {contradictions.map((one) => (
              <Fact key={one.field} name={fieldWords(one.field)}>
                <Said text={one.values.map((value) => valueWords(one.field, value)).join(" or ")} max={300} />
                <div class="wt-quiet">
                  by <Said text={one.because.join(", ")} max={300} />
                </div>
              </Fact>
            ))}
          </dl>
        </>
      )}
    </Block>
  );
}
