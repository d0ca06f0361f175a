/* How far an identity provider has come: a token, the first request, the first person; and its last request. */
import { html } from "../../vendor/kit.js";
import { Badge } from "../ui/badge.js";
import { Icon } from "../ui/icon.js";
import { RelativeTime } from "../ui/relative-time.js";
import { InlineError } from "../ui/states.js";
import { Outcome, shortRequestText } from "./log-words.js";
import { nameOf } from "./member-actions.js";

function works({ status }) {
  return status === "ACTIVE";
}

/* The use of a token that came first, by whichever token. */
function firstUse(tokens) {
  const used = tokens.filter(({ firstUsedAt }) => firstUsedAt);
  return used.sort((one, other) => Date.parse(one.firstUsedAt) - Date.parse(other.firstUsedAt))[0];
}

/** Whether an identity provider has sent the first person. */
export function isConnected(tokens, start) {
  return Boolean(firstUse(tokens)) && start?.organization.members.nodes.length > 0;
}

function Step({ done, current, title, children }) {
  return html`
    <li class=${done ? "step step-done" : "step"} aria-current=${current ? "step" : undefined}>
      <span class="step-mark">${done && html`<${Icon} name="check" />`}</span>
      <div>
        <p class="step-title">
          ${title} <span class="visually-hidden">${done ? "(done)" : current ? "(now)" : "(later)"}</span>
        </p>
        ${(done || current) && html`<p class="detail">${children}</p>`}
      </div>
    </li>
  `;
}

function LastRequest({ entry }) {
  const log = `/activity?${new URLSearchParams({ tab: "log", entry: entry.id })}`;
  return html`
    <p class="last-request">
      Last request: <a class="mono" href=${log}>${shortRequestText(entry)}</a>${" "}
      <${Outcome} outcome=${entry.outcome} /> <${RelativeTime} at=${entry.occurredAt} />
    </p>
    ${entry.explanation && html`
      <p class="detail">${entry.explanation.what} <a href=${log}>Why, and what to do</a></p>`}
  `;
}

function State({ first, person }) {
  if (person) return html`<${Badge} tone="good">Connected<//>`;
  return first ? html`<${Badge} tone="info">Waiting for the first person<//>` : html`<${Badge}>Not connected<//>`;
}

/** The steps, each with what is there or what to do for it. */
export function Steps({ tokens, start: { data, error }, onGenerate }) {
  const hasToken = tokens.some(works);
  const first = firstUse(tokens);
  const person = data?.organization.members.nodes[0];
  const entry = data?.organization.provisioningRequests.nodes[0];
  return html`
    <section class="card" aria-labelledby="scim-connection">
      <h2 id="scim-connection">Connection <span role="status"><${State} first=${first} person=${person} /></span></h2>
      <ol class="steps">
        <${Step} done=${hasToken} current=${!hasToken} title="A token">
          ${hasToken
            ? "There is a token that works."
            : html`<button type="button" class="link" onClick=${onGenerate}>Generate one</button> and copy it.`}
        <//>
        <${Step} done=${Boolean(first)} current=${hasToken && !first}
          title=${hasToken && !first ? "Waiting for the first request" : "The first request"}>
          ${first
            ? html`${first.lastUsedBy ?? "A client"} came <${RelativeTime} at=${first.firstUsedAt} />.`
            : "Enter the endpoint URL and the token in your identity provider, and let it test the connection."}
        <//>
        <${Step} done=${Boolean(person)} current=${Boolean(first) && !person}
          title=${person || !first ? "The first person" : "Waiting for the first person"}>
          ${person
            ? html`
                <a href=${`/members?${new URLSearchParams({ member: person.id })}`}>${nameOf(person)}</a>, a
                member since <${RelativeTime} at=${person.createdAt} />.`
            : "Assign somebody to the application in your identity provider."}
        <//>
      </ol>
      ${entry && html`<${LastRequest} entry=${entry} />`}
      <${InlineError} error=${error} />
    </section>
  `;
}
