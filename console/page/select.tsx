/** A labelled choice among a few words. */
export interface Choice {
  value: string;
  words: string;
}

export function Select(props: {
  id: string;
  label: string;
  value: string;
  choices: Choice[];
  choose: (value: string) => void;
  class?: string;
}) {
  const { id, label, value, choices, choose } = props;
  return (
    <div class={`wt-field ${props.class ?? ""}`}>
      <label for={id}>{label}</label>
      <select id={id} class="nhsuk-select" value={value} onChange={(event) => choose(event.currentTarget.value)}>
        {choices.map((choice) => (
          <option key={choice.value} value={choice.value}>
            {choice.words}
          </option>
        ))}
      </select>
    </div>
  );
}
