/** Search box and filters above the device table. */
import type { TapView } from "../api/shapes.ts";
import { type Filter, NO_FILTER, type Order, SORTS, type SortBy, startsDescending } from "./device-list.ts";
import { Select } from "./select.tsx";
import { readable } from "./text.ts";

interface Props {
  filter: Filter;
  setFilter: (filter: Filter) => void;
  order: Order;
  setOrder: (order: Order) => void;
  classes: { class: string; words: string; count: number }[];
  taps: ReadonlyMap<string, TapView>;
}

export function DeviceFilters({ filter, setFilter, order, setOrder, classes, taps }: Props) {
  const set = (change: Partial<Filter>) => setFilter({ ...filter, ...change });
  const classChoices = classes.map(({ class: value, words, count }) => ({
    value,
    words: `${readable(words, 60)} (${count})`,
  }));
  const tapChoices = [...taps.values()].map(({ tapId, name }) => ({
    value: tapId,
    words: readable(name || tapId, 60),
  }));
  const changed = Object.entries(NO_FILTER).some(([key, value]) => filter[key as keyof Filter] !== value);
  return (
    <search class="wt-filters" aria-label="Devices">
      <div class="wt-field wt-field--wide">
        <label for="device-search">Search</label>
        <input
          id="device-search"
          class="nhsuk-input"
          type="search"
          autocomplete="off"
          spellcheck={false}
          placeholder="Name, maker, model, address …"
          value={filter.search}
          onInput={(event) => set({ search: event.currentTarget.value })}
        />
      </div>
      <Select
        id="device-medical"
        label="Medical"
        value={filter.medical}
        choices={[
          { value: "", words: "All devices" },
          { value: "yes", words: "Medical only" },
          { value: "no", words: "Not medical" },
        ]}
        choose={(value) => set({ medical: value as Filter["medical"] })}
      />
      <Select
        id="device-class"
        label="What it is"
        value={filter.class}
        choices={[{ value: "", words: "Anything" }, ...classChoices]}
        choose={(value) => set({ class: value })}
      />
      <Select
        id="device-findings"
        label="Findings"
        value={filter.findings}
        choices={[
          { value: "", words: "With or without" },
          { value: "open", words: "With open findings" },
        ]}
        choose={(value) => set({ findings: value as Filter["findings"] })}
      />
      {taps.size > 1 && (
        <Select
          id="device-tap"
          label="Tap"
          value={filter.tapId}
          choices={[{ value: "", words: "All taps" }, ...tapChoices]}
          choose={(value) => set({ tapId: value })}
        />
      )}
      <Select
        id="device-sort"
        label="Sort by"
        class="wt-field--sort"
        value={order.by}
        choices={Object.entries(SORTS).map(([value, words]) => ({ value, words }))}
        choose={(value) => setOrder({ by: value as SortBy, descending: startsDescending(value as SortBy) })}
      />
      {changed && (
        <button type="button" class="wt-text-button" onClick={() => setFilter(NO_FILTER)}>
          Clear filters
        </button>
      )}
    </search>
  );
}
