/* The domains of e-mail addresses that are the organization's, and how it proves them. */
import { html, useState } from "../../vendor/kit.js";
import { mutate } from "../gql.js";
import { announce } from "../store.js";
import { Badge } from "../ui/badge.js";
import { Button } from "../ui/button.js";
import { CopyField } from "../ui/copy-field.js";
import { ConfirmDialog, useSubmit } from "../ui/dialog.js";
import { TextField } from "../ui/field.js";
import { Day, relativeText } from "../ui/relative-time.js";
import { InlineError } from "../ui/states.js";

function Proof({ domain, onChanged }) {
  const [missing, setMissing] = useState(false);
  const { busy, error, submit } = useSubmit(async () => {
    setMissing(false);
    const { proven } = await mutate("ProveLoginDomain", { loginDomainId: domain.id });
    if (proven) announce(`${domain.domain} is proven.`);
    setMissing(!proven);
    onChanged();
  });
  return html`
    <p class="field-hint">Publish this TXT record in the DNS of the domain, then check. It may take some minutes until
      it is seen everywhere.</p>
    <${CopyField} label="Name of the record" value=${domain.recordName} />
    <${CopyField} label="Value of the record" value=${domain.recordValue} />
    <div class="toolbar">
      <${Button} busy=${busy} aria-label=${`Check ${domain.domain} now`} onClick=${submit}>Check now<//>
      <span class="field-hint" role="status">
        ${busy ? "Looking for the record…"
          : missing ? "The record is not there yet. Check its name and value, wait a little, then check again."
          : domain.checkedAt ? `Last checked ${relativeText(domain.checkedAt)}: not there.`
          : ""}
      </span>
    </div>
    <${InlineError} error=${error} />
  `;
}

function Domain({ domain, onRemove, onChanged }) {
  return html`
    <li class="domain">
      <div class="card-head">
        <p>
          <b>${domain.domain}</b>${" "}
          ${domain.provenAt ? html`<${Badge} tone="good">Proven<//>` : html`<${Badge} tone="warning">Not proven<//>`}
          ${domain.provenAt && html`<span class="detail">since <${Day} at=${domain.provenAt} /></span>`}
        </p>
        <${Button} kind="quiet" aria-label=${`Remove ${domain.domain}`} onClick=${() => onRemove(domain)}>Remove<//>
      </div>
      ${!domain.provenAt && html`<${Proof} domain=${domain} onChanged=${onChanged} />`}
    </li>
  `;
}

function AddDomain({ onChanged }) {
  const [domain, setDomain] = useState("");
  const { busy, error, submit } = useSubmit(async () => {
    await mutate("AddLoginDomain", { domain: domain.trim() });
    setDomain("");
    onChanged();
  });
  return html`
    <form class="stack" onSubmit=${submit}>
      <div class="field-row">
        <${TextField} label="Domain" required maxlength="253" autocomplete="off" autocapitalize="none"
          spellcheck=${false} placeholder="acme.example" value=${domain} onInput=${setDomain} />
        <${Button} type="submit" busy=${busy}>Add domain<//>
      </div>
      <${InlineError} error=${error} />
    </form>
  `;
}

function RemoveDialog({ domain, onDone, onClose }) {
  async function remove() {
    await mutate("RemoveLoginDomain", { loginDomainId: domain.id });
    announce(`${domain.domain} is off the list.`);
    onDone();
  }
  return html`
    <${ConfirmDialog} title=${`Remove ${domain.domain}?`} confirm="Remove domain" danger action=${remove}
      onClose=${onClose}>
      <p>Members stay members. Addresses on the domain count as anybody's from now on.</p>
    <//>
  `;
}

/** The list of domains with what is left to do for each. */
export function LoginDomains({ domains, onChanged }) {
  const [removing, setRemoving] = useState(null);
  function removed() {
    setRemoving(null);
    onChanged();
  }
  return html`
    <section class="card" aria-labelledby="login-domains">
      <h2 id="login-domains">Login domains</h2>
      <p class="muted">
        Prove that a domain is yours, and its addresses find your single sign-on, members sign in by their address
        without connecting anything, and people with an account elsewhere can be provisioned here.
      </p>
      ${domains.length > 0 && html`
        <ul class="domains">
          ${domains.map((domain) => html`
            <${Domain} key=${domain.id} domain=${domain} onRemove=${setRemoving} onChanged=${onChanged} />`)}
        </ul>`}
      <${AddDomain} onChanged=${onChanged} />
    </section>
    ${removing && html`
      <${RemoveDialog} domain=${removing} onDone=${removed} onClose=${() => setRemoving(null)} />`}
  `;
}
