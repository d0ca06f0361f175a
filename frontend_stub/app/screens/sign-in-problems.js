/* Why somebody could not sign in: what happened and what to do, for each problem that Rollbook names. */

/** What the handle of an organization looks like. */
export const HANDLE = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const REQUEST_ID = /^[0-9a-f-]{36}$/;

/** By problem: `title` and `text` say what happened, `remedy` what to do; `again`: another try may go better. */
export const PROBLEMS = {
  access_ended: {
    title: "You have no access any more",
    text: "Your organization has deactivated or removed your membership.",
    remedy: "If that is a mistake, ask an admin of your organization, or whoever assigns applications to people in " +
      "your identity provider.",
  },
  attempt_expired: {
    title: "This sign-in cannot be finished any more",
    text: "It took longer than 10 minutes, another tab has begun a new one, or it was finished already.",
    remedy: "Begin a new one. If that does not help, open Rollbook at its usual address, and let it set cookies.",
    again: true,
  },
  cancelled: {
    title: "You were not signed in",
    text: "You, or your identity provider, said no.",
    remedy: "If you wanted to sign in, ask whoever runs your identity provider whether Rollbook is assigned to you.",
    again: true,
  },
  email_not_verified: {
    title: "Your e-mail address is not verified",
    text: "Your identity provider does not say that the address is verified, so Rollbook cannot tell that it is yours.",
    remedy: "Verify your address there, then sign in again. For an admin of Entra ID: the application needs the " +
      "optional claims email and xms_edov.",
    again: true,
  },
  no_role: {
    title: "You have no role",
    text: "You are a member of this organization, but you hold no role in it.",
    remedy: "Ask an admin of your organization for one.",
  },
  no_sso: {
    title: "There is no single sign-on here",
    text: "No organization of this name signs in through an identity provider, or it does so through another one.",
    remedy: "Check the name, or sign in another way.",
  },
  not_a_member: {
    title: "You are not a member",
    text: "Your identity provider knows you, but nobody has added you to this organization.",
    remedy: "Ask an admin to assign Rollbook to you in the identity provider, or to invite you.",
  },
  not_linked: {
    title: "Your account is not connected",
    text: "A member has your e-mail address, but nothing proves to Rollbook that this is you.",
    remedy: "Sign in with your passkey, or by a link from whoever runs this server, and connect single sign-on under " +
      "Account. Or ask an admin to prove the domain of your address under Authentication.",
  },
  other_identity: {
    title: "This is another account than before",
    text: "The member with your e-mail address signs in as a different account of this identity provider.",
    remedy: "Sign in as that account. If it is gone, ask an admin to disconnect it from you, in the list of members.",
    again: true,
  },
  provider_failed: {
    title: "Your identity provider did not answer well",
    text: "It could not be reached, or its answer was not one that Rollbook can accept.",
    remedy: "Try again in a moment. If it stays so, an admin can find out why by testing the connection under " +
      "Authentication.",
    again: true,
  },
  sso_required: {
    title: "Your organization requires single sign-on",
    text: "Nobody signs in here but through the identity provider.",
    remedy: "Sign in through it. An admin who is locked out can use a passkey, or a link from whoever runs this " +
      "server.",
    again: true,
  },
  step_up_failed: {
    title: "Your identity provider did not ask who you are",
    text: "For this Rollbook needs a sign-in of this moment. The identity provider did not ask for one, or does not " +
      "say when it did.",
    remedy: "Sign in with a passkey, or by a new link from whoever runs this server.",
  },
};

const UNKNOWN = {
  title: "You were not signed in",
  text: "Rollbook refused this sign-in.",
  remedy: "Try again. If it stays so, ask an admin of your organization.",
  again: true,
};

/** The texts of a problem; a newer one than this page knows has texts too. */
export function explain(problem) {
  return Object.hasOwn(PROBLEMS, problem) ? PROBLEMS[problem] : UNKNOWN;
}

/** The address at which an organization's single sign-on starts. */
export function startOf(handle, next) {
  const query = next ? `?${new URLSearchParams({ next })}` : "";
  return `/auth/sso/${encodeURIComponent(handle)}/start${query}`;
}

/** `{problem, handle, requestId}` that a failed sign-in left in the address; null if none did. Anyone can write an
  address, so only what looks like a handle and a request id is taken for one. */
export function problemInAddress() {
  const query = new URLSearchParams(location.search);
  const [problem, handle, requestId] = ["problem", "organization", "request"].map((name) => query.get(name) ?? "");
  if (!problem) return null;
  return {
    problem,
    handle: HANDLE.test(handle) ? handle : null,
    requestId: REQUEST_ID.test(requestId) ? requestId : null,
  };
}
