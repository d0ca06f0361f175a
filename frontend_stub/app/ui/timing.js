/* Work that nobody pressed a button for: once after a burst of calls, and every so often. */
import { useEffect, useRef } from "../../vendor/kit.js";

const SETTLE_MS = 500; // one look for a burst of hints

function useNewest(work) {
  const newest = useRef(work);
  newest.current = work;
  return newest;
}

/** A function that does `work` once, `ms` after the first of a burst of calls; not once the component is gone. */
export function useSettled(work, ms = SETTLE_MS) {
  const newest = useNewest(work);
  const timer = useRef(null);
  useEffect(() => () => clearTimeout(timer.current), []);
  return () => {
    timer.current ??= setTimeout(() => {
      timer.current = null;
      newest.current();
    }, ms);
  };
}

/** Does `work` every `ms` while the page is visible, for what gives no hint; never without `ms`. */
export function usePolling(work, ms) {
  const newest = useNewest(work);
  useEffect(() => {
    if (!ms) return undefined;
    const timer = setInterval(() => document.visibilityState === "visible" && newest.current(), ms);
    return () => clearInterval(timer);
  }, [ms]);
}
