/* The provisioning log: what identity providers sent, and what came of it. */
import { html, useMemo } from "../../vendor/kit.js";
import { closeDrawer, query, setQuery } from "../router.js";
import { can } from "../store.js";
import { Choice, Condition, Search, conditions, listOf } from "../ui/filters.js";
import { numberText } from "../ui/numbers.js";
import { RelativeTime } from "../ui/relative-time.js";
import { Empty, Failure, Skeleton, Stale } from "../ui/states.js";
import { Table } from "../ui/table.js";
import { FreshBar, LiveMark, Older, useFeed } from "./activity-feed.js";
import { Period, ShowAll, periodOf } from "./activity-filters.js";
import { TokenCondition, Who, useTokens } from "./activity-people.js";
import { tokenText } from "./activity-words.js";
import { LogEntry } from "./log-entry.js";
import { Retention } from "./log-retention.js";
import {
  CLIENTS, Client, METHODS, OUTCOMES, Outcome, durationText, requestText, shortMomentText, shortRequestText,
} from "./log-words.js";

const POLL_MS = 5_000; // refusals leave no event of which the page would hear
const OUTCOME_OPTIONS = [
  ["", "Any outcome"],
  ["REFUSED,FAILED", "Problems"],
  ...Object.entries(OUTCOMES).map(([value, [, text]]) => [value, text]),
];
const CLIENT_OPTIONS = [["", "Any client"], ...Object.entries(CLIENTS)];
const NOTES_OPTIONS = [["", "All requests"], ["yes", "With notes"], ["no", "Without notes"]];
const NOTED = { yes: true, no: false };

function numbersOf(text) {
  return (text ?? "").split(",").filter((part) => /^\d+$/.test(part)).map(Number);
}

/* The filter of the API, of what the address says. */
function filterOf(parameters) {
  const { search, outcome, client, method, status, scimType, token, member, notes } = parameters;
  return conditions({
    search,
    outcome: listOf(outcome, OUTCOMES),
    client: listOf(client, CLIENTS),
    method: listOf(method, METHODS),
    status: numbersOf(status),
    scimType: scimType ? scimType.split(",") : [],
    token,
    member,
    hasNotes: NOTED[notes],
    ...periodOf(parameters),
  });
}

function addressOf(id) {
  return `/activity?${new URLSearchParams({ ...query.value, entry: id })}`;
}

function Request({ entry }) {
  const { id, notes } = entry;
  return html`
    <a class="row-link mono" href=${addressOf(id)} title=${requestText(entry)}
      data-shortcut="open">${shortRequestText(entry)}</a>
    ${notes.length > 0 && html`<span class="detail">${notes.length === 1 ? "1 note" : `${notes.length} notes`}</span>`}
  `;
}

function Result({ entry: { outcome, status, scimType } }) {
  return html`
    <span>
      <${Outcome} outcome=${outcome} /> <span class="detail">${status}${scimType && ` ${scimType}`}</span>
    </span>
  `;
}

const COLUMNS = [
  { key: "request", title: "Request", cell: (entry) => html`<${Request} entry=${entry} />` },
  { key: "about", title: "About", cell: ({ about }) => about || html`<span class="muted nothing">–</span>` },
  { key: "outcome", title: "Outcome", cell: (entry) => html`<${Result} entry=${entry} />` },
  { key: "client", title: "Client", cell: (entry) => html`<${Client} ...${entry} />` },
  { key: "duration", title: "Took", cell: ({ durationMs }) => durationText(durationMs) },
  {
    key: "time", title: "When", cell: ({ occurredAt }) => html`
      <span><${RelativeTime} at=${occurredAt} /> <span class="detail">${shortMomentText(occurredAt)}</span></span>`,
  },
];

/* One that is in no list, or not yet, narrows it all the same, and must be seen to. */
function Token() {
  const tokens = useTokens("ScimToken");
  const { token } = query.value;
  if (token && !tokens.some(({ id }) => id === token)) return html`<${TokenCondition} key=${token} id=${token} />`;
  const options = [["", "Any token"], ...tokens.map((each) => [each.id, tokenText(each)])];
  return tokens.length > 0 && html`<${Choice} name="token" label="Token" options=${options} />`;
}

function Filters() {
  const { method, status, scimType, member } = query.value;
  const texts = { method, status: status && `Status ${status}`, scimType };
  return html`
    <div class="toolbar" role="search" aria-label="Filter the log">
      <${Search} label="Search the log" placeholder="Person or request id" />
      <${Choice} name="outcome" label="Outcome" options=${OUTCOME_OPTIONS} />
      <${Choice} name="client" label="Client" options=${CLIENT_OPTIONS} />
      <${Token} />
      <${Choice} name="notes" label="Notes" options=${NOTES_OPTIONS} />
      <${Period} />
      ${member && html`<${Who} name="member" label="Person" verb="About" />`}
      ${Object.entries(texts).filter(([, text]) => text).map(([name, text]) => html`
        <${Condition} key=${name} text=${text} onClear=${() => setQuery({ [name]: "" })} />
      `)}
    </div>
  `;
}

function All() {
  return html`<${ShowAll}>Show all requests<//>`;
}

function Nothing({ filtered }) {
  if (filtered) {
    return html`
      <${Empty} title="No requests match these filters">
        <${All} />
      <//>
    `;
  }
  return html`
    <${Empty} title="No requests yet">
      What your identity provider sends appears here as it comes.
      ${can("TOKENS_WRITE") && html`
        <a href="/settings/authentication?tab=provisioning">Connect your identity provider</a>`}
    <//>
  `;
}

function Rows({ feed, filtered }) {
  const { rows, error, loading, reload } = feed;
  if (error) return html`<${Failure} error=${error} onRetry=${reload} />${filtered && html`<${All} />`}`;
  if (!rows) return html`<${Skeleton} label="Loading the provisioning log" />`;
  if (rows.length === 0) return html`<${Nothing} filtered=${filtered} />`;
  return html`
    <${Table} caption="Provisioning log" columns=${COLUMNS} rows=${rows} busy=${loading} />
    <${Older} feed=${feed}>
      ${numberText(rows.length)} ${feed.hasMore ? "newest requests" : rows.length === 1 ? "request" : "requests"}
    <//>
  `;
}

/** The tab of the provisioning log. */
export function ProvisioningLog() {
  const { entry, tab, ...parameters } = query.value;
  const key = JSON.stringify(parameters);
  const filter = useMemo(() => filterOf(parameters), [key]); // a period of so many hours begins when it is chosen
  const feed = useFeed({
    operation: "ProvisioningLog", pick: ({ organization }) => organization.provisioningRequests, filter,
    pollMs: POLL_MS,
  });
  return html`
    <${Filters} />
    <${Stale} answer=${feed} />
    <div class="feed-head">
      <${LiveMark} />
      <${Retention} />
    </div>
    <div class="feed">
      <${FreshBar} feed=${feed} noun="request" />
      <${Rows} feed=${feed} filtered=${Object.keys(filter).length > 0} />
    </div>
    ${entry && html`
      <${LogEntry} key=${entry} id=${entry} onClose=${() => closeDrawer("entry")} />`}
  `;
}
