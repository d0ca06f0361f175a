/* How an identity provider provisions: the SCIM endpoint, its tokens, and the steps on the other side. */
import { html, useState } from "../../vendor/kit.js";
import { afterRecentSignIn } from "../gql.js";
import { useQuery } from "../query.js";
import { Button } from "../ui/button.js";
import { CopyField } from "../ui/copy-field.js";
import { Empty, Failure, Skeleton } from "../ui/states.js";
import { RevokeDialog } from "./revoke-dialog.js";
import { TokenDialog } from "./token-dialog.js";
import { TokenTable } from "./token-table.js";

function ConnectOkta() {
  return html`
    <aside class="card guide" aria-labelledby="connect-okta">
      <h3 id="connect-okta">Connect Okta</h3>
      <ol>
        <li>Generate a token here and keep it at hand.</li>
        <li>In Okta: <b>Applications → Browse App Catalog</b>, add <b>SCIM 2.0 Test App (Header Auth)</b>.</li>
        <li>In the app: <b>Provisioning → Configure API Integration</b>, tick <b>Enable API integration</b>.</li>
        <li><b>Base URL</b>: the endpoint URL. <b>API Token</b>: the word <code>Bearer</code>, a space, the token.</li>
        <li><b>Test API Credentials</b>, then <b>Save</b>.</li>
        <li><b>Provisioning → To App → Edit</b>: enable create, update and deactivate.</li>
        <li><b>Assignments</b>: assign people. They appear in <a href="/members">Members</a>.</li>
      </ol>
    </aside>
  `;
}

function Tokens({ tokens, onGenerate, onRevoke }) {
  return html`
    <section class="card" aria-labelledby="scim-tokens">
      <div class="card-head">
        <h3 id="scim-tokens">Tokens</h3>
        <${Button} kind="primary" onClick=${onGenerate}>Generate token<//>
      </div>
      ${tokens.length > 0
        ? html`<${TokenTable} tokens=${tokens} onRevoke=${onRevoke} />`
        : html`
            <${Empty} title="No tokens yet">
              Generate one and enter it, with the endpoint URL, in your identity provider.
            <//>
          `}
    </section>
  `;
}

/** The SCIM endpoint, its tokens and a guide. */
export function Provisioning() {
  const { data, error, reload } = useQuery("Authentication");
  const [generating, setGenerating] = useState(false);
  const [revoking, setRevoking] = useState(null);
  const organization = data?.organization;

  function settled() {
    setGenerating(false);
    setRevoking(null);
    reload();
  }

  if (error) return html`<${Failure} error=${error} onRetry=${reload} />`;
  if (!organization) return html`<${Skeleton} label="Loading tokens" />`;
  return html`
    <div class="columns">
      <div class="stack">
        <section class="card" aria-labelledby="scim-endpoint">
          <h3 id="scim-endpoint">SCIM endpoint</h3>
          <${CopyField} label="Endpoint URL" value=${organization.scimEndpointUrl}
            hint="The base URL to enter in your identity provider." />
        </section>
        <${Tokens} tokens=${organization.tokens} onRevoke=${setRevoking}
          onGenerate=${() => afterRecentSignIn(() => setGenerating(true))} />
      </div>
      <${ConnectOkta} />
    </div>
    ${generating && html`
      <${TokenDialog} endpointUrl=${organization.scimEndpointUrl} onClose=${settled} />`}
    ${revoking && html`
      <${RevokeDialog} token=${revoking} onDone=${settled} onClose=${() => setRevoking(null)} />`}
  `;
}
