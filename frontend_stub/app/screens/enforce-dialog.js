/* Making single sign-on the only way in, and opening the others again. */
import { html } from "../../vendor/kit.js";
import { mutate } from "../gql.js";
import { canUsePasskeys } from "../passkeys.js";
import { announce, session } from "../store.js";
import { ConfirmDialog } from "../ui/dialog.js";
import { LinkCommand } from "./link-remedy.js";

function Closing() {
  const { viewer, organization } = session.value;
  const prepared = viewer.passkeys?.length > 0;
  return html`
    <p><b>What closes.</b> Nobody signs in by a passkey or an invitation alone. Who is invited joins through the
      identity provider. Sessions that began another way end now, except yours and those of admins by passkey.</p>
    <p><b>What stays open</b>, for the day on which the identity provider fails:</p>
    <ul class="plain-list">
      <li>the passkeys of admins</li>
      <li>a link from whoever runs this server: <${LinkCommand} handle=${organization.handle} /></li>
    </ul>
    <p class="muted">SCIM and API tokens work as before.</p>
    ${!prepared && canUsePasskeys() && html`
      <p class="callout">
        You have no passkey. <a href="/account">Add one</a> first, so that you are never locked out.
      </p>`}
  `;
}

/** Asks before the other ways in are closed (`enforced`) or opened. */
export function EnforceDialog({ enforced, onDone, onClose }) {
  async function run() {
    await mutate("EnforceSso", { enforced });
    announce(enforced ? "Single sign-on is required." : "Other ways in are open again.");
    onDone();
  }
  return html`
    <${ConfirmDialog} title=${enforced ? "Require single sign-on?" : "Allow other ways in?"}
      confirm=${enforced ? "Require" : "Allow"} action=${run} onClose=${onClose}>
      ${enforced
        ? html`<${Closing} />`
        : html`<p>Passkeys and invitations let people in again. Single sign-on goes on working.</p>`}
    <//>
  `;
}
