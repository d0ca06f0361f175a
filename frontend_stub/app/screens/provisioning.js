/* How an identity provider provisions: the SCIM endpoint, how far it has come, its tokens, and the other side. */
import { html, useState } from "../../vendor/kit.js";
import { afterRecentSignIn } from "../gql.js";
import { useQuery } from "../query.js";
import { Button } from "../ui/button.js";
import { CopyField } from "../ui/copy-field.js";
import { Empty, Failure, Skeleton, Stale } from "../ui/states.js";
import { usePolling } from "../ui/timing.js";
import { Guides } from "./provisioning-guides.js";
import { Steps, isConnected } from "./provisioning-steps.js";
import { pauseBetweenLooks, useFresh } from "./settings-live.js";
import { useTokenActions } from "./token-actions.js";
import { TokenDialog } from "./token-dialog.js";
import { Rotation, rotationsOf } from "./token-rotate.js";
import { TokenTable } from "./token-table.js";

function Endpoint({ url }) {
  return html`
    <section class="card" aria-labelledby="scim-endpoint">
      <h2 id="scim-endpoint">SCIM endpoint</h2>
      <${CopyField} label="Endpoint URL" value=${url} hint="The base URL to enter in your identity provider." />
    </section>
  `;
}

function Tokens({ tokens, onGenerate, onAct }) {
  return html`
    <section class="card" aria-labelledby="scim-tokens">
      <div class="card-head">
        <h2 id="scim-tokens">Tokens</h2>
        <${Button} kind="primary" data-shortcut="new" onClick=${onGenerate}>Generate token<//>
      </div>
      ${rotationsOf(tokens).map((rotation) => html`
        <${Rotation} key=${rotation.old.id} rotation=${rotation} onRevoke=${(token) => onAct("revoke", token)} />`)}
      ${tokens.length > 0
        ? html`<${TokenTable} caption="SCIM tokens" tokens=${tokens} onAct=${onAct} />`
        : html`
            <${Empty} title="No tokens yet">
              Generate one and enter it, with the endpoint URL, in your identity provider.
            <//>
          `}
    </section>
  `;
}

/* What is waited for comes without a hint: a token's use, and a request that was refused. */
function pauseFor(tokens, start) {
  const waits = !isConnected(tokens, start) || rotationsOf(tokens).some(({ fresh }) => !fresh.firstUsedAt);
  return pauseBetweenLooks(waits && tokens.some(({ status }) => status === "ACTIVE"));
}

/** The SCIM endpoint, its tokens, how far the identity provider has come, and guides. */
export function Provisioning() {
  const { data, error, stale, reload } = useQuery("Authentication");
  const start = useQuery("ProvisioningStart");
  const [generating, setGenerating] = useState(null);
  const organization = data?.organization;
  const tokens = organization?.tokens ?? [];

  function look() {
    reload();
    start.reload();
  }
  function settled() {
    setGenerating(null);
    look();
  }
  const actions = useTokenActions({ endpointUrl: organization?.scimEndpointUrl, onChanged: look });
  useFresh(["TOKENS_CHANGED", "MEMBER_CREATED", "MEMBER_REMOVED", "ORGANIZATION_UPDATED"], look);
  // a secret that is on display is not put at risk by an answer that takes the page away
  usePolling(look, generating || actions.isOpen ? null : pauseFor(tokens, start.data));

  const generate = () => afterRecentSignIn(() => setGenerating({
    endpointUrl: organization.scimEndpointUrl, most: organization.settings.tokenMaxLifetimeDays,
  }));
  return html`
    <${Stale} answer=${{ stale: stale ?? start.stale, reload: look }} />
    ${error ? html`<${Failure} error=${error} onRetry=${reload} />`
      : !organization ? html`<${Skeleton} label="Loading tokens" />`
      : html`
          <div class="columns">
            <div class="stack">
              <${Endpoint} url=${organization.scimEndpointUrl} />
              <${Steps} tokens=${tokens} start=${start} onGenerate=${generate} />
              <${Tokens} tokens=${tokens} onGenerate=${generate} onAct=${actions.act} />
            </div>
            <${Guides} endpointUrl=${organization.scimEndpointUrl} />
          </div>`}
    ${generating && html`<${TokenDialog} ...${generating} onClose=${settled} />`}
    ${actions.dialog}
  `;
}
