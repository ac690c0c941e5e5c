/** One advisory. */
import type { PageState } from "./state.ts";
export function AdvisoryPage(_: { id: string; state: PageState }) {
  return <h1 class="nhsuk-heading-l">Advisory</h1>;
}
