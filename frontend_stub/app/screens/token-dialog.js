/* Generating a SCIM token: a form, then the secret. */
import { html, useState } from "../../vendor/kit.js";
import { mutate } from "../gql.js";
import { Button } from "../ui/button.js";
import { useSubmit } from "../ui/dialog.js";
import { TextField } from "../ui/field.js";
import { InlineError } from "../ui/states.js";
import { DialectField, LifetimeField, daysOf, usualLifetime } from "./token-fields.js";
import { SecretDialog } from "./token-secret.js";

/** A command that tries a SCIM token. */
export function scimTest(secret, endpointUrl) {
  return `curl --header 'Authorization: Bearer ${secret}' '${endpointUrl}/Users?count=1'`;
}

function TokenForm({ most, onGenerated, onClose }) {
  const [name, setName] = useState("");
  const [lifetime, setLifetime] = useState(() => usualLifetime(most));
  const [dialect, setDialect] = useState("AUTO");
  const { busy, error, submit } = useSubmit(async () => {
    onGenerated(
      await mutate("GenerateScimToken", { name: name.trim(), dialect, expiresInDays: daysOf(lifetime) }),
    );
  });
  return html`
    <form class="dialog-body" onSubmit=${submit}>
      <${TextField} label="Name" required autofocus maxlength="64" autocomplete="off" placeholder="Okta"
        hint="Where the token is used." value=${name} onInput=${setName} />
      <${LifetimeField} most=${most} value=${lifetime} onChange=${setLifetime} />
      <${DialectField} value=${dialect} onChange=${setDialect} />
      <${InlineError} error=${error} />
      <div class="dialog-actions">
        <${Button} onClick=${onClose}>Cancel<//>
        <${Button} type="submit" kind="primary" busy=${busy}>Generate<//>
      </div>
    </form>
  `;
}

/** From the form to the secret to Done. */
export function TokenDialog({ endpointUrl, most, onClose }) {
  return html`
    <${SecretDialog} title="Generate SCIM token" onClose=${onClose}
      testFor=${(secret) => scimTest(secret, endpointUrl)}
      form=${(onGenerated) => html`<${TokenForm} most=${most} onGenerated=${onGenerated} onClose=${onClose} />`} />
  `;
}
