/** The advisories that the console knows, those that concern our devices first; "which of ours are affected?" by CVE or id. */
import { useState } from "preact/hooks";
import type { AdvisoryPage as AdvisoryList } from "../api/shapes-detail.ts";
import { useAsked } from "./asked.ts";
import { Pager } from "./pager.tsx";
import { Block, NotThere } from "./parts.tsx";
import { addressOf, advisoryAddress, goTo } from "./route.ts";
import { Said } from "./said.tsx";
import type { PageState } from "./state.ts";
import { Tag } from "./tag.tsx";
import { Verdicts } from "./verdicts.tsx";
import { count } from "./words.ts";

const ADVISORIES_A_PAGE = 50;
const CVE = /^cve-\d{4}-\d{4,}$/i;

function addressWith(search: string, page: number): string {
  const query = new URLSearchParams();
  if (search !== "") query.set("search", search);
  if (page > 0) query.set("page", String(page + 1));
  const text = query.toString();
  return addressOf(`advisories${text && `?${text}`}`);
}

export function AdvisoriesPage({ query, state }: { query: URLSearchParams; state: PageState }) {
  const search = query.get("search") ?? "";
  const page = Math.max(0, Math.floor(Number(query.get("page")) || 1) - 1);
  const asking = new URLSearchParams({
    search,
    from: String(page * ADVISORIES_A_PAGE),
    limit: String(ADVISORIES_A_PAGE),
  });
  const asked = useAsked<AdvisoryList>(`api/advisories?${asking}`, state.devices.size);
  return (
    <>
      <div class="wt-intro">
        <h1 class="nhsuk-heading-l">Advisories</h1>
        <p class="wt-sum">Which of ours are affected?</p>
      </div>
      <section class="wt-block" aria-label="Search">
        <Search key={search} search={search} />
      </section>
      {asked.phase === "there" ? (
        <List list={asked.answer} page={page} go={(to) => goTo(addressWith(search, to))} />
      ) : (
        <NotThere asked={asked} />
      )}
    </>
  );
}

function Search({ search }: { search: string }) {
  const [text, setText] = useState(search);
  function submit(event: Event) {
    event.preventDefault();
    const wanted = text.trim();
    // Of one CVE the devices are what is asked for.
    goTo(CVE.test(wanted) ? advisoryAddress(wanted.toUpperCase()) : addressWith(wanted, 0));
  }
  return (
    <form class="wt-filters" aria-label="Advisories" onSubmit={submit}>
      <div class="wt-field wt-field--wide">
        <label for="advisory-search">CVE, advisory, maker or product</label>
        <input
          id="advisory-search"
          class="nhsuk-input"
          type="search"
          autocomplete="off"
          spellcheck={false}
          maxLength={200}
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
      </div>
      <button type="submit" class="nhsuk-button nhsuk-button--small wt-filters__go">
        Search
      </button>
    </form>
  );
}

function List({
  list: { advisories, total },
  page,
  go,
}: {
  list: AdvisoryList;
  page: number;
  go: (page: number) => void;
}) {
  const pager = <Pager of="advisories" page={page} size={ADVISORIES_A_PAGE} total={total} go={go} />;
  return (
    <Block id="advisories" title="Known to this console" count={count(total, "advisory", "advisories")}>
      {total === 0 && (
        <div class="wt-empty">
          <p>
            <strong>No advisory matches.</strong> Newer ones are imported with <code>wardtap knowledge import</code>.
          </p>
        </div>
      )}
      {pager}
      <ul class="wt-finding-list">
        {advisories.map((each) => (
          <li key={each.id} class="wt-group">
            <a class="wt-group__title" href={advisoryAddress(each.id)}>
              <Said text={each.title} max={160} />
            </a>{" "}
            {each.kev && <Tag words="Known to be exploited (KEV)" colour="red" />}
            <div>
              <Verdicts counts={each.affected} />
            </div>
            <p class="wt-quiet">
              <Said text={each.id} max={100} /> · <Said text={each.publisher} max={60} />
              {each.publishedAt !== null && <> · {each.publishedAt}</>} ·{" "}
              {count(each.cves, "vulnerability", "vulnerabilities")}
              {each.worstScore !== null && <>, worst score {each.worstScore.toFixed(1)}</>}
            </p>
          </li>
        ))}
      </ul>
      {pager}
    </Block>
  );
}
