/* How the settings keep up: they are read anew when a hint says that something changed, and now and then. */
import { useLive } from "../live.js";
import { useSettled } from "../ui/timing.js";

const WAITING_MS = 2_000; // who waits looks at the page
const PRESENT_MS = 10_000;

/** How often to look for what gives no hint, such as a token's use; `waits` says whether somebody waits for it. */
export function pauseBetweenLooks(waits) {
  return waits ? WAITING_MS : PRESENT_MS;
}

/** Calls `reload` when something of one of the `types` has happened, or may have. */
export function useFresh(types, reload) {
  const settled = useSettled(reload);
  useLive(({ type }) => {
    if (type === "STARTED" || types.includes(type)) settled();
  });
}
