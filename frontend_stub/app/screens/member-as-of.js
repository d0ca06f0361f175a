/* The members as they were at the end of a day: who had access, and with which role. */
import { html } from "../../vendor/kit.js";
import { useQuery } from "../query.js";
import { query, setQuery } from "../router.js";
import { Button } from "../ui/button.js";
import { Pager, usePlace } from "../ui/pager.js";
import { Empty, Failure, Skeleton } from "../ui/states.js";
import { Table } from "../ui/table.js";
import { PAST_COLUMNS } from "./member-cells.js";
import { Facets, clearFilters, isNarrowed, listedBy } from "./member-filters.js";

function Head({ day: { at, text } }) {
  return html`
    <div class="callout as-of-head">
      <p>Who had access at the end of <b>${text}</b>, as the audit trail tells.</p>
      <a href=${`/exports/members.csv?${new URLSearchParams({ asOf: at })}`} download>All of them as CSV</a>
      <${Button} onClick=${() => setQuery({ asof: "" })}>Back to now<//>
    </div>
  `;
}

function Nobody({ day, narrowed }) {
  return html`
    <${Empty} title=${`${narrowed ? "Nobody fits" : "Nobody had access"} at the end of ${day.text}`}>
      ${narrowed && html`<${Button} onClick=${clearFilters}>Show all members<//>`}
    <//>
  `;
}

/** The list at a day `{at, text}`. */
export function MembersAsOf({ day }) {
  const { filter, search } = listedBy(query.value);
  const asked = { asOf: day.at, filter, search };
  const [place, turn] = usePlace(JSON.stringify(asked));
  const { data, error, loading, reload } = useQuery("MembersAsOf", { ...asked, ...place });
  const counted = useQuery("MemberCounts", asked);
  const connection = data?.organization.members;
  const counts = counted.data?.organization.members;
  return html`
    <${Head} day=${day} />
    <${Facets} filter=${filter} facets=${counts?.facets} />
    ${error ? html`<${Failure} error=${error} onRetry=${reload} />`
      : !connection ? html`<${Skeleton} label="Loading members" />`
      : connection.nodes.length === 0 ? html`<${Nobody} day=${day} narrowed=${isNarrowed(query.value)} />`
      : html`
          <${Table} caption=${`Members as of ${day.text}`} columns=${PAST_COLUMNS} rows=${connection.nodes}
            busy=${loading} />
          <${Pager} pageInfo=${connection.pageInfo} busy=${loading} onPage=${turn}>
            ${counts && `${counts.totalCount.toLocaleString()} member${counts.totalCount === 1 ? "" : "s"}`}
          <//>`}
  `;
}
