/** The advisories that the console knows. */
import type { PageState } from "./state.ts";
export function AdvisoriesPage(_: { query: URLSearchParams; state: PageState }) {
  return <h1 class="nhsuk-heading-l">Advisories</h1>;
}
