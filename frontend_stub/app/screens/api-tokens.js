/* API tokens: by which programs of the organization use GraphQL. */
import { html, useState } from "../../vendor/kit.js";
import { afterRecentSignIn } from "../gql.js";
import { useQuery } from "../query.js";
import { Button } from "../ui/button.js";
import { Code } from "../ui/code.js";
import { CopyButton, CopyField } from "../ui/copy-field.js";
import { Empty, Failure, Skeleton, Stale } from "../ui/states.js";
import { usePolling } from "../ui/timing.js";
import { ApiTokenDialog } from "./api-token-dialog.js";
import { pauseBetweenLooks, useFresh } from "./settings-live.js";
import { useTokenActions } from "./token-actions.js";
import { Rotation, rotationsOf } from "./token-rotate.js";
import { TokenTable } from "./token-table.js";

function exampleText(endpoint) {
  const question = '{"query": "{ organization { members(first: 5) { nodes { name email role } } } }"}';
  return [
    `curl '${endpoint}'`,
    "--header \"Authorization: Bearer $ROLLBOOK_API_TOKEN\"",
    "--header 'Content-Type: application/json'",
    `--data '${question}'`,
  ].join(" \\\n  ");
}

function HowTo() {
  const endpoint = `${location.origin}/graphql`;
  const example = exampleText(endpoint);
  return html`
    <section class="card" aria-labelledby="api-use">
      <h2 id="api-use">How to use one</h2>
      <${CopyField} label="GraphQL endpoint" value=${endpoint} />
      <div class="guide-value">
        <${Code} label="Example">${example}<//>
        <div><${CopyButton} text=${example} label="Copy the example" /></div>
      </div>
      <p class="detail">
        A token can do what it was given, and nothing else. It belongs to the organization and works on when whoever
        made it leaves.
      </p>
    </section>
  `;
}

function List({ tokens, actions }) {
  if (tokens.length === 0) {
    return html`
      <${Empty} title="No API tokens yet">
        Generate one for a program that reads or changes members, such as a report or an import.
      <//>
    `;
  }
  return html`
    ${rotationsOf(tokens).map((rotation) => html`
      <${Rotation} key=${rotation.old.id} rotation=${rotation}
        onRevoke=${(token) => actions.act("revoke", token)} />`)}
    <${TokenTable} caption="API tokens" isApi tokens=${tokens} onAct=${actions.act} />
  `;
}

/** The screen at /settings/api-tokens. */
export function ApiTokens() {
  const answer = useQuery("ApiTokens");
  const { data, error, reload } = answer;
  const [generating, setGenerating] = useState(null);
  const organization = data?.organization;
  const tokens = organization?.tokens ?? [];
  const actions = useTokenActions({ onChanged: reload });
  const waits = rotationsOf(tokens).some(({ fresh }) => !fresh.firstUsedAt);
  useFresh(["TOKENS_CHANGED", "ORGANIZATION_UPDATED"], reload);
  usePolling(reload, generating || actions.isOpen ? null : pauseBetweenLooks(waits));

  function settled() {
    setGenerating(null);
    reload();
  }
  const generate = () => afterRecentSignIn(() => setGenerating({ most: organization.settings.tokenMaxLifetimeDays }));
  return html`
    <div class="screen-head">
      <h1 tabindex="-1">API tokens</h1>
      ${organization && html`
        <${Button} kind="primary" data-shortcut="new" onClick=${generate}>Generate token<//>`}
    </div>
    <${Stale} answer=${answer} />
    ${error ? html`<${Failure} error=${error} onRetry=${reload} />`
      : !organization ? html`<${Skeleton} label="Loading API tokens" />`
      : html`
          <div class="stack">
            <${List} tokens=${tokens} actions=${actions} />
            <${HowTo} />
          </div>`}
    ${generating && html`<${ApiTokenDialog} ...${generating} onClose=${settled} />`}
    ${actions.dialog}
  `;
}
