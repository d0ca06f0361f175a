/* Adding a person by hand. */
import { html, useState } from "../../vendor/kit.js";
import { mutate } from "../gql.js";
import { announce, can } from "../store.js";
import { Button } from "../ui/button.js";
import { Dialog, useSubmit } from "../ui/dialog.js";
import { SelectField, TextField } from "../ui/field.js";
import { InlineError } from "../ui/states.js";
import { ROLES } from "./member-actions.js";

/** Asks for e-mail, name and role; a conflict is shown beside the fields. `onDone` gets the id of the member. */
export function AddMemberDialog({ onDone, onClose }) {
  const [email, setEmail] = useState("");
  const [name, setName] = useState("");
  const [role, setRole] = useState("USER");
  const { busy, error, submit } = useSubmit(async () => {
    const { member } = await mutate("AddMember", { email: email.trim(), name: name.trim() || null, role });
    announce(`${name.trim() || email.trim()} is now a member.`);
    onDone(member.id);
  });

  return html`
    <${Dialog} title="Add member" onClose=${onClose}>
      <form class="dialog-body" onSubmit=${submit}>
        <${TextField} label="E-mail" type="email" required autofocus autocomplete="off" value=${email}
          onInput=${setEmail} />
        <${TextField} label="Name" autocomplete="off" hint="Optional." value=${name} onInput=${setName} />
        ${can("ROLES_WRITE") && html`
          <${SelectField} label="Role" value=${role} options=${Object.entries(ROLES).reverse()} onChange=${setRole} />`}
        <${InlineError} error=${error} />
        <div class="dialog-actions">
          <${Button} onClick=${onClose}>Cancel<//>
          <${Button} type="submit" kind="primary" busy=${busy}>Add member<//>
        </div>
      </form>
    <//>
  `;
}
