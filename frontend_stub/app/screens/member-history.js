/* What happened to a member, and what identity providers sent about them; the newest first. */
import { html, useState } from "../../vendor/kit.js";
import { useQuery } from "../query.js";
import { can } from "../store.js";
import { Badge } from "../ui/badge.js";
import { Button } from "../ui/button.js";
import { Code, pretty } from "../ui/code.js";
import { RelativeTime } from "../ui/relative-time.js";
import { Failure, InlineError, Skeleton } from "../ui/states.js";
import { usePolling } from "../ui/timing.js";
import { ACTIONS, ACTOR_KINDS, summaryOf } from "./audit-words.js";
import { Outcome, requestText, shortRequestText } from "./log-words.js";
import { useNewsOf } from "./member-live.js";

const FIRST = 8;
const MORE = 40;
const MOST = 200; // of one page; further back leads the activity screen
const POLL_MS = 10_000; // a refused request leaves no event of which the page would hear
const GAINED = { true: "Added to", false: "Removed from" };

function activityAddress(parameters) {
  return `/activity?${new URLSearchParams(parameters)}`;
}

/* `{data, …}` of an operation that answers the newest `first` of a list, and how to get more of it. It is read anew
  when something has happened to the member. */
function useNewest({ operation, id }) {
  const [first, setFirst] = useState(FIRST);
  const newest = { id, first };
  const answer = useQuery(operation, newest);
  useNewsOf(id, answer.reload);
  const busy = answer.of !== JSON.stringify(newest);
  return { ...answer, busy, full: first >= MOST, more: () => setFirst(Math.min(first + MORE, MOST)) };
}

function More({ list, pageInfo, all }) {
  if (!pageInfo.hasNextPage) return null;
  return html`
    <p>
      ${list.full
        ? can("AUDIT_READ") && html`<a href=${all}>See what is older</a>`
        : html`<${Button} busy=${list.busy} onClick=${list.more}>Show older<//>`}
    </p>
  `;
}

function Event({ edge: { gained, node: event } }) {
  const text = gained === null ? ACTIONS[event.action] ?? "Another change" : `${GAINED[gained]} ${event.target}`;
  const summary = gained === null && summaryOf(event);
  return html`
    <li class="line">
      <span>
        ${can("AUDIT_READ") ? html`<a href=${activityAddress({ tab: "audit", event: event.id })}>${text}</a>` : text}
        ${summary && html`<span class="detail">${summary}</span>`}
        ${event.warning && html`
          <span class="badges"><${Badge} tone="warning">Warning<//></span>
          <span class="detail">${event.warning}</span>`}
      </span>
      <span class="detail line-end">
        <${RelativeTime} at=${event.occurredAt} />, ${event.actor.name} (${ACTOR_KINDS[event.actor.kind]})
      </span>
    </li>
  `;
}

/** The section of the history; nothing if it is not the viewer's to read. */
export function History({ id }) {
  const list = useNewest({ operation: "MemberHistory", id });
  const history = list.data?.member?.history;
  if (list.data && !history) return null;
  return html`
    <section class="part" aria-label="History">
      <h3>History</h3>
      ${list.error ? html`<${Failure} error=${list.error} onRetry=${list.reload} />`
        : !history ? html`<${Skeleton} label="Loading the history" rows=${3} />`
        : html`
            <ul class="lines">${history.edges.map((edge) => html`<${Event} key=${edge.node.id} edge=${edge} />`)}</ul>
            <${More} list=${list} pageInfo=${history.pageInfo} all=${activityAddress({ tab: "audit", member: id })} />`}
    </section>
  `;
}

function Body({ label, text }) {
  return text && html`
    <div>
      <p class="detail">${label}</p>
      <${Code} label=${label} tall>${pretty(text)}<//>
    </div>
  `;
}

/* Read when it is opened, with the person's own values: who looks at this person has asked for them. */
function Said({ id }) {
  const { data, error, reload } = useQuery("MemberRequest", { id });
  const request = data?.node;
  if (error) {
    return html`<${InlineError} error=${error}><${Button} kind="quiet" onClick=${reload}>Try again<//><//>`;
  }
  if (!data) return html`<${Skeleton} label="Loading the request" rows=${1} />`;
  if (!request?.id) return html`<p class="muted">It is not in the log any more.</p>`;
  const { explanation, requestBody, responseBody } = request;
  return html`
    ${explanation && html`<p>${explanation.what} ${explanation.remedy}</p>`}
    <${Body} label="What was sent" text=${requestBody} />
    <${Body} label="What was answered" text=${responseBody} />
    <a href=${activityAddress({ tab: "log", entry: id })}>All about this request</a>
  `;
}

function Request({ request }) {
  const { id, occurredAt, clientName, outcome, status, scimType } = request;
  const [open, setOpen] = useState(false);
  const line = html`
    <span class="mono" title=${requestText(request)}>${shortRequestText(request)}</span>
    <span class="detail line-end">
      <${Outcome} outcome=${outcome} /> ${[status, scimType].filter(Boolean).join(" ")},
      ${" "}<${RelativeTime} at=${occurredAt} />, ${clientName}
    </span>`;
  if (!can("MEMBERS_READ")) return html`<li class="line">${line}</li>`;
  return html`
    <li class="line">
      <details open=${open} onToggle=${(event) => setOpen(event.target.open)}>
        <summary>${line}</summary>
        ${open && html`<div class="line-more"><${Said} id=${id} /></div>`}
      </details>
    </li>
  `;
}

/** The section of the provisioning requests; nothing if there are none, or they are not the viewer's to read. */
export function Requests({ id }) {
  const list = useNewest({ operation: "MemberRequests", id });
  const requests = list.data?.member?.provisioningRequests;
  usePolling(list.reload, can("AUDIT_READ") && POLL_MS);
  if (!list.error && !requests?.nodes.length) return null;
  return html`
    <section class="part" aria-label="Provisioning">
      <h3>What the identity provider sent</h3>
      ${list.error
        ? html`<${Failure} error=${list.error} onRetry=${list.reload} />`
        : html`
            <ul class="lines">
              ${requests.nodes.map((request) => html`<${Request} key=${request.id} request=${request} />`)}
            </ul>
            <${More} list=${list} pageInfo=${requests.pageInfo} all=${activityAddress({ tab: "log", member: id })} />`}
    </section>
  `;
}
