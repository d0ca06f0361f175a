/* The doors at /auth: every way in and out. They answer the browser itself, which gets its cookies from them. */
import { ApiError, post, withRecentSignIn } from "./gql.js";
import { answerWith, createWith } from "./passkeys.js";

async function knock(door, body = {}) {
  const { ok, status, body: answer } = await post(`/auth/${door}`, body);
  if (ok && answer) return answer;
  const unreadable = `Rollbook gave an answer that this page cannot read (HTTP ${status}).`;
  const { code = "FAILED", message = unreadable, problem, field } = answer?.error ?? {};
  throw new ApiError(code, message, { problem, path: field ? [field] : null });
}

/** Go to an address outside the screens. Nothing that waits for it goes on: the page is about to be another. */
export function leaveFor(url) {
  location.assign(url);
  return new Promise(() => {});
}

/** The address at which an organization's single sign-on starts; null if the text names none that has it. */
export async function find(text) {
  return (await knock("find", { text })).url;
}

/** What the sign-in page should know: `{isSetUp, organization}`, the latter the name of whose invitation `token` is. */
export function welcome(token) {
  return knock("welcome", token ? { token } : {});
}

/** Trade a one-time link for a session. Its answer has a `url` if the way leads through the identity provider. */
export function redeem(token) {
  return knock("redeem", { token });
}

/** Make the first organization and its admin. */
export function setUp(details) {
  return knock("setup", details);
}

/** End the session; the address at which to sign out of the identity provider too, or null. */
export async function signOut() {
  return (await knock("sign-out")).providerUrl ?? null;
}

/** Sign in with a passkey, which the browser asks the person for. */
export async function signInWithPasskey() {
  const { options } = await knock("passkeys/options");
  return knock("passkeys/sign-in", { credential: await answerWith(options) });
}

/** Make a passkey for who is signed in. */
export function registerPasskey(name) {
  return withRecentSignIn(async () => {
    const { options } = await knock("passkeys/register/options");
    return knock("passkeys/register", { credential: await createWith(options), name });
  });
}

/** Leave for the identity provider, to show anew who one is and come back to the path `next`. */
export async function signInAgainThroughProvider(next) {
  return leaveFor((await knock("sso/again", { next })).url);
}

/** Leave for the identity provider, to sign in through it from then on. */
export function connectIdentity(next) {
  return withRecentSignIn(async () => leaveFor((await knock("sso/link", { next })).url));
}
