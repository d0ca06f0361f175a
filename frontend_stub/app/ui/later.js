/* Parts of a screen that are fetched when somebody needs them, so that its first paint waits for less. */
import { html, useEffect, useState } from "../../vendor/kit.js";
import { announce } from "../store.js";

/** The component that `load` fetches, with the other properties; `onClose` is called if it does not arrive. */
export function Later({ load, onClose, ...rest }) {
  const [Content, setContent] = useState(null);
  useEffect(() => {
    load().then(
      (fetched) => setContent(() => fetched),
      () => {
        announce("A part of this page did not arrive. Check your connection, then try again.");
        onClose();
      },
    );
  }, []);
  return Content && html`<${Content} onClose=${onClose} ...${rest} />`;
}

/** Fetch them while nobody waits. */
export function useAhead(loads) {
  useEffect(() => {
    const timer = setTimeout(() => loads.forEach((load) => load().catch(() => {})), 1_000);
    return () => clearTimeout(timer);
  }, []);
}
