/* The audit trail: who did what, to whom, and what changed by it. */
import { html, useMemo } from "../../vendor/kit.js";
import { closeDrawer, query } from "../router.js";
import { Badge } from "../ui/badge.js";
import { Choice, conditions, listOf } from "../ui/filters.js";
import { numberText } from "../ui/numbers.js";
import { RelativeTime } from "../ui/relative-time.js";
import { Empty, Failure, Skeleton, Stale } from "../ui/states.js";
import { Table } from "../ui/table.js";
import { FreshBar, LiveMark, Older, useFeed } from "./activity-feed.js";
import { Period, ShowAll, periodOf } from "./activity-filters.js";
import { Who, useTokens } from "./activity-people.js";
import { AuditEntry } from "./audit-event.js";
import { ACTIONS, ACTION_GROUPS, ACTOR_KINDS, CHANNELS, summaryOf } from "./audit-words.js";
import { shortMomentText } from "./log-words.js";

const ACTION_OPTIONS = [
  ["", "Anything"],
  ...Object.entries(ACTION_GROUPS).map(([group, actions]) => [group, Object.entries(actions)]),
];
const CHANNEL_OPTIONS = [["", "Any door"], ...Object.entries(CHANNELS)];

/* The filter of the API, of what the address says. */
function filterOf(parameters) {
  const { action, channel, actor, member } = parameters;
  return conditions({
    action: listOf(action, ACTIONS), channel: listOf(channel, CHANNELS), actor, member, ...periodOf(parameters),
  });
}

function addressOf(id) {
  return `/activity?${new URLSearchParams({ ...query.value, event: id })}`;
}

function What({ event }) {
  const { id, action, target, warning } = event;
  return html`
    <a class="row-link" href=${addressOf(id)} data-shortcut="open">${ACTIONS[action] ?? "Another change"}</a>
    <span class="detail">${target}</span>
    ${warning && html`<span class="badges"><${Badge} tone="warning">Warning<//></span>`}
  `;
}

function By({ event: { actor: { kind, name } } }) {
  return html`<span>${name} <span class="detail">${ACTOR_KINDS[kind] ?? kind}</span></span>`;
}

const COLUMNS = [
  { key: "what", title: "What", cell: (event) => html`<${What} event=${event} />` },
  { key: "changed", title: "Changed", cell: (event) => summaryOf(event) || html`<span class="muted nothing">–</span>` },
  { key: "by", title: "By", cell: (event) => html`<${By} event=${event} />` },
  {
    key: "time", title: "When", cell: ({ occurredAt }) => html`
      <span><${RelativeTime} at=${occurredAt} /> <span class="detail">${shortMomentText(occurredAt)}</span></span>`,
  },
];

function Filters() {
  const tokens = useTokens();
  return html`
    <div class="toolbar" role="search" aria-label="Filter the audit trail">
      <${Choice} name="action" label="Action" options=${ACTION_OPTIONS} />
      <${Who} name="actor" label="Done by" verb="Done by" tokens=${tokens} />
      <${Who} name="member" label="Done to" verb="Done to" />
      <${Choice} name="channel" label="Door" options=${CHANNEL_OPTIONS} />
      <${Period} />
    </div>
  `;
}

function exportAddress(format, filter) {
  const all = Object.entries(filter).flatMap(([name, value]) => [value].flat().map((each) => [name, each]));
  const text = new URLSearchParams(all).toString();
  return `/exports/audit.${format}${text && `?${text}`}`;
}

function Exports({ filter }) {
  return html`
    <p class="exports">
      Export these events:
      ${["csv", "ndjson"].map((format) => html`
        <a key=${format} href=${exportAddress(format, filter)} download>
          ${format.toUpperCase()}
        </a>
      `)}
    </p>
  `;
}

function All() {
  return html`<${ShowAll}>Show all events<//>`;
}

function Rows({ feed, filtered }) {
  const { rows, error, loading, reload } = feed;
  if (error) return html`<${Failure} error=${error} onRetry=${reload} />${filtered && html`<${All} />`}`;
  if (!rows) return html`<${Skeleton} label="Loading the audit trail" />`;
  if (rows.length === 0) {
    return html`
      <${Empty} title=${filtered ? "No events match these filters" : "Nothing has happened yet"}>
        ${filtered && html`<${All} />`}
      <//>
    `;
  }
  return html`
    <${Table} caption="Audit trail" columns=${COLUMNS} rows=${rows} busy=${loading} />
    <${Older} feed=${feed}>
      ${numberText(rows.length)} ${feed.hasMore ? "newest events" : rows.length === 1 ? "event" : "events"}
    <//>
  `;
}

/** The tab of the audit trail. */
export function AuditTrail() {
  const { event, tab, ...parameters } = query.value;
  const key = JSON.stringify(parameters);
  const filter = useMemo(() => filterOf(parameters), [key]); // a period of so many hours begins when it is chosen
  const feed = useFeed({
    operation: "AuditTrail", pick: ({ organization }) => organization.auditEvents, filter,
  });
  return html`
    <${Filters} />
    <${Stale} answer=${feed} />
    <div class="feed-head">
      <${LiveMark} />
      <${Exports} filter=${filter} />
    </div>
    <div class="feed">
      <${FreshBar} feed=${feed} noun="event" />
      <${Rows} feed=${feed} filtered=${Object.keys(filter).length > 0} />
    </div>
    ${event && html`
      <${AuditEntry} key=${event} id=${event} onClose=${() => closeDrawer("event")} />`}
  `;
}
