/** A cell of a table that is a row of a card on a narrow screen, with its label. */
import type { ComponentChildren } from "preact";

export function Cell({ label, children, quiet }: { label: string; children: ComponentChildren; quiet?: boolean }) {
  return (
    <td class={quiet ? "wt-cell--quiet" : undefined}>
      <span class="wt-cell__label" aria-hidden="true">
        {label}
      </span>
      <div class="wt-cell__value">{children}</div>
    </td>
  );
}
