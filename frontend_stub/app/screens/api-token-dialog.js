/* Generating an API token: a form with what it may do, then the secret. */
import { html, useState } from "../../vendor/kit.js";
import { mutate } from "../gql.js";
import { Button } from "../ui/button.js";
import { useSubmit } from "../ui/dialog.js";
import { TextField } from "../ui/field.js";
import { InlineError } from "../ui/states.js";
import { LifetimeField, ScopesField, daysOf, requireScopes, usualLifetime } from "./token-fields.js";
import { SecretDialog } from "./token-secret.js";

/** A command that tries an API token. */
export function apiTest(secret) {
  const question = '{"query": "{ organization { name } }"}';
  return [
    `curl '${location.origin}/graphql'`,
    `--header 'Authorization: Bearer ${secret}'`,
    "--header 'Content-Type: application/json'",
    `--data '${question}'`,
  ].join(" \\\n  ");
}

function TokenForm({ most, onGenerated, onClose }) {
  const [name, setName] = useState("");
  const [lifetime, setLifetime] = useState(() => usualLifetime(most));
  const [scopes, setScopes] = useState(["MEMBERS_READ"]);
  const { busy, error, submit } = useSubmit(async () => {
    requireScopes(scopes);
    onGenerated(
      await mutate("GenerateApiToken", { name: name.trim(), scopes, expiresInDays: daysOf(lifetime) }),
    );
  });
  return html`
    <form class="dialog-body" onSubmit=${submit}>
      <${TextField} label="Name" required autofocus maxlength="64" autocomplete="off" placeholder="Nightly report"
        hint="Which program uses the token." value=${name} onInput=${setName} />
      <${ScopesField} value=${scopes} onChange=${setScopes} />
      <${LifetimeField} most=${most} value=${lifetime} onChange=${setLifetime} />
      <${InlineError} error=${error} />
      <div class="dialog-actions">
        <${Button} onClick=${onClose}>Cancel<//>
        <${Button} type="submit" kind="primary" busy=${busy}>Generate<//>
      </div>
    </form>
  `;
}

/** From the form to the secret to Done. */
export function ApiTokenDialog({ most, onClose }) {
  return html`
    <${SecretDialog} title="Generate API token" onClose=${onClose} testFor=${apiTest}
      form=${(onGenerated) => html`<${TokenForm} most=${most} onGenerated=${onGenerated} onClose=${onClose} />`} />
  `;
}
