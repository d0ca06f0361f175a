/* What can be shown only once, such as a secret: not lost to a single Escape, Back or reload. */
import { useEffect, useState } from "../../vendor/kit.js";
import { stayHere } from "../router.js";

function ask(event) {
  event.preventDefault(); // the browser asks, in words of its own
}

/** `{leaving, setKept, onCancel}` of the dialog that shows it; `shown` says whether it is on display by now.

  The first Escape or Back only sets `leaving`, for the dialog to say what the second one loses. Before a reload, or
  before the tab is closed, the browser asks. All that ends when it is told by `setKept` that the viewer has it. */
export function useShownOnce(shown) {
  const [kept, setKept] = useState(false);
  const [leaving, setLeaving] = useState(false);
  const atRisk = shown && !kept;

  useEffect(() => (atRisk && !leaving ? stayHere(() => setLeaving(true)) : undefined), [atRisk, leaving]);
  useEffect(() => {
    if (!atRisk) return undefined;
    addEventListener("beforeunload", ask);
    return () => removeEventListener("beforeunload", ask);
  }, [atRisk]);

  return {
    leaving: atRisk && leaving,
    setKept,
    onCancel() {
      if (!atRisk || leaving) return true;
      setLeaving(true);
      return false;
    },
  };
}
