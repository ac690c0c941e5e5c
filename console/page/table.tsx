/** A table whose rows become cards on a narrow screen: each cell then shows its column's name. */
import type { ComponentChildren } from "preact";

export function Table(props: { labelledBy: string; columns: readonly string[]; children: ComponentChildren }) {
  return (
    <div class="wt-table-box">
      <table class="wt-table" aria-labelledby={props.labelledBy}>
        <thead>
          <tr>
            {props.columns.map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{props.children}</tbody>
      </table>
    </div>
  );
}

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
