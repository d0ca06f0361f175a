/* Generating a SCIM token: a form, then the secret, shown once and held nowhere else. */
import { html, useRef, useState } from "../../vendor/kit.js";
import { mutate } from "../gql.js";
import { Button } from "../ui/button.js";
import { CopyButton, CopyField } from "../ui/copy-field.js";
import { Dialog, useSubmit } from "../ui/dialog.js";
import { RadioField, SelectField, TextField } from "../ui/field.js";
import { InlineError } from "../ui/states.js";

const EXPIRIES = [["90", "90 days"], ["365", "1 year"], ["730", "2 years"], ["never", "Never"]];
const DIALECTS = [
  ["AUTO", "Automatic", "Understands the known habits of Okta, Entra ID and other identity providers."],
  ["STRICT", "Strict", "Refuses what the SCIM 2.0 standard does not allow. For testing a client."],
];

function TokenForm({ onGenerated, onClose }) {
  const [name, setName] = useState("");
  const [expiry, setExpiry] = useState("365");
  const [dialect, setDialect] = useState("AUTO");
  const { busy, error, submit } = useSubmit(async () => {
    const expiresInDays = expiry === "never" ? null : Number(expiry);
    onGenerated(await mutate("GenerateScimToken", { name: name.trim(), dialect, expiresInDays }));
  });
  return html`
    <form class="dialog-body" onSubmit=${submit}>
      <${TextField} label="Name" required autofocus maxlength="64" autocomplete="off" placeholder="Okta"
        hint="Where the token is used." value=${name} onInput=${setName} />
      <${SelectField} label="Expires after" value=${expiry} options=${EXPIRIES} onChange=${setExpiry} />
      <${RadioField} label="Dialect" value=${dialect} options=${DIALECTS} onChange=${setDialect} />
      <${InlineError} error=${error} />
      <div class="dialog-actions">
        <${Button} onClick=${onClose}>Cancel<//>
        <${Button} type="submit" kind="primary" busy=${busy}>Generate<//>
      </div>
    </form>
  `;
}

function Secret({ secret, endpointUrl, leaving, onStored, onClose }) {
  const [stored, setStored] = useState(false);
  const test = `curl --header 'Authorization: Bearer ${secret}' '${endpointUrl}/Users?count=1'`;
  function onChange(event) {
    setStored(event.target.checked);
    onStored(event.target.checked);
  }
  return html`
    <div class="dialog-body">
      <p>Copy the token and store it now. <b>It is shown only once</b>; Rollbook keeps no copy.</p>
      <${CopyField} label="Token" value=${secret} kind="primary" focusFirst />
      <div><${CopyButton} text=${test} kind="quiet">Copy as curl test<//></div>
      <label class="checkbox"><input type="checkbox" checked=${stored} onChange=${onChange} /> I stored it</label>
      ${leaving && html`
        <p class="inline-error" role="alert">
          The token cannot be shown again. Press Escape once more to close without it.
        </p>`}
      <div class="dialog-actions">
        <${Button} kind="primary" disabled=${!stored} onClick=${onClose}>Done<//>
      </div>
    </div>
  `;
}

/** From the form to the secret to Done; nothing is read again before `onClose`, so nothing can take the secret away. */
export function TokenDialog({ endpointUrl, onClose }) {
  const [generated, setGenerated] = useState(null);
  const [leaving, setLeaving] = useState(false);
  const stored = useRef(false);

  function onCancel() {
    if (!generated || stored.current || leaving) return true;
    setLeaving(true);
    return false;
  }

  const title = generated ? `Store the token ${generated.token.name}` : "Generate SCIM token";
  return html`
    <${Dialog} title=${title} onCancel=${onCancel} onClose=${onClose}>
      ${generated
        ? html`
            <${Secret} secret=${generated.secret} endpointUrl=${endpointUrl} leaving=${leaving} onClose=${onClose}
              onStored=${(value) => { stored.current = value; }} />`
        : html`
            <${TokenForm} onGenerated=${setGenerated} onClose=${onClose} />`}
    <//>
  `;
}
