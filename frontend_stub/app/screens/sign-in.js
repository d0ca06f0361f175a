/* Every way in: single sign-on, a passkey, a one-time link. */
import { html, useEffect, useState } from "../../vendor/kit.js";
import { find, leaveFor, signInWithPasskey, welcome } from "../doors.js";
import { ApiError } from "../gql.js";
import { canUsePasskeys } from "../passkeys.js";
import { destination, navigate } from "../router.js";
import { useSecret } from "../secret-link.js";
import { loadSession, session } from "../store.js";
import { Button } from "../ui/button.js";
import { useSubmit } from "../ui/dialog.js";
import { TextField } from "../ui/field.js";
import { InlineError } from "../ui/states.js";
import { HowToGetALink } from "./link-remedy.js";
import { Redeem } from "./redeem.js";
import { Problem } from "./sign-in-problem.js";
import { problemInAddress } from "./sign-in-problems.js";
import { Switch, leadsElsewhere, switchInAddress } from "./sign-in-switch.js";

const NOBODY = "No organization with single sign-on goes by that. Check the spelling, or sign in another way.";

function SingleSignOn() {
  const [text, setText] = useState("");
  const { busy, error, submit } = useSubmit(async () => {
    const found = await find(text.trim());
    if (!found) throw new ApiError("NO_SSO", NOBODY);
    const url = new URL(found, location.origin);
    url.searchParams.set("next", destination());
    await leaveFor(url);
  });
  const unknown = error?.code === "NO_SSO";
  return html`
    <form class="stack" onSubmit=${submit}>
      <${TextField} label="E-mail address or organization" required maxlength="254" autocomplete="username"
        autocapitalize="none" spellcheck=${false} value=${text} onInput=${setText}
        error=${unknown && error.message} />
      <${InlineError} error=${unknown ? null : error} />
      <${Button} type="submit" kind="primary" busy=${busy}>Continue<//>
    </form>
  `;
}

function PasskeySignIn() {
  const { busy, error, submit } = useSubmit(async () => {
    await signInWithPasskey();
    await loadSession();
    navigate(destination(), { replace: true });
  });
  return html`
    <p class="or"><span>or</span></p>
    <form class="stack" onSubmit=${submit}>
      ${error?.problem
        ? html`<${Problem} problem=${error.problem} />`
        : html`<${InlineError} error=${error} />`}
      <${Button} type="submit" busy=${busy}>Sign in with a passkey<//>
    </form>
  `;
}

/* Whether nobody has set this Rollbook up: then there is no way in yet. */
function useIsNew() {
  const [isNew, setIsNew] = useState(false);
  useEffect(() => {
    welcome().then(({ isSetUp }) => setIsNew(!isSetUp), () => {}); // the ways in tell what is wrong
  }, []);
  return isNew;
}

function NotSetUp() {
  return html`
    <div class="callout stack" role="status">
      <p><b>Nobody has set this Rollbook up yet.</b></p>
      <p>
        Look for the set-up link that the server printed when it was started, and open it. It works for 15 minutes;
        whoever runs the server makes a new one by:
      </p>
      <pre class="command" role="region" tabindex="0" aria-label="Command"><code>rollbook admin login-link</code></pre>
    </div>
  `;
}

function WaysIn() {
  if (useIsNew()) return html`<${NotSetUp} />`;
  return html`
    <div class="stack">
      <${SingleSignOn} />
      ${canUsePasskeys() && html`<${PasskeySignIn} />`}
    </div>
    <details class="no-way-in">
      <summary>I have no way in</summary>
      <div class="stack"><${HowToGetALink} /></div>
    </details>
  `;
}

function SignedOut({ reason, providerUrl }) {
  if (reason === "ended") return html`<p class="callout" role="status">Your session has ended. Sign in again.</p>`;
  if (reason !== "left") return null;
  return html`
    <div class="callout" role="status">
      <p>You have signed out of Rollbook.</p>
      ${providerUrl && html`
        <p>
          At your identity provider you are still signed in: who uses this browser next can come back through it.
          ${" "}<a href=${providerUrl}>Sign out there too</a>
        </p>`}
    </div>
  `;
}

/* What there is to do besides: for who is signed in, to go on. */
function Otherwise({ switching, signedIn }) {
  if (!signedIn) return html`<${WaysIn} />`;
  return switching ? null : html`<p>You are still signed in. <a href="/members">Go to Members</a></p>`;
}

/** The sign-in screen: a button for who has a link, what went wrong for whom it did, and every other way in. */
export function SignIn() {
  const token = useSecret("/sign-in");
  const [failed] = useState(problemInAddress);
  const [asked] = useState(switchInAddress);
  const { status, reason, providerUrl } = session.value;
  const signedIn = status === "signed-in";
  const switching = !token && !failed && leadsElsewhere(asked);

  useEffect(() => {
    if (signedIn && !token && !failed && !switching) navigate(destination(), { replace: true });
  }, [signedIn, token]);

  return html`
    <div class="sign-in">
      <img src="/favicon.svg" alt="" width="40" height="40" />
      <h1 tabindex="-1">Sign in to Rollbook</h1>
      ${token ? html`<${Redeem} key=${token} token=${token} />`
        : html`
            ${failed
              ? html`<${Problem} ...${failed} next=${destination()} />`
              : html`<${SignedOut} reason=${reason} providerUrl=${providerUrl} />`}
            ${switching && html`<${Switch} ...${asked} />`}
            <${Otherwise} switching=${switching} signedIn=${signedIn} />
          `}
    </div>
  `;
}
