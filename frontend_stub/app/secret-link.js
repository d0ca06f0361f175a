/* One-time links: their secret is in the fragment of the address, which reaches no server log and no previewer. */
import { useEffect, useState } from "../vendor/kit.js";

const KINDS = { "/setup": ["setup"], "/sign-in": ["invite", "link"] };

/** The secret of a link to this screen in the address; null if there is none, or it was taken. */
export function secretInAddress(screen) {
  const secret = location.hash.slice(1);
  const known = KINDS[screen]?.some((kind) => secret.startsWith(`rollbook_${kind}_`));
  return location.pathname === screen && known ? secret : null;
}

function take(screen) {
  const secret = secretInAddress(screen);
  if (secret) history.replaceState(null, "", location.pathname); // out of the address bar and of any screenshot
  return secret;
}

/** The secret in the address, taken out of it; a new link in the same tab replaces it. */
export function useSecret(screen) {
  const [secret, setSecret] = useState(() => take(screen));
  useEffect(() => {
    const onHashChange = () => setSecret((before) => take(screen) ?? before);
    onHashChange(); // a link may have come before anybody listened
    addEventListener("hashchange", onHashChange);
    return () => removeEventListener("hashchange", onHashChange);
  }, []);
  return secret;
}
