/* Reading from a component: the data of one operation, kept while the next page loads. */
import { useEffect, useState } from "../vendor/kit.js";
import { run } from "./gql.js";
import { returns } from "./reach.js";

/* While Rollbook does not answer, what is on display stays there, and the shell says how things are. */
function failed(before, error, key) {
  if (error.code === "UNREACHABLE" && before.data && before.of === key) return { ...before, loading: false };
  return { data: null, error, loading: false, of: null };
}

/** `{data, error, loading, reload}` of an operation; runs again when its variables change or Rollbook is back. */
export function useQuery(name, variables = {}) {
  const key = JSON.stringify(variables);
  const [attempt, setAttempt] = useState(0);
  const [state, setState] = useState({ data: null, error: null, loading: true, of: null });

  useEffect(() => {
    const controller = new AbortController();
    setState((before) => ({ ...before, error: null, loading: true }));
    run(name, JSON.parse(key), { signal: controller.signal }).then(
      (data) => controller.signal.aborted || setState({ data, error: null, loading: false, of: key }),
      (error) => controller.signal.aborted || setState((before) => failed(before, error, key)),
    );
    return () => controller.abort();
  }, [name, key, attempt, returns.value]);

  return { ...state, reload: () => setAttempt((count) => count + 1) };
}
