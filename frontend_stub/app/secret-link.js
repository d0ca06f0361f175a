/* One-time links: their secret is in the fragment of the address, which reaches no server log and no previewer. */
import { useEffect, useState } from "../vendor/kit.js";

/** A secret of one of these kinds in the address of this screen; null if there is none, or it was taken. */
export function secretInAddress(screen, kinds) {
  const secret = location.hash.slice(1);
  return location.pathname === screen && kinds.some((kind) => secret.startsWith(`rollbook_${kind}_`)) ? secret : null;
}

function take(screen, kinds) {
  const secret = secretInAddress(screen, kinds);
  if (secret) history.replaceState(null, "", location.pathname); // out of the address bar and of any screenshot
  return secret;
}

/** The secret in the address, taken out of it; a new link in the same tab replaces it. */
export function useSecret(screen, kinds) {
  const [secret, setSecret] = useState(() => take(screen, kinds));
  useEffect(() => {
    const onHashChange = () => setSecret((before) => take(screen, kinds) ?? before);
    addEventListener("hashchange", onHashChange);
    return () => removeEventListener("hashchange", onHashChange);
  }, []);
  return secret;
}
