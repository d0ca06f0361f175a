/* Signing in by a one-time link. */
import { html } from "../../vendor/kit.js";
import { leaveFor, redeem } from "../doors.js";
import { destination, navigate } from "../router.js";
import { loadSession } from "../store.js";
import { Button } from "../ui/button.js";
import { useSubmit } from "../ui/dialog.js";
import { InlineError } from "../ui/states.js";
import { HowToGetALink } from "./link-remedy.js";
import { Problem } from "./sign-in-problem.js";

const LASTING = ["FAILED", "RATE_LIMITED", "BUSY", "UNREACHABLE"]; // the link may be good all the same

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
    <p>
      ${invited
        ? "You are invited. The link makes you a member and signs you in on this browser. It works once."
        : "This link signs you in on this browser. It works once."}
    </p>
    <${InlineError} error=${error} />
    <form onSubmit=${submit}>
      <${Button} type="submit" kind="primary" busy=${busy}>${invited ? "Join" : "Sign in"}<//>
    </form>
  `;
}
