/* Inviting a person: a form, then the link, shown once, and what became of the e-mail. */
import { html, useState } from "../../vendor/kit.js";
import { mutate } from "../gql.js";
import { can } from "../store.js";
import { Button } from "../ui/button.js";
import { CopyField } from "../ui/copy-field.js";
import { ConfirmDialog, Dialog, useSubmit } from "../ui/dialog.js";
import { SelectField, TextField } from "../ui/field.js";
import { dayText } from "../ui/relative-time.js";
import { InlineError } from "../ui/states.js";
import { ROLES } from "./member-actions.js";
import { useShownOnce } from "./shown-once.js";

function mailText({ mail, mailProblem, invitation }) {
  if (mail === "SENT") return `An e-mail with the link is on its way to ${invitation.email}.`;
  if (mail === "FAILED") return `The e-mail was not sent: ${mailProblem ?? "the mail server refused it."}`;
  return "No e-mail was sent, because this server has no mail server.";
}

function InvitedBody({ invited, leaving, setKept, onClose }) {
  const { link, mail, invitation } = invited;
  return html`
    <div class="dialog-body">
      <p class=${mail === "FAILED" ? "inline-error" : undefined}>${mailText(invited)}</p>
      <${CopyField} label="Link" value=${link} kind=${mail === "SENT" ? "plain" : "primary"} focusFirst
        onCopied=${() => setKept(true)}
        hint=${`Hand it to ${invitation.email} and to nobody else. It is shown only now, and works once, until ` +
          `${dayText(invitation.expiresAt)}.`} />
      ${leaving && html`
        <p class="inline-error" role="alert">
          The link cannot be shown again, and nobody has copied it. Press Escape or Back once more to close without
          it.
        </p>`}
      <div class="dialog-actions"><${Button} kind="primary" onClick=${onClose}>Done<//></div>
    </div>
  `;
}

function InviteForm({ onInvited, onClose }) {
  const [email, setEmail] = useState("");
  const [name, setName] = useState("");
  const [role, setRole] = useState("USER");
  const { busy, error, submit } = useSubmit(async () => {
    onInvited(await mutate("InviteMember", { email: email.trim(), name: name.trim() || null, role }));
  });
  return html`
    <form class="dialog-body" onSubmit=${submit}>
      <p>The person joins by a link. It is also the way in for somebody with an account in another organization.</p>
      <${TextField} label="E-mail" type="email" required autofocus maxlength="254" autocomplete="off" value=${email}
        onInput=${setEmail} />
      <${TextField} label="Name" autocomplete="off" hint="Optional." value=${name} onInput=${setName} />
      ${can("ROLES_WRITE") && html`
        <${SelectField} label="Role" value=${role} options=${Object.entries(ROLES).reverse()} onChange=${setRole} />`}
      <${InlineError} error=${error} />
      <div class="dialog-actions">
        <${Button} onClick=${onClose}>Cancel<//>
        <${Button} type="submit" kind="primary" busy=${busy}>Invite<//>
      </div>
    </form>
  `;
}

/* A link that went by e-mail is not lost with the dialog. */
function isOnlyHere(invited) {
  return invited !== null && invited.mail !== "SENT";
}

/** From the form to the link to Done. */
export function InviteDialog({ onClose }) {
  const [invited, setInvited] = useState(null);
  const { onCancel, ...kept } = useShownOnce(isOnlyHere(invited));
  return html`
    <${Dialog} title=${invited ? `${invited.invitation.email} is invited` : "Invite a person"} onCancel=${onCancel}
      onClose=${onClose}>
      ${invited
        ? html`<${InvitedBody} invited=${invited} ...${kept} onClose=${onClose} />`
        : html`<${InviteForm} onInvited=${setInvited} onClose=${onClose} />`}
    <//>
  `;
}

/** Asks before a new link takes the place of the former one, then shows it. */
export function ResendDialog({ invitation, onDone, onClose }) {
  const [invited, setInvited] = useState(null);
  const { onCancel, ...kept } = useShownOnce(isOnlyHere(invited));
  if (invited) {
    return html`
      <${Dialog} title=${`${invitation.email} is invited again`} key="invited" onCancel=${onCancel}
        onClose=${onDone}>
        <${InvitedBody} invited=${invited} ...${kept} onClose=${onDone} />
      <//>
    `;
  }
  async function resend() {
    setInvited(await mutate("ResendInvitation", { invitationId: invitation.id }));
  }
  return html`
    <${ConfirmDialog} title=${`Invite ${invitation.email} again?`} confirm="Make a new link" action=${resend}
      onClose=${onClose}>
      <p>The former link stops working.</p>
    <//>
  `;
}
