/* The profile of a member whom no identity provider looks after, to change. */
import { html, useState } from "../../vendor/kit.js";
import { mutate } from "../gql.js";
import { announce, loadSession } from "../store.js";
import { Button } from "../ui/button.js";
import { useSubmit } from "../ui/dialog.js";
import { TextField } from "../ui/field.js";
import { InlineError } from "../ui/states.js";
import { nameOf } from "./member-actions.js";
import { isViewer } from "./member-cells.js";

/** `changedMeanwhile` says that the member is not any more what the form began with; `onReload` begins it anew. */
export function ProfileForm({ member, changedMeanwhile, onDone, onReload, onClose }) {
  const [name, setName] = useState(member.name);
  const [email, setEmail] = useState(member.email ?? "");
  const { busy, error, submit } = useSubmit(async () => {
    const changes = {
      ...(name.trim() !== member.name && { name: name.trim() }),
      ...(email.trim() !== (member.email ?? "") && { email: email.trim() }),
    };
    if (Object.keys(changes).length === 0) return onClose();
    const input = { memberId: member.id, expectedVersion: member.version, ...changes };
    const changed = (await mutate("UpdateMember", input)).member;
    if (isViewer(member)) await loadSession();
    announce(`${nameOf(changed)} is saved.`);
    onDone();
  });
  const conflict = changedMeanwhile || error?.code === "VERSION_CONFLICT";
  const field = error?.path?.at(-1);
  const told = (which) => (field === which ? error.message : undefined);
  return html`
    <form class="stack" aria-label="Profile" onSubmit=${submit}>
      <${TextField} label="Name" autofocus autocomplete="off" value=${name} error=${told("name")} onInput=${setName} />
      <${TextField} label="E-mail" type="email" maxlength="254" autocomplete="off" value=${email}
        error=${told("email")} onInput=${setEmail} />
      ${conflict
        ? html`
            <div class="inline-error" role="alert">
              ${nameOf(member)} was changed meanwhile, perhaps by the identity provider. Nothing of yours is saved.
              ${" "}<${Button} kind="quiet" onClick=${onReload}>Reload<//>
            </div>`
        : field !== "name" && field !== "email" && html`<${InlineError} error=${error} />`}
      <div class="dialog-actions">
        <${Button} onClick=${onClose}>Cancel<//>
        <${Button} type="submit" kind="primary" busy=${busy} disabled=${conflict}>Save<//>
      </div>
    </form>
  `;
}
