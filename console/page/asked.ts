/** Asks the console for what a page shows, again when something changed, and keeps the last answer meanwhile. */
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { addressOf } from "./route.ts";

const TIMEOUT_MS = 15_000;
/** A ward is never quiet: what is shown is asked for again at most so often. */
const AGAIN_MS = 1500;

export type Asked<Answer> =
  | { phase: "asking" }
  | { phase: "there"; answer: Answer }
  | { phase: "missing"; message: string }
  | { phase: "trouble"; message: string };

const TROUBLE = "The console doesn’t answer. This page asks again by itself.";

/** `path` below the console's root; `changed`: asked again when it is another value. */
export function useAsked<Answer>(path: string, changed: unknown): Asked<Answer> {
  const [asked, setAsked] = useState<{ path: string; state: Asked<Answer> }>({ path, state: { phase: "asking" } });
  const askedAt = useRef({ path: "", at: 0 });
  useEffect(() => {
    const stop = new AbortController();
    const isSame = askedAt.current.path === path;
    const wait = isSame ? Math.max(0, askedAt.current.at + AGAIN_MS - Date.now()) : 0;
    const timer = setTimeout(async () => {
      askedAt.current = { path, at: Date.now() };
      const state = await fetchFrom<Answer>(path, stop.signal);
      // Trouble doesn't take away what is shown already.
      if (!stop.signal.aborted)
        setAsked((before) =>
          state.phase === "trouble" && before.path === path && before.state.phase === "there"
            ? before
            : { path, state },
        );
    }, wait);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [path, changed]);
  return asked.path === path ? asked.state : { phase: "asking" };
}

/** A value that is another whenever one of two is. */
export function useChanged(one: unknown, other: unknown): unknown {
  return useMemo(() => ({}), [one, other]);
}

async function fetchFrom<Answer>(path: string, leave: AbortSignal): Promise<Asked<Answer>> {
  try {
    const signal = AbortSignal.any([leave, AbortSignal.timeout(TIMEOUT_MS)]);
    const response = await fetch(addressOf(path), { signal, cache: "no-store" });
    const body = (await response.json()) as Answer & { message?: string };
    if (response.ok) return { phase: "there", answer: body };
    const phase = response.status < 500 ? "missing" : "trouble";
    return { phase, message: body.message ?? TROUBLE };
  } catch {
    return { phase: "trouble", message: TROUBLE };
  }
}

/** Sends something to be done; gives the console's answer or a sentence. */
export async function send<Answer>(
  method: "POST" | "DELETE",
  path: string,
  body?: object,
): Promise<{ answer: Answer } | { problem: string }> {
  try {
    const response = await fetch(addressOf(path), {
      method,
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...(body ? { headers: { "content-type": "application/json" }, body: JSON.stringify(body) } : {}),
    });
    const said = (await response.json()) as Answer & { message?: string };
    return response.ok ? { answer: said } : { problem: said.message ?? "The console refused it." };
  } catch {
    return { problem: "The console doesn’t answer. Nothing was lost: try again, it will be done once." };
  }
}
