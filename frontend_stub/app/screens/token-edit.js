/* Changing a token without changing its secret: its name, how it is read, what it may do. */
import { html, useState } from "../../vendor/kit.js";
import { mutate } from "../gql.js";
import { announce } from "../store.js";
import { Button } from "../ui/button.js";
import { Dialog, useSubmit } from "../ui/dialog.js";
import { TextField } from "../ui/field.js";
import { InlineError } from "../ui/states.js";
import { DialectField, ScopesField, requireScopes } from "./token-fields.js";

/** A form over a token of either kind. */
export function EditDialog({ token, onDone, onClose }) {
  const isApi = Boolean(token.scopes);
  const [name, setName] = useState(token.name);
  const [dialect, setDialect] = useState(token.dialect);
  const [scopes, setScopes] = useState(token.scopes ?? []);
  const { busy, error, submit } = useSubmit(async () => {
    if (isApi) requireScopes(scopes);
    await mutate("UpdateToken", { tokenId: token.id, name: name.trim(), ...(isApi ? { scopes } : { dialect }) });
    announce(`${name.trim()} is saved.`);
    onDone();
  });
  return html`
    <${Dialog} title=${`Edit ${token.name}`} onClose=${onClose}>
      <form class="dialog-body" onSubmit=${submit}>
        <p class="muted">The secret stays the same. What you change counts from the next request on.</p>
        <${TextField} label="Name" required autofocus maxlength="64" autocomplete="off" value=${name}
          onInput=${setName} />
        ${isApi
          ? html`<${ScopesField} value=${scopes} onChange=${setScopes} />`
          : html`<${DialectField} value=${dialect} onChange=${setDialect} />`}
        <${InlineError} error=${error} />
        <div class="dialog-actions">
          <${Button} onClick=${onClose}>Cancel<//>
          <${Button} type="submit" kind="primary" busy=${busy}>Save<//>
        </div>
      </form>
    <//>
  `;
}
