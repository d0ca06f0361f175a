/* One event of the audit trail: who did it, to whom, and what changed, field by field. */
import { html } from "../../vendor/kit.js";
import { useQuery } from "../query.js";
import { can } from "../store.js";
import { CopyButton } from "../ui/copy-field.js";
import { Drawer } from "../ui/drawer.js";
import { Facts } from "../ui/facts.js";
import { Empty, Failure, Skeleton, Stale } from "../ui/states.js";
import { ACTIONS, ACTOR_KINDS, CHANNELS, changesOf, countsOf, fieldText, valueText } from "./audit-words.js";
import { momentText } from "./log-words.js";

function Value({ field, value }) {
  return valueText(field, value) ?? html`<pre class="diff-json">${JSON.stringify(value, null, 2)}</pre>`;
}

function Side({ tag: Tag, label, field, value }) {
  return html`
    <${Tag} class=${value === null ? "diff-value diff-nothing" : "diff-value"}>
      <span class="visually-hidden">${label}: </span><${Value} field=${field} value=${value} />
    <//>
  `;
}

function Changes({ event }) {
  const counts = countsOf(event);
  const changes = counts === null ? changesOf(event) : [];
  return html`
    <section class="part" aria-label="What changed">
      <h3>What changed</h3>
      ${counts && html`<p>${counts}</p>`}
      ${!counts && changes.length === 0 && html`<p class="muted">No field.</p>`}
      <dl class="diff">
        ${changes.map(({ field, before, after }) => html`
          <div class="diff-change" key=${field}>
            <dt>${fieldText(field)}</dt>
            <dd><${Side} tag="del" label="Before" field=${field} value=${before} /></dd>
            <dd><${Side} tag="ins" label="After" field=${field} value=${after} /></dd>
          </div>
        `)}
      </dl>
    </section>
  `;
}

const GAINED = { true: "added", false: "removed" };

function Target({ target: { id, gained, member } }) {
  const name = member?.name || member?.email || "Somebody who has left";
  const address = `/members?${new URLSearchParams({ member: id })}`;
  return html`
    <li>
      ${member && can("MEMBERS_READ") ? html`<a href=${address}>${name}</a>` : name}
      ${gained !== null && html` <span class="muted">(${GAINED[gained]})</span>`}
    </li>
  `;
}

function Targets({ targets, hasMoreTargets }) {
  return html`
    <ul class="targets">
      ${targets.map((target) => html`<${Target} key=${target.id} target=${target} />`)}
      ${hasMoreTargets && html`<li class="muted">and more</li>`}
    </ul>
  `;
}

function Actor({ actor: { id, kind, name } }) {
  const address = `/activity?${new URLSearchParams({ tab: "audit", actor: id })}`;
  return html`
    ${id ? html`<a href=${address} title="Everything that they did">${name}</a>` : name}
    <span class="detail">${ACTOR_KINDS[kind] ?? kind}</span>
  `;
}

function RequestId({ event: { channel, requestId } }) {
  const address = `/activity?${new URLSearchParams({ tab: "log", search: requestId })}`;
  return html`
    <span class="copied-value">
      <code>${requestId}</code> <${CopyButton} text=${requestId} label="Copy the request id" kind="quiet" />
    </span>
    ${channel === "SCIM" && html`<a href=${address}>See the request</a>`}
  `;
}

function factsOf(event) {
  const { occurredAt, channel, target, targets, requestId } = event;
  return [
    ["When", html`<time datetime=${occurredAt}>${momentText(occurredAt)}</time>`],
    ["By", html`<${Actor} ...${event} />`],
    ["Through", CHANNELS[channel] ?? channel],
    ["What", target],
    targets.length > 0 && [targets.length > 1 ? "Members" : "Member", html`<${Targets} ...${event} />`],
    requestId && ["Request id", html`<${RequestId} event=${event} />`],
  ];
}

function Details({ event }) {
  return html`
    ${event.warning && html`<p class="explanation">${event.warning}</p>`}
    <${Facts} facts=${factsOf(event)} />
    <${Changes} event=${event} />
  `;
}

/** The drawer of the event with this id. */
export function AuditEntry({ id, onClose }) {
  const answer = useQuery("AuditEntry", { id });
  const { data, error, reload } = answer;
  const event = data?.node;
  return html`
    <${Drawer} title=${ACTIONS[event?.action] ?? (event?.id ? "Another change" : "Event")} onClose=${onClose}>
      <${Stale} answer=${answer} />
      ${error ? html`<${Failure} error=${error} onRetry=${reload} />`
        : !data ? html`<${Skeleton} label="Loading the event" rows=${4} />`
        : event?.id ? html`<${Details} event=${event} />`
        : html`<${Empty} title="There is no such event">It is not in this organization's audit trail.<//>`}
    <//>
  `;
}
