/* The member list: who is in, with which role, and where each person came from. */
import { html, useEffect, useState } from "../../vendor/kit.js";
import { canUsePasskeys } from "../passkeys.js";
import { useQuery } from "../query.js";
import { can, canComeBack, session } from "../store.js";
import { Badge } from "../ui/badge.js";
import { Button } from "../ui/button.js";
import { Segments } from "../ui/field.js";
import { Icon } from "../ui/icon.js";
import { Pager } from "../ui/pager.js";
import { Menu, Note } from "../ui/popover.js";
import { Empty, Failure, Skeleton } from "../ui/states.js";
import { Table } from "../ui/table.js";
import { AddMemberDialog } from "./add-member-dialog.js";
import { MemberActionDialog, ROLES, SOURCES, menuActions, nameOf } from "./member-actions.js";

const PAGE_SIZE = 50;
const SEARCH_PAUSE_MS = 250;
const STATUSES = { ALL: ["ACTIVE", "INACTIVE"], ACTIVE: ["ACTIVE"], INACTIVE: ["INACTIVE"] };
const NOUNS = { ALL: "member", ACTIVE: "active member", INACTIVE: "inactive member" };
const FILTERS = [["ACTIVE", "Active"], ["INACTIVE", "Inactive"], ["ALL", "All"]];

function Person({ member }) {
  const you = member.id === session.value.viewer.member?.id;
  return html`
    <span class="person-name">${nameOf(member)} ${you && html`<span class="muted">(you)</span>`}</span>
    <span class="person-email">${member.email ?? "no e-mail"}</span>
  `;
}

function RoleCell({ member, onAct }) {
  if (!can("ROLES_WRITE") || member.status !== "ACTIVE") {
    const tone = member.role === "ADMIN" ? "accent" : "neutral";
    return html`<${Badge} tone=${tone}>${ROLES[member.role] ?? "No role"}<//>`;
  }
  // The shown value follows the server: a choice asks first and changes nothing by itself.
  function onChange(event) {
    const role = event.target.value;
    event.target.value = member.role ?? "";
    onAct({ kind: "role", member, role });
  }
  return html`
    <select class="input select role-select" aria-label=${`Role of ${nameOf(member)}`} value=${member.role ?? ""}
      onChange=${onChange}>
      ${!member.role && html`<option value="" disabled>No role</option>`}
      ${Object.entries(ROLES).map(([role, text]) => html`<option value=${role} key=${role}>${text}</option>`)}
    </select>
  `;
}

const SCIM_NOTE =
  "Provisioned by your identity provider. Name and e-mail come from there and can only be changed there. " +
  "Role and access can be changed here; the identity provider may change them again.";

function SourceCell({ member }) {
  const text = SOURCES[member.source] ?? member.source;
  if (member.source !== "SCIM") return html`<${Badge}>${text}<//>`;
  return html`
    <${Note} label=${`${text}: why ${nameOf(member)}'s profile is read-only`} note=${SCIM_NOTE}>
      <${Badge} tone="info"><${Icon} name="lock" /> ${text}<//>
    <//>
  `;
}

function StatusCell({ member }) {
  const active = member.status === "ACTIVE";
  return html`<${Badge} tone=${active ? "good" : "neutral"}>${active ? "Active" : "Inactive"}<//>`;
}

function columnsFor(onAct) {
  const columns = [
    { key: "person", title: "Member", cell: (member) => html`<${Person} member=${member} />` },
    { key: "role", title: "Role", cell: (member) => html`<${RoleCell} member=${member} onAct=${onAct} />` },
    { key: "status", title: "Status", cell: (member) => html`<${StatusCell} member=${member} />` },
    { key: "source", title: "Source", cell: (member) => html`<${SourceCell} member=${member} />` },
  ];
  if (can("MEMBERS_WRITE")) {
    const items = (member) => menuActions(member).map(({ kind, text, danger }) => (
      { text, danger, onSelect: () => onAct({ kind, member }) }
    ));
    const cell = (member) => html`<${Menu} label=${`Actions for ${nameOf(member)}`} items=${items(member)} />`;
    columns.push({ key: "actions", title: "Actions", quiet: true, cell });
  }
  return columns;
}

