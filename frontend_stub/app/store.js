/* What every screen shares: who is signed in, what waits for them to show it anew, and the messages that came up. */
import { signal } from "../vendor/kit.js";
import { ApiError, onDenied, onSignInAgain, run } from "./gql.js";

const TOAST_MS = 6000;
let nextToastId = 0;

/** `{status, viewer, organization, error, reason, providerUrl}`; status is loading, signed-in, leaving,
  signed-out or failed.

  `reason` tells why nobody is signed in: `ended` (a session was over), `left` (they signed out) or `new`. */
export const session = signal({ status: "loading" });

/** `{settle}` while something waits for the viewer to show anew who they are; null otherwise. */
export const waiting = signal(null);

/** Short messages on display, oldest first. */
export const toasts = signal([]);

let shown = null; // the promise of the answer to `waiting`, which everything that waits shares

onSignInAgain(() => {
  shown ??= new Promise((resolve) => {
    waiting.value = {
      settle(done) {
        shown = null;
        waiting.value = null;
        setTimeout(() => resolve(done)); // once the dialog is gone and the focus is back where it was
      },
    };
  });
  return shown;
});

onDenied((code) => {
  const { status } = session.value;
  // The answer to something asked before; why nobody is signed in, or soon will not be, is known.
  if (status === "leaving" || status === "signed-out") return;
  if (waiting.value) return; // the session is about to be another, and then all is asked anew
  if (code === "UNAUTHENTICATED") signedOut(status === "signed-in" ? "ended" : "new");
  else if (status === "signed-in") loadSession({ quietly: true }); // the permissions may have changed, or the session
});

/** Note that nobody is signed in, and why. What waited for the viewer waits no more. */
export function signedOut(reason, providerUrl = null) {
  session.value = { status: "signed-out", reason, providerUrl };
  waiting.value?.settle(false);
}

function isSomebodyElse(viewer, organization) {
  const { status, viewer: before, organization: place } = session.value;
  return status === "signed-in" && (viewer.member?.id !== before.member?.id || organization.id !== place.id);
}

/** Ask Rollbook who is signed in; resolves to the error if that did not work. `quietly`: for a page that works already,
  which no failure takes away.

  What one person has on display never becomes another's by itself: then the page begins anew. */
export async function loadSession({ quietly = false } = {}) {
  try {
    const { viewer, organization } = await run("Session");
    if (session.value.status === "leaving") return null; // asked before they pressed Sign out
    if (quietly && isSomebodyElse(viewer, organization)) {
      location.reload();
      return new ApiError("SOMEBODY_ELSE", "Somebody else is signed in now.");
    }
    session.value = { status: "signed-in", viewer, organization };
    return null;
  } catch (error) {
    if (error.code !== "UNAUTHENTICATED" && !quietly) session.value = { status: "failed", error };
    return error;
  }
}

/** Whether the viewer holds a permission; only for what to show, Rollbook checks every call itself. */
export function can(permission) {
  return session.value.viewer?.permissions.includes(permission) ?? false;
}

/** Whether the viewer has a way to come back that they hold themselves: a passkey, or the identity provider. */
export function canComeBack() {
  const { passkeys, ssoIdentity } = session.value.viewer;
  return passkeys?.length > 0 || Boolean(ssoIdentity);
}

/** Show a short message and let screen readers say it. */
export function announce(text) {
  const toast = { id: (nextToastId += 1), text };
  toasts.value = [...toasts.value, toast];
  setTimeout(() => {
    toasts.value = toasts.value.filter((other) => other !== toast);
  }, TOAST_MS);
}
