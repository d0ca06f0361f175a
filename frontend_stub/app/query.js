/* Reading from a component: the data of one operation, kept while the next page loads. */
import { useEffect, useState } from "../vendor/kit.js";
import { run } from "./gql.js";

/** `{data, error, loading, reload}` of an operation; runs again when its variables change. */
export function useQuery(name, variables = {}) {
  const key = JSON.stringify(variables);
  const [attempt, setAttempt] = useState(0);
  const [state, setState] = useState({ data: null, error: null, loading: true });

  useEffect(() => {
    const controller = new AbortController();
    setState((before) => ({ ...before, error: null, loading: true }));
    run(name, JSON.parse(key), { signal: controller.signal }).then(
      (data) => controller.signal.aborted || setState({ data, error: null, loading: false }),
      (error) => controller.signal.aborted || setState({ data: null, error, loading: false }),
    );
    return () => controller.abort();
  }, [name, key, attempt]);

  return { ...state, reload: () => setAttempt((count) => count + 1) };
}
