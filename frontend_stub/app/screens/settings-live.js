/* How the settings keep up: they are read anew when a hint says that something changed, and now and then. */
import { useEffect, useRef } from "../../vendor/kit.js";
import { useLive } from "../live.js";

const SETTLE_MS = 500; // one look for a burst of hints

/** Calls `reload` when something of one of the `types` has happened, or may have. */
export function useFresh(types, reload) {
  const newest = useRef(reload);
  newest.current = reload;
  const timer = useRef(null);
  useEffect(() => () => clearTimeout(timer.current), []);
  useLive(({ type }) => {
    if (type !== "STARTED" && !types.includes(type)) return;
    timer.current ??= setTimeout(() => {
      timer.current = null;
      newest.current();
    }, SETTLE_MS);
  });
}

/** Calls `reload` every so often while the page is visible, for what gives no hint; never if `ms` is null. */
export function usePolling(ms, reload) {
  const newest = useRef(reload);
  newest.current = reload;
  useEffect(() => {
    if (ms === null) return undefined;
    const timer = setInterval(() => document.visibilityState === "visible" && newest.current(), ms);
    return () => clearInterval(timer);
  }, [ms]);
}
