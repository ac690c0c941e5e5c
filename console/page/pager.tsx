/** "Showing 1 to 50 of 5,000", with buttons to the pages around. */
export function Pager(props: { of: string; page: number; size: number; total: number; go: (page: number) => void }) {
  const { of, page, size, total, go } = props;
  const pages = Math.ceil(total / size);
  const from = page * size + 1;
  const to = Math.min(total, from + size - 1);
  const number = (value: number) => value.toLocaleString("en-GB");
  const button = (words: string, target: number, place = "") => (
    <button
      type="button"
      class={`nhsuk-button nhsuk-button--secondary nhsuk-button--small ${place}`}
      disabled={target < 0 || target >= pages || target === page}
      onClick={() => go(target)}
    >
      {words}
      <span class="nhsuk-u-visually-hidden"> page of {of}</span>
    </button>
  );
  if (pages < 2) return null;
  return (
    <nav class="wt-pager" aria-label={`Pages of ${of}`}>
      {button("First", 0, "wt-pager__button--end")}
      {button("Previous", page - 1)}
      <span>
        {number(from)} to {number(to)} of {number(total)}
      </span>
      {button("Next", page + 1)}
      {button("Last", pages - 1, "wt-pager__button--end")}
    </nav>
  );
}
