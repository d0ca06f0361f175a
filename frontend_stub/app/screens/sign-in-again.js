/* Showing anew who one is, before something dangerous: one dialog, over whatever asked for it. */
import { html } from "../../vendor/kit.js";
import { signInAgainThroughProvider, signInWithPasskey } from "../doors.js";
import { ApiError } from "../gql.js";
import { canUsePasskeys } from "../passkeys.js";
import { loadSession, session } from "../store.js";
import { Button } from "../ui/button.js";
import { Dialog, useSubmit } from "../ui/dialog.js";
import { InlineError } from "../ui/states.js";
import { LinkCommand } from "./link-remedy.js";

/* Whoever signs in must be who was signed in: nobody goes on with what somebody else began. */
async function afterwards() {
  const error = await loadSession({ quietly: true });
  if (error) throw error;
}

function ByPasskey({ settle, primary }) {
  const { busy, error, submit } = useSubmit(async () => {
    await signInWithPasskey();
    await afterwards();
    settle(true);
  });
  return html`
    <div><${Button} kind=${primary ? "primary" : "plain"} busy=${busy} onClick=${submit}>Use a passkey<//></div>
    <${InlineError} error=${error} />
  `;
}

function ThroughProvider({ primary }) {
  const { busy, error, submit } = useSubmit(() => signInAgainThroughProvider(location.pathname + location.search));
  return html`
    <div><${Button} kind=${primary ? "primary" : "plain"} busy=${busy} onClick=${submit}>Use single sign-on<//></div>
    <p class="field-hint">It leads to your identity provider and back to this page. What you typed is not kept.</p>
    <${InlineError} error=${error} />
  `;
}

function ByLink({ settle }) {
  const { viewer, organization } = session.value;
  const { busy, error, submit } = useSubmit(async () => {
    await afterwards();
    if (!session.value.viewer?.signedInRecently) {
      throw new ApiError("SIGN_IN_AGAIN", "You have not signed in anew yet. Open the link in another tab first.");
    }
    settle(true);
  });
  return html`
    <p>Whoever runs this server can make you a new sign-in link:</p>
    <${LinkCommand} handle=${organization.handle} email=${viewer.member.email} />
    <p>Open the link in another tab of this browser, then go on here.</p>
    <${InlineError} error=${error} />
    <div><${Button} busy=${busy} onClick=${submit}>I have signed in by a link<//></div>
  `;
}

/* The operator makes links for admins only. */
function WithoutPasskeyAndProvider({ settle, only }) {
  const admin = session.value.viewer.member?.role === "ADMIN";
  if (only && admin) return html`<${ByLink} settle=${settle} />`;
  if (only) {
    return html`
      <p>
        You have neither a passkey nor an account at the identity provider to show it with. An admin can remove you and
        invite you anew.
      </p>
    `;
  }
  return admin && html`
    <details class="no-way-in">
      <summary>By a new link instead</summary>
      <div class="stack"><${ByLink} settle=${settle} /></div>
    </details>
  `;
}

/** Asks for a sign-in of this moment; `settle(done)` lets what waits for it go on, or gives it up. */
export function SignInAgain({ settle }) {
  const { passkeys, ssoIdentity } = session.value.viewer;
  const passkey = canUsePasskeys() && passkeys?.length > 0;
  return html`
    <${Dialog} title="Sign in again" onClose=${() => settle(false)}>
      <div class="dialog-body">
        <p>For this you must have signed in within the last 10 minutes. Show that it is still you; then it goes on.</p>
        ${passkey && html`<${ByPasskey} settle=${settle} primary />`}
        ${ssoIdentity && html`<${ThroughProvider} primary=${!passkey} />`}
        <${WithoutPasskeyAndProvider} settle=${settle} only=${!passkey && !ssoIdentity} />
        <div class="dialog-actions"><${Button} onClick=${() => settle(false)}>Cancel<//></div>
      </div>
    <//>
  `;
}
