/* Signing in by a one-time link. */
import { html, useEffect, useState } from "../../vendor/kit.js";
import { leaveFor, redeem, welcome } from "../doors.js";
import { destination, navigate } from "../router.js";
import { loadSession } from "../store.js";
import { Button } from "../ui/button.js";
import { useSubmit } from "../ui/dialog.js";
import { InlineError } from "../ui/states.js";
import { HowToGetALink } from "./link-remedy.js";
import { Problem } from "./sign-in-problem.js";

const LASTING = ["FAILED", "RATE_LIMITED", "BUSY", "UNREACHABLE"]; // the link may be good all the same

/* The name of the organization that the link invites to; null as long as it is not known. */
function useInviting(token) {
  const [name, setName] = useState(null);
  useEffect(() => {
    welcome(token).then(({ organization }) => setName(organization), () => {}); // it can be done without
  }, []);
  return name;
}

function Invited({ token }) {
  const name = useInviting(token);
  return html`
    <p>
      ${name ? html`<b>${name}</b> invites you.` : "You are invited."} The link makes you a member and signs you in on
      this browser. It works once.
    </p>
  `;
}

/** A button that trades the link. On a press, not on arrival: programs that open links to preview them do not press. */
export function Redeem({ token }) {
  const { busy, error, submit } = useSubmit(async () => {
    const { url } = await redeem(token);
    if (url) return leaveFor(url); // an invitation, where single sign-on is required
    await loadSession();
    navigate(destination(), { replace: true });
  });
  if (error?.problem) return html`<${Problem} problem=${error.problem} />`;
  if (error && !LASTING.includes(error.code)) {
    return html`
      <${InlineError} error=${error} />
      <p>Already signed in? <a href="/members">Go to Members</a></p>
      <${HowToGetALink} />
    `;
  }
  const invited = token.startsWith("rollbook_invite_");
  return html`
    ${invited
      ? html`<${Invited} token=${token} />`
      : html`<p>This link signs you in on this browser. It works once.</p>`}
    <${InlineError} error=${error} />
    <form onSubmit=${submit}>
      <${Button} type="submit" kind="primary" busy=${busy}>${invited ? "Join" : "Sign in"}<//>
    </form>
  `;
}
