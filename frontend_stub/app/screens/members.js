/* The member list: who is in, with which role, and where each person came from. */
import { html, useMemo, useState } from "../../vendor/kit.js";
import { canUsePasskeys } from "../passkeys.js";
import { useQuery } from "../query.js";
import { query, setQuery } from "../router.js";
import { can, canComeBack } from "../store.js";
import { Button } from "../ui/button.js";
import { Later, useAhead } from "../ui/later.js";
import { Pager, usePlace } from "../ui/pager.js";
import { Empty, Failure, Skeleton } from "../ui/states.js";
import { Table } from "../ui/table.js";
import { Search } from "./activity-filters.js";
import { MemberActionDialog } from "./member-actions.js";
import { memberColumns } from "./member-cells.js";
import { AsOfField, Facets, asOf, clearFilters, isNarrowed, listedBy, sortBy } from "./member-filters.js";
import { useLiveMembers } from "./member-live.js";
import { SelectionBar, useSelection } from "./member-selection.js";

const drawer = async () => (await import("./member-drawer.js")).MemberDrawer;
const adding = async () => (await import("./add-member-dialog.js")).AddMemberDialog;
const bulk = async () => (await import("./member-bulk.js")).BulkDialog;
const past = async () => (await import("./member-as-of.js")).MembersAsOf;

function Nobody({ parameters: { search, status } }) {
  if (search) {
    return html`
      <${Empty} title=${`Nobody matches “${search}”`}>
        <${Button} onClick=${() => setQuery({ search: "" })}>Clear the search<//>
      <//>
    `;
  }
  if (status === "INACTIVE") {
    return html`
      <${Empty} title="Nobody is inactive">
        People whom the identity provider deactivates appear here.
        <${Button} onClick=${clearFilters}>Show all active members<//>
      <//>
    `;
  }
  return isNarrowed({ ...query.value })
    ? html`<${Empty} title="Nobody fits"><${Button} onClick=${clearFilters}>Show all active members<//><//>`
    : html`<${Empty} title="No members yet">They appear here as your identity provider sends them.<//>`;
}

function Joined({ count, onShow }) {
  return html`
    <div class="fresh" role="status">
      ${count > 0 && html`
        <button type="button" class="fresh-button" onClick=${onShow}>
          ${count.toLocaleString()} new ${count === 1 ? "member" : "members"}
        </button>`}
    </div>
  `;
}

const NOUNS = { ACTIVE: "active member", INACTIVE: "inactive member" };

function countText(count, statuses) {
  if (count === undefined) return "";
  return `${count.toLocaleString()} ${NOUNS[statuses.join()] ?? "member"}${count === 1 ? "" : "s"}`;
}

function Lonely() {
  return html`
    <p class="callout">
      Only you so far. <a href="/settings/authentication">Connect your identity provider</a> and its people appear here.
    </p>
  `;
}

function Rows({ list, live, selection, onAct }) {
  const { asked, counts, connection, busy, turn } = list;
  const alone = counts?.totalCount === 1 && !isNarrowed(query.value) && can("TOKENS_WRITE");
  const rows = live.rows.map((row) => (
    { ...row, muted: row.gone || row.status !== "ACTIVE", selected: selection.has(row.id) }
  ));
  return html`
    <${Table} caption="Members" columns=${memberColumns(live.rows, selection, onAct)} rows=${rows} busy=${busy}
      order=${asked.orderBy} onOrder=${sortBy} />
    ${alone && html`<${Lonely} />`}
    <${Pager} pageInfo=${connection.pageInfo} busy=${busy} onPage=${turn}>
      ${countText(counts?.totalCount, asked.filter.status)}
    <//>
  `;
}

/* What the address asks for, as far as it has been read. */
function useMembers() {
  const asked = listedBy(query.value);
  const { filter, search } = asked;
  const key = JSON.stringify(asked);
  const [place, turn] = usePlace(key);
  const page = { ...asked, ...place };
  const { data, error, loading, reload, of } = useQuery("Members", page);
  const counted = useQuery("MemberCounts", { filter, search });
  const connection = data?.organization.members;
  return {
    asked, key, turn, connection, error, reload,
    busy: loading && of !== JSON.stringify(page), // what is read anew by itself does not dim
    counts: counted.data?.organization.members,
    recount: counted.reload,
  };
}

/* One dialog at a time: adding, an action on one member, or on all who are selected. */
function Open({ open, selection, list, live, onOpen }) {
  const close = () => onOpen(null);
  function settled() {
    close();
    list.reload();
    list.recount();
  }
  function added(id) {
    live.expect(id);
    settled();
  }
  function changed(refused) {
    selection.only(refused);
    settled();
  }
  if (open === "add") return html`<${Later} key="add" load=${adding} onDone=${added} onClose=${close} />`;
  if (open?.change) return html`<${Later} key="bulk" load=${bulk} ...${open} onDone=${changed} onClose=${close} />`;
  return open && html`<${MemberActionDialog} key=${open.kind} ...${open} onDone=${settled} onClose=${close} />`;
}

function Present({ open, onOpen }) {
  const list = useMembers();
  const { asked, key, connection, counts, error, reload, recount } = list;
  const selection = useSelection(key);
  const live = useLiveMembers({ nodes: connection?.nodes, reload, recount });
  const { member } = query.value;
  function show() {
    live.forget();
    reload();
  }
  function changed() {
    reload();
    recount();
  }
  return html`
    <${Facets} filter=${asked.filter} facets=${counts?.facets} />
    <${Joined} count=${live.joined} onShow=${show} />
    <${SelectionBar} selection=${selection}
      onAct=${(change) => onOpen({ change, members: selection.members })} />
    ${error ? html`<${Failure} error=${error} onRetry=${reload} />`
      : !connection ? html`<${Skeleton} label="Loading members" />`
      : connection.nodes.length === 0 ? html`<${Nobody} parameters=${query.value} />`
      : html`<${Rows} list=${list} live=${live} selection=${selection} onAct=${onOpen} />`}
    ${member && html`
      <${Later} load=${drawer} key=${member} id=${member} onChanged=${changed}
        onClose=${() => setQuery({ member: "" })} />`}
    <${Open} open=${open} selection=${selection} list=${list} live=${live} onOpen=${onOpen} />
  `;
}

function WayBack() {
  return canUsePasskeys() && !canComeBack() && html`
    <p class="callout">
      Without a new link you cannot sign in again. <a href="/account">Add a passkey</a>, and you can.
    </p>`;
}

/** The screen at /members. */
export function Members() {
  const [open, setOpen] = useState(null);
  const { asof } = query.value;
  useAhead([drawer, adding, bulk]);
  const mayLookBack = can("AUDIT_READ") && can("MEMBERS_READ");
  const day = useMemo(() => mayLookBack && asOf({ asof }), [asof, mayLookBack]); // today ends when it is chosen
  return html`
    <div class="screen-head">
      <h1 tabindex="-1">Members</h1>
      ${can("MEMBERS_WRITE") && !day && html`
        <${Button} kind="primary" onClick=${() => setOpen("add")}>Add member<//>`}
    </div>
    <${WayBack} />
    <div class="toolbar" role="search">
      <${Search} label="Search members" placeholder="Search name or e-mail" />
      ${mayLookBack && html`<${AsOfField} />`}
    </div>
    ${day
      ? html`<${Later} key="past" load=${past} day=${day} onClose=${() => setQuery({ asof: "" })} />`
      : html`<${Present} open=${open} onOpen=${setOpen} />`}
  `;
}
