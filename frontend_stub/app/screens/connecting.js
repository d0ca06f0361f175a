/* Connecting one's account at the identity provider: away, back, and a word that says which account it is. */
import { useEffect } from "../../vendor/kit.js";
import { connectIdentity } from "../doors.js";
import { announce, session } from "../store.js";

const UNDER_WAY = "rollbook-connecting"; // of this tab, until it is back

/** Leave for the identity provider, to sign in through it from then on, and come back to the path `next`. */
export function connect(next) {
  sessionStorage.setItem(UNDER_WAY, "yes");
  return connectIdentity(next);
}

/** Says once, to who is back, which account is connected now. */
export function useConnected() {
  useEffect(() => {
    const wasUnderWay = sessionStorage.getItem(UNDER_WAY) !== null;
    sessionStorage.removeItem(UNDER_WAY);
    const { ssoIdentity } = session.value.viewer;
    if (wasUnderWay && ssoIdentity) announce(`Connected to ${ssoIdentity.subject} at ${ssoIdentity.issuer}.`);
  }, []);
}