function Nobody({ search, status, onClear }) {
  if (search) {
    return html`
      <${Empty} title=${`Nobody matches “${search}”`}>
        <${Button} onClick=${onClear}>Clear the search<//>
      <//>
    `;
  }
  if (status === "INACTIVE") {
    return html`<${Empty} title="Nobody is inactive">People whom the identity provider deactivates appear here.<//>`;
  }
  return html`<${Empty} title="No members yet">They appear here as your identity provider sends them.<//>`;
}

function MemberTable({ connection, status, loading, onAct, onPage }) {
  const { nodes, pageInfo, totalCount } = connection;
  const rows = nodes.map((member) => ({ ...member, muted: member.status !== "ACTIVE" }));
  return html`
    <${Table} caption="Members" columns=${columnsFor(onAct)} rows=${rows} busy=${loading} />
    ${status !== "INACTIVE" && totalCount === 1 && can("TOKENS_WRITE") && html`
      <p class="callout">
        Only you so far. <a href="/settings/authentication">Connect your identity provider</a> and its people appear
        here.
      </p>
    `}
    <${Pager} pageInfo=${pageInfo} size=${PAGE_SIZE} busy=${loading} onPage=${onPage}>
      ${totalCount.toLocaleString()} ${NOUNS[status]}${totalCount === 1 ? "" : "s"}
    <//>
  `;
}

/** The screen at /members. */
export function Members() {
  const [status, setStatus] = useState("ACTIVE");
  const [typed, setTyped] = useState("");
  const [search, setSearch] = useState("");
  const [page, setPage] = useState({ first: PAGE_SIZE });
  const [action, setAction] = useState(null);
  const [adding, setAdding] = useState(false);
  const filter = { status: STATUSES[status] };
  const { data, error, loading, reload } = useQuery("Members", { ...page, filter, search: search || null });

  function look(change) {
    setPage({ first: PAGE_SIZE });
    change();
  }
  useEffect(() => {
    const timer = setTimeout(() => typed.trim() !== search && look(() => setSearch(typed.trim())), SEARCH_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed, search]);
  function turn(cursor) {
    setPage(cursor);
    scrollTo({ top: 0 });
  }
  function settled() {
    setAction(null);
    setAdding(false);
    reload();
  }

  const connection = data?.organization.members;
  return html`
    <div class="screen-head">
      <h1 tabindex="-1">Members</h1>
      ${can("MEMBERS_WRITE") && html`<${Button} kind="primary" onClick=${() => setAdding(true)}>Add member<//>`}
    </div>
    ${canUsePasskeys() && !canComeBack() && html`
      <p class="callout">
        Without a new link you cannot sign in again. <a href="/account">Add a passkey</a>, and you can.
      </p>`}
    <div class="toolbar" role="search">
      <input class="input search" type="search" aria-label="Search members" placeholder="Search name or e-mail"
        value=${typed} onInput=${(event) => setTyped(event.target.value)} />
      <${Segments} label="Status" value=${status} options=${FILTERS}
        onChange=${(value) => look(() => setStatus(value))} />
    </div>
    ${error ? html`<${Failure} error=${error} onRetry=${reload} />`
      : !connection ? html`<${Skeleton} label="Loading members" />`
      : connection.nodes.length === 0 ? html`
          <${Nobody} search=${search} status=${status} onClear=${() => setTyped("")} />`
      : html`
          <${MemberTable} connection=${connection} status=${status} loading=${loading}
            onAct=${setAction} onPage=${turn} />`}
    ${action && html`
      <${MemberActionDialog} key=${action.kind} ...${action} onDone=${settled} onClose=${() => setAction(null)} />`}
    ${adding && html`<${AddMemberDialog} onDone=${settled} onClose=${() => setAdding(false)} />`}
  `;
}
