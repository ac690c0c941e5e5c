/** Small parts that several pages share: facts, waiting, empty lists, links to devices. */
import type { ComponentChildren } from "preact";
import type { DeviceLink } from "../api/shapes-detail.ts";
import { classWords } from "../class-words.ts";
import type { Asked } from "./asked.ts";
import { deviceAddress } from "./route.ts";
import { Said } from "./said.tsx";

/** Longer texts end there, with their length. */
const MAX_TEXT = 2000;

export function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div class="wt-fact">
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** Left out where nothing is known and `always` isn't set. */
export function TextFact({ name, text, always = false }: { name: string; text: string | null; always?: boolean }) {
  if (text === null && !always) return null;
  return (
    <Fact name={name}>
      {text === null ? <span class="wt-none">not known</span> : <Said text={text} max={MAX_TEXT} />}
    </Fact>
  );
}

export function Block(props: { id: string; title: string; count?: string; children: ComponentChildren }) {
  const heading = `${props.id}-heading`;
  return (
    <section class="wt-block" id={props.id} aria-labelledby={heading}>
      <div class="wt-block__head">
        <h2 class="nhsuk-heading-m" id={heading}>
          {props.title} {props.count !== undefined && <span class="wt-count">{props.count}</span>}
        </h2>
      </div>
      {props.children}
    </section>
  );
}

/** What stands in the place of an answer that isn't there. */
export function NotThere({ asked }: { asked: Exclude<Asked<unknown>, { phase: "there" }> }) {
  if (asked.phase === "asking") return <p class="wt-quiet">Asking the console …</p>;
  return (
    <div class="wt-empty" role="alert">
      <p>{asked.message}</p>
    </div>
  );
}

/** A device by name, leading to its page where it has one. */
export function DeviceName({ device }: { device: DeviceLink }) {
  const name = <Said text={device.name} max={80} />;
  return (
    <>
      {device.registerId === null ? name : <a href={deviceAddress(device.registerId)}>{name}</a>}
      {device.class !== "unknown" && (
        <span class="wt-quiet">
          {" "}
          <Said text={classWords(device.class)} max={60} />
        </span>
      )}
    </>
  );
}

/** How many of a list are left out. */
export function More({ total, shown }: { total: number; shown: number }) {
  return total > shown ? <p class="wt-quiet">and {(total - shown).toLocaleString("en-GB")} more</p> : null;
}
