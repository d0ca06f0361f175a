/* Everybody's sessions in the organization: which browsers are signed in, and as whom. */
import { html, useState } from "../../vendor/kit.js";
import { useQuery } from "../query.js";
import { can } from "../store.js";
import { Pager } from "../ui/pager.js";
import { Menu } from "../ui/popover.js";
import { Empty, Failure, Skeleton } from "../ui/states.js";
import { Table } from "../ui/table.js";
import { MemberActionDialog, nameOf } from "./member-actions.js";
import { EndSessionDialog, SESSION_COLUMNS } from "./session-cells.js";
import { useFresh } from "./settings-live.js";

const PAGE_SIZE = 50;

function personOf({ member }) {
  return member ? nameOf(member) : "a member who has left";
}

function Person({ session }) {
  return html`
    <span class="person-name">${personOf(session)}</span>
    ${session.member?.email && html`<span class="person-email">${session.member.email}</span>`}
  `;
}

function actionsColumn(onAct) {
  const cell = (session) => {
    const { member } = session;
    const end = { text: "End this session…", onSelect: () => onAct({ session }) };
    const all = { text: "End all of theirs…", danger: true, onSelect: () => onAct({ member }) };
    return html`
      <${Menu} label=${`Actions for a session of ${personOf(session)}`} items=${member ? [end, all] : [end]} />`;
  };
  return { key: "actions", title: "Actions", quiet: true, cell };
}

function SessionTable({ connection, loading, onAct, onPage }) {
  const columns = [
    { key: "person", title: "Member", cell: (session) => html`<${Person} session=${session} />` },
    ...SESSION_COLUMNS,
  ];
  if (can("MEMBERS_WRITE")) columns.push(actionsColumn(onAct));
  return html`
    <${Table} caption="Sessions" columns=${columns} rows=${connection.nodes} busy=${loading} />
    <${Pager} pageInfo=${connection.pageInfo} size=${PAGE_SIZE} busy=${loading} onPage=${onPage}>The newest first<//>
  `;
}

function Sessions() {
  const [page, setPage] = useState({ first: PAGE_SIZE });
  const [action, setAction] = useState(null);
  const { data, error, loading, reload } = useQuery("OrganizationSessions", page);
  const connection = data?.organization.sessions;
  useFresh(["AUDIT_RECORDED", "MEMBER_REMOVED", "MEMBER_UPDATED"], reload); // a sign-in has no type of its own

  function turn(cursor) {
    setPage(cursor);
    scrollTo({ top: 0 });
  }
  function ended() {
    setAction(null);
    reload();
  }

  return html`
    ${error ? html`<${Failure} error=${error} onRetry=${reload} />`
      : !connection ? html`<${Skeleton} label="Loading sessions" />`
      : connection.nodes.length === 0 ? html`<${Empty} title="Nobody is signed in">Reload to look again.<//>`
      : html`<${SessionTable} connection=${connection} loading=${loading} onAct=${setAction} onPage=${turn} />`}
    ${action?.session && html`
      <${EndSessionDialog} session=${action.session} whose=${personOf(action.session)} onDone=${ended}
        onClose=${() => setAction(null)} />`}
    ${action?.member && html`
      <${MemberActionDialog} kind="sessions" member=${action.member} onDone=${ended}
        onClose=${() => setAction(null)} />`}
  `;
}

/** The screen at /settings/sessions. */
export function OrganizationSessions() {
  return html`
    <div class="screen-head">
      <h1 tabindex="-1">Sessions</h1>
    </div>
    <p class="muted">
      A session ends 7 days after its sign-in, after 12 hours without use, or at once when its member loses access.
    </p>
    <${Sessions} />
  `;
}
