/* Passkeys as the browser offers them (Web Authentication, Level 3: options and answers as JSON). */
import { ApiError } from "./gql.js";

const ADDRESS = /^(\d{1,3}(\.\d{1,3}){3}|\[.*\])$/; // of IPv4 and IPv6: a passkey belongs to a name

/** Whether passkeys work in this browser at this address. */
export function canUsePasskeys() {
  const offered = globalThis.PublicKeyCredential;
  return (
    isSecureContext &&
    !ADDRESS.test(location.hostname) &&
    Boolean(offered?.parseRequestOptionsFromJSON && offered.parseCreationOptionsFromJSON)
  );
}

/* The browser does not tell a refusal from a lack of passkeys, so that no page learns which ones there are. */
async function asked(ask, refusals) {
  let credential = null;
  try {
    credential = await ask();
  } catch (error) {
    throw new ApiError("PASSKEY", refusals[error.name] ?? `The browser could not use a passkey: ${error.message}`);
  }
  if (!credential) throw new ApiError("PASSKEY", refusals.NotAllowedError);
  return credential.toJSON();
}

/** Ask for a passkey that the options of a sign-in allow; what it says. */
export function answerWith(options) {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
  return asked(() => navigator.credentials.get({ publicKey }), {
    NotAllowedError: "No passkey was used. Try again, or sign in another way.",
  });
}

/** Ask for a new passkey; what it says of itself. */
export function createWith(options) {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
  return asked(() => navigator.credentials.create({ publicKey }), {
    InvalidStateError: "This device holds a passkey of yours for Rollbook already.",
    NotAllowedError: "No passkey was made. Try again when you are ready to confirm it on your device.",
  });
}
