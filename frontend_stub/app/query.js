/* Reading from a component: the data of one operation, kept while the next page loads. */
import { useEffect, useState } from "../vendor/kit.js";
import { run } from "./gql.js";
import { returns } from "./reach.js";

/** The codes of errors after which what was read is not the viewer's any more. */
export const GONE = new Set(["FORBIDDEN", "NOT_FOUND", "UNAUTHENTICATED"]);

const UNREAD = { data: null, error: null, stale: null, loading: true, of: null };

/* What cannot be read anew stays on display; only what may not be read any more goes. */
function failed(before, error, key) {
  if (before.data && before.of === key && !GONE.has(error.code)) return { ...before, loading: false, stale: error };
  return { ...UNREAD, loading: false, error };
}

/** `{data, error, stale, loading, of, reload}` of an operation; it runs again when its variables change, or when
  Rollbook is back.

  `error` stands in the place of the data. `stale` tells, beside data, why these could not be read anew: see `Stale`.
  `of` is the JSON of the variables to which the data belong. */
export function useQuery(name, variables = {}) {
  const key = JSON.stringify(variables);
  const [attempt, setAttempt] = useState(0);
  const [state, setState] = useState(UNREAD);

  useEffect(() => {
    const controller = new AbortController();
    setState((before) => ({ ...before, error: null, stale: before.of === key ? before.stale : null, loading: true }));
    run(name, JSON.parse(key), { signal: controller.signal }).then(
      (data) => controller.signal.aborted || setState({ ...UNREAD, data, loading: false, of: key }),
      (error) => controller.signal.aborted || setState((before) => failed(before, error, key)),
    );
    return () => controller.abort();
  }, [name, key, attempt, returns.value]);

  return { ...state, reload: () => setAttempt((count) => count + 1) };
}
