/** All findings: by kind with the number of devices, or one kind's findings, filtered; the address keeps the filters. */
import type { FindingGroup, FindingPage as FindingList } from "../api/shapes-detail.ts";
import { SEVERITIES } from "../severity.ts";
import { useAsked, useChanged } from "./asked.ts";
import { FindingTable } from "./finding-table.tsx";
import { Pager } from "./pager.tsx";
import { Block, NotThere } from "./parts.tsx";
import { addressOf, goTo } from "./route.ts";
import { Said } from "./said.tsx";
import { Select } from "./select.tsx";
import type { PageState } from "./state.ts";
import { Tag } from "./tag.tsx";
import { readable } from "./text.ts";
import { When } from "./when.tsx";
import { count, findingStateWords, STATES, severityTag } from "./words.ts";

const FINDINGS_A_PAGE = 50;
/** The address says "any" where the reader wants all states: without a word only open ones are shown. */
const ANY = "any";

interface Props {
  query: URLSearchParams;
  state: PageState;
  now: number;
}

/** What the console is asked, of what the address says. */
function askedBy(query: URLSearchParams): URLSearchParams {
  const asked = new URLSearchParams();
  for (const name of ["severity", "medical", "tap", "rule"]) {
    const value = query.get(name);
    if (value) asked.set(name, value);
  }
  const state = query.get("state") ?? "open";
  if (state !== ANY) asked.set("state", state);
  return asked;
}

const pageOf = (query: URLSearchParams) => Math.max(0, Math.floor(Number(query.get("page")) || 1) - 1);

function withFilter(query: URLSearchParams, name: string, value: string): string {
  const next = new URLSearchParams(query);
  if (value === "") next.delete(name);
  else next.set(name, value);
  if (name !== "page") next.delete("page");
  const text = next.toString();
  return addressOf(`findings${text && `?${text}`}`);
}

export function FindingsPage({ query, state, now }: Props) {
  const rule = query.get("rule");
  return (
    <>
      <div class="wt-intro">
        <h1 class="nhsuk-heading-l">Findings</h1>
        {rule !== null && (
          <p class="wt-sum">
            <a href={withFilter(query, "rule", "")}>All kinds of findings</a>
          </p>
        )}
      </div>
      <section class="wt-block" aria-label="Filters">
        <Filters query={query} state={state} />
      </section>
      {rule === null ? (
        <Groups query={query} state={state} now={now} />
      ) : (
        <List query={query} state={state} now={now} />
      )}
    </>
  );
}

function Filters({ query, state }: Omit<Props, "now">) {
  const choose = (name: string) => (value: string) => goTo(withFilter(query, name, value), true);
  const taps = [...state.taps.values()].map(({ tapId, name }) => ({
    value: tapId,
    words: readable(name || tapId, 60),
  }));
  return (
    <search class="wt-filters" aria-label="Findings">
      <Select
        id="finding-state"
        label="State"
        value={query.get("state") ?? "open"}
        choices={[...STATES.map((value) => ({ value, words: findingStateWords(value) })), { value: ANY, words: "Any" }]}
        choose={choose("state")}
      />
      <Select
        id="finding-severity"
        label="Severity"
        value={query.get("severity") ?? ""}
        choices={[
          { value: "", words: "Any" },
          ...SEVERITIES.map((value) => ({ value, words: severityTag(value).words })),
        ]}
        choose={choose("severity")}
      />
      <Select
        id="finding-medical"
        label="Devices"
        value={query.get("medical") ?? ""}
        choices={[
          { value: "", words: "All devices" },
          { value: "yes", words: "Medical only" },
          { value: "no", words: "Not medical" },
        ]}
        choose={choose("medical")}
      />
      {taps.length > 1 && (
        <Select
          id="finding-tap"
          label="Tap"
          value={query.get("tap") ?? ""}
          choices={[{ value: "", words: "All taps" }, ...taps]}
          choose={choose("tap")}
        />
      )}
    </search>
  );
}

function Groups({ query, state, now }: Props) {
  const asked = useAsked<FindingGroup[]>(`api/findings/groups?${askedBy(query)}`, state.findings);
  if (asked.phase !== "there") return <NotThere asked={asked} />;
  const groups = asked.answer;
  const findings = groups.reduce((sum, group) => sum + group.findings, 0);
  return (
    <Block id="kinds" title="By kind" count={count(findings, "finding")}>
      {groups.length === 0 && <Nothing />}
      <ul class="wt-finding-list">
        {groups.map((group) => (
          <li key={group.rule} class="wt-group">
            <Tag {...severityTag(group.severity)} />{" "}
            <a class="wt-group__title" href={withFilter(query, "rule", group.rule)}>
              <Said text={group.title || group.rule} max={160} />
            </a>
            <p class="wt-quiet">
              {count(group.findings, "finding")}
              {group.devices > 0 && ` on ${count(group.devices, "device")}`}
              {group.medicalDevices > 0 && `, ${group.medicalDevices.toLocaleString("en-GB")} medical`}
              {group.open < group.findings && ` · ${group.open.toLocaleString("en-GB")} open`} · last seen{" "}
              <When at={group.lastSeenAt} now={now} /> · rule <Said text={group.rule} max={60} />
            </p>
          </li>
        ))}
      </ul>
    </Block>
  );
}

function List({ query, state, now }: Props) {
  const page = pageOf(query);
  const filters = askedBy(query);
  filters.set("from", String(page * FINDINGS_A_PAGE));
  filters.set("limit", String(FINDINGS_A_PAGE));
  const changed = useChanged(state.findings, state.work);
  const asked = useAsked<FindingList>(`api/findings?${filters}`, changed);
  if (asked.phase !== "there") return <NotThere asked={asked} />;
  const { findings, total } = asked.answer;
  const go = (to: number) => goTo(withFilter(query, "page", to === 0 ? "" : String(to + 1)));
  const pager = <Pager of="findings" page={page} size={FINDINGS_A_PAGE} total={total} go={go} />;
  return (
    <Block id="list" title={readable(findings[0]?.title ?? "Findings", 160)} count={count(total, "finding")}>
      {total === 0 && <Nothing />}
      {pager}
      {findings.length > 0 && <FindingTable findings={findings} taps={state.taps} now={now} />}
      {pager}
    </Block>
  );
}

function Nothing() {
  return (
    <div class="wt-empty">
      <p>
        <strong>No finding matches.</strong> Choose another state or severity.
      </p>
    </div>
  );
}
