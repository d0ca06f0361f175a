/* What every screen shares: who is signed in, and the messages that just came up. */
import { signal } from "../vendor/kit.js";
import { ApiError, onDenied, post, run } from "./gql.js";

const TOAST_MS = 6000;
let nextToastId = 0;

/** `{status, viewer, organization, error}`; status is loading, signed-in, signed-out or failed. */
export const session = signal({ status: "loading" });

/** Short messages on display, oldest first. */
export const toasts = signal([]);

onDenied((code) => {
  const signedIn = session.value.status === "signed-in";
  if (code === "UNAUTHENTICATED") session.value = { status: "signed-out", ended: signedIn };
  else if (signedIn) loadSession(); // the permissions have changed since they were read
});

/** Ask Rollbook who is signed in. */
export async function loadSession() {
  try {
    const { viewer, organization } = await run("Session");
    session.value = { status: "signed-in", viewer, organization };
  } catch (error) {
    if (error.code !== "UNAUTHENTICATED") session.value = { status: "failed", error };
  }
}

/** Trade a one-time link for a session; throws an ApiError if the link was used or has expired. */
export async function redeem(token) {
  const { ok, body } = await post("/auth/redeem", { token });
  if (ok) return loadSession();
  const { code = "FAILED", message = "This link did not work." } = body?.error ?? {};
  throw new ApiError(code, message);
}

/** End the session. */
export async function signOut() {
  await post("/auth/sign-out", {});
  session.value = { status: "signed-out", ended: false };
}

/** Whether the viewer holds a permission; only for what to show, Rollbook checks every call itself. */
export function can(permission) {
  return session.value.viewer?.permissions.includes(permission) ?? false;
}

/** Show a short message and let screen readers say it. */
export function announce(text) {
  const toast = { id: (nextToastId += 1), text };
  toasts.value = [...toasts.value, toast];
  setTimeout(() => {
    toasts.value = toasts.value.filter((other) => other !== toast);
  }, TOAST_MS);
}
