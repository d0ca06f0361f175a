/* Signing in by a one-time link. The link's token is in the fragment, so it reaches no server log and no previewer. */
import { html, useEffect, useState } from "../../vendor/kit.js";
import { navigate } from "../router.js";
import { redeem, session } from "../store.js";
import { Button } from "../ui/button.js";
import { useSubmit } from "../ui/dialog.js";
import { InlineError } from "../ui/states.js";

const REMEDY = "rollbook admin login-link --organization HANDLE --email EMAIL";

/** Whether the address is a sign-in link that nobody has taken yet. */
export function arrivedByLink() {
  return location.pathname === "/sign-in" && /^#rollbook_(link|invite)_/.test(location.hash);
}

function takeToken() {
  if (!arrivedByLink()) return null;
  const token = location.hash.slice(1);
  history.replaceState(null, "", location.pathname); // out of the address bar, the history and any screenshot
  return token;
}

function HowToGetALink() {
  return html`
    <p>Whoever runs this server can make a sign-in link with:</p>
    <pre class="command" tabindex="0"><code>${REMEDY}</code></pre>
    <p class="muted">The link works once, and only for a short time.</p>
  `;
}

/* The link is traded on a press and not on arrival: programs that open links to preview them do not press. */
function Redeem({ token }) {
  const { busy, error, submit } = useSubmit(async () => {
    await redeem(token);
    navigate("/members", { replace: true });
  });
  if (error && error.code !== "UNREACHABLE") {
    return html`
      <${InlineError} error=${error} />
      <p>Already signed in? <a href="/members">Go to Members</a></p>
      <${HowToGetALink} />
    `;
  }
  return html`
    <p>This link signs you in on this browser. It works once.</p>
    <${InlineError} error=${error} />
    <form onSubmit=${submit}><${Button} type="submit" kind="primary" busy=${busy}>Sign in<//></form>
  `;
}

/** The sign-in screen: a button for who has a link, the way to one for who has not. */
export function SignIn() {
  const [token, setToken] = useState(takeToken);
  const { status, ended } = session.value;

  useEffect(() => {
    const onHashChange = () => setToken((before) => takeToken() ?? before);
    addEventListener("hashchange", onHashChange);
    return () => removeEventListener("hashchange", onHashChange);
  }, []);
  useEffect(() => {
    if (status === "signed-in" && !token) navigate("/members", { replace: true });
  }, [status, token]);

  return html`
    <div class="sign-in">
      <img src="/favicon.svg" alt="" width="40" height="40" />
      <h1 tabindex="-1">Sign in to Rollbook</h1>
      ${ended && !token && html`<p role="status">Your session has ended. Sign in again with a new link.</p>`}
      ${token ? html`<${Redeem} key=${token} token=${token} />` : html`<${HowToGetALink} />`}
    </div>
  `;
}
