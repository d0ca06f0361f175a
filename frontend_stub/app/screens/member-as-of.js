/* The members as they were on a day: who had access, and with which role. */
import { html } from "../../vendor/kit.js";
import { useQuery } from "../query.js";
import { query, setQuery } from "../router.js";
import { Button } from "../ui/button.js";
import { focusTitleIfLost } from "../ui/focus.js";
import { numberText } from "../ui/numbers.js";
import { Pager, useFilled, usePlace } from "../ui/pager.js";
import { Empty, Failure, Skeleton, Stale } from "../ui/states.js";
import { Table } from "../ui/table.js";
import { PAST_COLUMNS } from "./member-cells.js";
import { Facets, NumbersFailed, clearFilters, isNarrowed, listedBy } from "./member-filters.js";

function Head({ day: { at, text } }) {
  function back() {
    document.querySelector(".as-of input")?.focus(); // this button is about to go
    setQuery({ asof: "" });
  }
  return html`
    <div class="callout as-of-head">
      <p>Who had access <b>${text}</b>, as the audit trail tells.</p>
      <a href=${`/exports/members.csv?${new URLSearchParams({ asOf: at })}`} download>All of them as CSV</a>
      <${Button} onClick=${back}>Back to now<//>
    </div>
  `;
}

function Nobody({ day, narrowed }) {
  function showAll() {
    clearFilters();
    focusTitleIfLost();
  }
  return html`
    <${Empty} title=${`${narrowed ? "No members match these filters" : "Nobody had access"} ${day.text}`}>
      ${narrowed && html`<${Button} onClick=${showAll}>Show all members<//>`}
    <//>
  `;
}

function countText(count) {
  return count === 1 ? "1 member" : `${numberText(count)} members`;
}

/** The list on a day `{at, text}`. */
export function MembersAsOf({ day }) {
  const { filter, search } = listedBy(query.value);
  const asked = { asOf: day.at, filter, search };
  const [place, turn] = usePlace(JSON.stringify(asked));
  const page = { ...asked, ...place };
  const list = useQuery("MembersAsOf", page);
  const counted = useQuery("MemberCounts", asked);
  const connection = useFilled(list.data?.organization.members, place, turn);
  const busy = list.of !== JSON.stringify(page);
  const counts = counted.data?.organization.members;
  return html`
    <${Head} day=${day} />
    <${Facets} filter=${filter} facets=${counts?.facets} />
    <${NumbersFailed} counted=${counted} list=${list} />
    <${Stale} answer=${list} />
    ${list.error ? html`<${Failure} error=${list.error} onRetry=${list.reload} />`
      : !connection || (busy && connection.nodes.length === 0) ? html`<${Skeleton} label="Loading members" />`
      : connection.nodes.length === 0 ? html`<${Nobody} day=${day} narrowed=${isNarrowed(query.value)} />`
      : html`
          <${Table} caption=${`Members ${day.text}`} columns=${PAST_COLUMNS} rows=${connection.nodes} busy=${busy} />
          <${Pager} pageInfo=${connection.pageInfo} busy=${busy} onPage=${turn}>
            ${counts && countText(counts.totalCount)}
          <//>`}
  `;
}
