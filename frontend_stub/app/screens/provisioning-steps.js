/* How far an identity provider has come: a token, the first request, the first person; and its last request. */
import { html } from "../../vendor/kit.js";
import { Badge } from "../ui/badge.js";
import { Button } from "../ui/button.js";
import { Icon } from "../ui/icon.js";
import { RelativeTime } from "../ui/relative-time.js";
import { InlineError } from "../ui/states.js";
import { Outcome, shortRequestText } from "./log-words.js";
import { nameOf } from "./member-actions.js";

function works({ status }) {
  return status === "ACTIVE";
}

/* Whether the identity provider comes with a token that works. */
function isInUse(tokens) {
  return tokens.some((token) => works(token) && token.firstUsedAt);
}

/* When the first request came, with whichever token. */
function firstUse(tokens) {
  const moments = tokens.map(({ firstUsedAt }) => firstUsedAt).filter(Boolean);
  return moments.sort((one, other) => Date.parse(one) - Date.parse(other))[0];
}

/** Whether an identity provider comes with a token that works, and has sent the first person. */
export function isConnected(tokens, start) {
  return isInUse(tokens) && start?.organization.members.nodes.length > 0;
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

function State({ inUse, known, person }) {
  if (!inUse) return html`<${Badge}>Not connected<//>`;
  if (!known) return null;
  return person
    ? html`<${Badge} tone="good">Connected<//>`
    : html`<${Badge} tone="info">Waiting for the first person<//>`;
}

/** The steps, each with what is there or what to do for it. */
export function Steps({ tokens, start: { data, error, reload }, onGenerate }) {
  const hasToken = tokens.some(works);
  const inUse = isInUse(tokens);
  const known = data !== null;
  const person = data?.organization.members.nodes[0];
  const entry = data?.organization.provisioningRequests.nodes[0];
  return html`
    <section class="card" aria-labelledby="scim-connection">
      <h2 id="scim-connection">
        Connection <span role="status"><${State} inUse=${inUse} known=${known} person=${person} /></span>
      </h2>
      <ol class="steps">
        <${Step} done=${hasToken} current=${!hasToken} title="A token">
          ${hasToken
            ? "There is a token that works."
            : html`<button type="button" class="link" onClick=${onGenerate}>Generate one</button> and copy it.`}
        <//>
        <${Step} done=${inUse} current=${hasToken && !inUse}
          title=${hasToken && !inUse ? "Waiting for the first request" : "The first request"}>
          ${inUse
            ? html`It came <${RelativeTime} at=${firstUse(tokens)} />.`
            : "Enter the endpoint URL and the token in your identity provider, and let it test the connection."}
        <//>
        <${Step} done=${Boolean(person)} current=${inUse && known && !person}
          title=${person || !inUse || !known ? "The first person" : "Waiting for the first person"}>
          ${person
            ? html`
                <a href=${`/members?${new URLSearchParams({ member: person.id })}`}>${nameOf(person)}</a>, a
                member since <${RelativeTime} at=${person.createdAt} />.`
            : "Assign somebody to the application in your identity provider."}
        <//>
      </ol>
      ${entry && html`<${LastRequest} entry=${entry} />`}
      <${InlineError} error=${error}><${Button} kind="quiet" onClick=${reload}>Try again<//><//>
    </section>
  `;
}
