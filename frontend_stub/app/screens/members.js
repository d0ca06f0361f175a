/* The member list: who is in, with which role, and where each person came from. */
import { html, useEffect, useMemo, useRef, useState } from "../../vendor/kit.js";
import { canUsePasskeys } from "../passkeys.js";
import { useQuery } from "../query.js";
import { closeDrawer, query, setQuery } from "../router.js";
import { can, canComeBack } from "../store.js";
import { Button } from "../ui/button.js";
import { Search } from "../ui/filters.js";
import { focusTitleIfLost } from "../ui/focus.js";
import { Later, useAhead } from "../ui/later.js";
import { numberText } from "../ui/numbers.js";
import { Pager, useFilled, usePlace } from "../ui/pager.js";
import { Empty, Failure, Skeleton, Stale } from "../ui/states.js";
import { Table } from "../ui/table.js";
import { MemberActionDialog } from "./member-actions.js";
import { memberColumns } from "./member-cells.js";
import {
  AsOfField, Facets, NumbersFailed, asOf, clearFilters, isNarrowed, listedBy, sortBy,
} from "./member-filters.js";
import { useLiveMembers } from "./member-live.js";
import { SelectionBar, useSelection } from "./member-selection.js";

const drawer = async () => (await import("./member-drawer.js")).MemberDrawer;
const adding = async () => (await import("./add-member-dialog.js")).AddMemberDialog;
const bulk = async () => (await import("./member-bulk.js")).BulkDialog;
const past = async () => (await import("./member-as-of.js")).MembersAsOf;

function Nobody({ parameters: { search, status } }) {
  function clearSearch() {
    document.querySelector("#main input[type=search]")?.focus(); // the button is about to go
    setQuery({ search: "" });
  }
  function showAll() {
    clearFilters();
    focusTitleIfLost();
  }
  if (search) {
    return html`
      <${Empty} title=${`Nobody matches “${search}”`}><${Button} onClick=${clearSearch}>Clear the search<//><//>
    `;
  }
  if (status === "INACTIVE") {
    return html`
      <${Empty} title="Nobody is inactive">
        People whom the identity provider deactivates appear here.
        <${Button} onClick=${showAll}>Show all active members<//>
      <//>
    `;
  }
  return isNarrowed(query.value)
    ? html`
        <${Empty} title="No members match these filters">
          <${Button} onClick=${showAll}>Show all active members<//>
        <//>`
    : html`<${Empty} title="No members yet">They appear here as your identity provider sends them.<//>`;
}

/* Who joined is in a list of everybody, and perhaps not in a narrower one. */
function joinedText(count, { filter: { status, role, source }, search }) {
  const isNarrow = search || role.length > 0 || source.length > 0 || (status.length > 0 && !status.includes("ACTIVE"));
  if (isNarrow) return "The list may have changed";
  return `${numberText(count)} new ${count === 1 ? "member" : "members"}`;
}

function Joined({ count, asked, onShow }) {
  return html`
    <div class="fresh" role="status">
      ${count > 0 && html`
        <button type="button" class="fresh-button" onClick=${onShow}>${joinedText(count, asked)}</button>`}
    </div>
  `;
}

const NOUNS = { ACTIVE: "active member", INACTIVE: "inactive member" };

function countText(count, statuses) {
  if (count === undefined) return "";
  return `${numberText(count)} ${NOUNS[statuses.join()] ?? "member"}${count === 1 ? "" : "s"}`;
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

/* The list, whichever of its pages, to which the variables of a page belong. */
function listOf(page) {
  const { first, after, last, before, ...list } = JSON.parse(page);
  return JSON.stringify(list);
}

/* What the address asks for, as far as it has been read. `of` names the page on display and `key` its list, which are
  those of before until what is asked for has arrived. */
function useMembers() {
  const asked = listedBy(query.value);
  const { filter, search } = asked;
  const [place, turn] = usePlace(JSON.stringify(asked));
  const page = { ...asked, ...place };
  const list = useQuery("Members", page);
  const counted = useQuery("MemberCounts", { filter, search });
  const of = list.of ?? JSON.stringify(page);
  return {
    ...list, of, asked, turn, counted,
    key: listOf(of),
    connection: useFilled(list.data?.organization.members, place, turn),
    busy: of !== JSON.stringify(page), // what is read anew by itself does not dim
    counts: counted.data?.organization.members,
    recount: counted.reload,
  };
}

/* Goes to the first page and reads it anew; the focus goes there with it, as the button that was pressed goes. */
function useFirstPage({ connection, turn, reload }, onShown) {
  const isWanted = useRef(false);
  useEffect(() => {
    if (!isWanted.current || !connection) return;
    isWanted.current = false;
    document.querySelector("#main .row-link")?.focus();
    onShown();
    focusTitleIfLost();
  }, [connection]);
  return () => {
    isWanted.current = true;
    turn();
    reload();
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

/* The list itself, or why there is none. */
function Listed({ list, live, selection, onAct }) {
  const { connection, error, reload, recount, busy } = list;
  function retry() {
    reload();
    recount(); // it failed with the list, and waits for nobody's button
  }
  if (error) return html`<${Failure} error=${error} onRetry=${retry} />`;
  const isEmpty = connection?.nodes.length === 0;
  if (!connection || (isEmpty && busy)) return html`<${Skeleton} label="Loading members" />`;
  return isEmpty
    ? html`<${Nobody} parameters=${query.value} />`
    : html`<${Rows} list=${list} live=${live} selection=${selection} onAct=${onAct} />`;
}

function Present({ open, onOpen }) {
  const list = useMembers();
  const { asked, key, of, connection, counted, counts, reload, recount } = list;
  const selection = useSelection(key);
  const live = useLiveMembers({ shown: of, nodes: connection?.nodes, reload, recount, onGone: selection.drop });
  const show = useFirstPage(list, live.forget);
  const { member } = query.value;
  function changed() {
    reload();
    recount();
  }
  function act(change) {
    const now = new Map(live.rows.map((row) => [row.id, row]));
    onOpen({ change, members: selection.members.map((row) => now.get(row.id) ?? row) });
  }
  return html`
    <${Facets} filter=${asked.filter} facets=${counts?.facets} />
    <${NumbersFailed} counted=${counted} list=${list} />
    <${Stale} answer=${list.stale ? list : counted} />
    <${Joined} count=${live.joined} asked=${asked} onShow=${show} />
    <${SelectionBar} selection=${selection} onAct=${act} />
    <${Listed} list=${list} live=${live} selection=${selection} onAct=${onOpen} />
    ${member && html`
      <${Later} load=${drawer} key=${member} id=${member} onChanged=${changed}
        onClose=${() => closeDrawer("member")} />`}
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
