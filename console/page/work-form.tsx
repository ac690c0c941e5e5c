/** The form that asks for something to be done with a finding: what, why, and who asks. */
import { useRef, useState } from "preact/hooks";
import type { FindingAction, WorkRequest, WorkView } from "../api/shapes-detail.ts";
import { send } from "./asked.ts";
import { actionWords } from "./words.ts";

const MAX_TEXT = 1000;
const MAX_NAME = 120;
/** There are no accounts: the browser remembers what its reader calls themselves. */
const NAME_KEY = "wardtap.name";

const HINTS: Record<FindingAction, string> = {
  acknowledge: "Somebody has seen it and works on it.",
  accept:
    "It stays as it is for now, fenced in by something else. It comes back when the review date passes or more is seen.",
  resolve: "It has been dealt with. It comes back when it is seen again.",
  "false-alarm": "It isn’t so on this device. Other evidence brings it back.",
  reopen: "It counts as open again: this undoes what was done before.",
};

type Field = "reason" | "control" | "owner" | "reviewAt" | "by";
const LABELS: Record<Field, string> = {
  reason: "Why",
  control: "What is done instead",
  owner: "Who answers for it",
  reviewAt: "Until when (review date)",
  by: "Your name",
};
/** `required` ones carry no bracket. */
const FIELDS: Record<FindingAction, { field: Field; required: boolean }[]> = {
  acknowledge: [{ field: "reason", required: false }],
  accept: (["reason", "control", "owner", "reviewAt"] as const).map((field) => ({ field, required: true })),
  resolve: [{ field: "reason", required: true }],
  "false-alarm": [{ field: "reason", required: true }],
  reopen: [{ field: "reason", required: false }],
};

function rememberedName(): string {
  try {
    return localStorage.getItem(NAME_KEY) ?? "";
  } catch {
    return "";
  }
}
function rememberName(name: string): void {
  try {
    localStorage.setItem(NAME_KEY, name);
  } catch {
    // A browser that keeps nothing asks again.
  }
}

export function WorkForm({ registerId, actions }: { registerId: string; actions: FindingAction[] }) {
  const [action, setAction] = useState<FindingAction | undefined>(actions.length === 1 ? actions[0] : undefined);
  const [said, setSaid] = useState<Partial<Record<Field, string>>>({ by: rememberedName() });
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  /** Stays while the same thing is asked: sent twice, it is done once. */
  const id = useRef(crypto.randomUUID());

  async function submit(event: Event) {
    event.preventDefault();
    if (action === undefined || busy) return;
    const fields = [...FIELDS[action], { field: "by" as const, required: true }];
    const missing = fields.find(({ field, required }) => required && !said[field]?.trim());
    if (missing) return setProblem(`“${LABELS[missing.field]}” is needed.`);
    rememberName(said.by ?? "");
    const given = fields.filter(({ field }) => said[field]?.trim()).map(({ field }) => [field, said[field]]);
    const work = { id: id.current, action, ...Object.fromEntries(given) } as WorkRequest;
    setBusy(true);
    const answer = await send<WorkView>("POST", `api/findings/${encodeURIComponent(registerId)}/work`, work);
    setBusy(false);
    // When it is taken, the page learns of it by the feed and begins a new form.
    setProblem("problem" in answer ? answer.problem : "");
  }
  const choose = (next: FindingAction) => {
    setAction(next);
    setProblem("");
    id.current = crypto.randomUUID();
  };

  return (
    <form class="wt-form" aria-labelledby="work-heading" noValidate onSubmit={submit}>
      <fieldset class="wt-choices">
        <legend>What shall be done?</legend>
        {actions.map((each) => (
          <label key={each} class="wt-toggle">
            <input type="radio" name="action" checked={action === each} onChange={() => choose(each)} />
            <span>{actionWords(each)}</span>
          </label>
        ))}
      </fieldset>
      {action !== undefined && (
        <>
          <p class="wt-quiet">{HINTS[action]}</p>
          {[...FIELDS[action], { field: "by" as const, required: true }].map(({ field, required }) => (
            <Input
              key={field}
              field={field}
              required={required}
              value={said[field] ?? ""}
              set={(value) => {
                setSaid({ ...said, [field]: value });
                setProblem("");
              }}
            />
          ))}
          {problem !== "" && (
            <p class="wt-note wt-note--bad" role="alert">
              {problem}
            </p>
          )}
          <button type="submit" class="nhsuk-button nhsuk-button--small" disabled={busy}>
            {actionWords(action)}
          </button>
        </>
      )}
    </form>
  );
}

function Input(props: { field: Field; required: boolean; value: string; set: (value: string) => void }) {
  const { field, required, value, set } = props;
  const id = `work-${field}`;
  const shared = { id, value, required, autocomplete: "off", "aria-required": required };
  const isLong = field === "reason" || field === "control";
  return (
    <div class="wt-field wt-field--form">
      <label for={id}>
        {LABELS[field]}
        {!required && " (if you like)"}
      </label>
      {isLong ? (
        <textarea
          {...shared}
          class="nhsuk-textarea"
          rows={2}
          maxLength={MAX_TEXT}
          onInput={(event) => set(event.currentTarget.value)}
        />
      ) : (
        <input
          {...shared}
          class="nhsuk-input"
          type={field === "reviewAt" ? "date" : "text"}
          maxLength={MAX_NAME}
          onInput={(event) => set(event.currentTarget.value)}
        />
      )}
    </div>
  );
}
