/* Signed in to one organization and on the way to another: any site can send a browser there, so the person decides. */
import { html } from "../../vendor/kit.js";
import { leaveFor, signOut } from "../doors.js";
import { HOME } from "../router.js";
import { session } from "../store.js";
import { Button } from "../ui/button.js";
import { useSubmit } from "../ui/dialog.js";
import { InlineError, Skeleton } from "../ui/states.js";
import { HANDLE, startOf } from "./sign-in-problems.js";

/** `{handle, next}` of the organization that asks somebody to sign in there; null if the address says nothing of it. */
export function switchInAddress() {
  const query = new URLSearchParams(location.search);
  const handle = query.get("organization") ?? "";
  return query.get("switch") === "1" && HANDLE.test(handle) ? { handle, next: query.get("next") } : null;
}

/** Whether that is another organization than the one that the viewer is signed in to, as far as that is known. */
export function leadsElsewhere(asked) {
  const { status, organization } = session.value;
  return asked !== null && (status !== "signed-in" || organization.handle !== asked.handle);
}

/** Asks whether to leave the organization at hand; nothing happens without a press. */
export function Switch({ handle, next }) {
  const { status, organization } = session.value;
  const { busy, error, submit } = useSubmit(async () => {
    await signOut();
    await leaveFor(startOf(handle, next));
  });
  if (status === "loading") return html`<${Skeleton} label="Finding out who is signed in" rows=${2} />`;
  if (status !== "signed-in") {
    return html`<a class="button button-primary" href=${startOf(handle, next)}>Sign in to ${handle}</a>`;
  }
  return html`
    <div class="callout" role="status">
      <p>
        You are signed in to <strong>${organization.name}</strong>. <strong>${handle}</strong> asks you to sign in
        there.
      </p>
      <p>A browser is signed in to one organization at a time. If you did not ask for this, stay.</p>
    </div>
    <${InlineError} error=${error} />
    <div class="stack">
      <a class="button button-primary" href=${HOME}>Stay signed in</a>
      <${Button} busy=${busy} onClick=${submit}>Sign out and go there<//>
    </div>
  `;
}
