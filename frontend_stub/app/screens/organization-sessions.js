/* Everybody's sessions in the organization: which browsers are signed in, and as whom. */
import { html, useState } from "../../vendor/kit.js";
import { useQuery } from "../query.js";
import { can } from "../store.js";
import { Pager } from "../ui/pager.js";
import { Empty, Failure, NoPermission, Skeleton } from "../ui/states.js";
import { Table } from "../ui/table.js";
import { nameOf } from "./member-actions.js";
import { EndSessionDialog, SESSION_COLUMNS, endColumn } from "./session-cells.js";

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

function SessionTable({ connection, loading, onEnd, onPage }) {
  const columns = [
    { key: "person", title: "Member", cell: (session) => html`<${Person} session=${session} />` },
    ...SESSION_COLUMNS,
  ];
  if (can("MEMBERS_WRITE")) columns.push(endColumn(onEnd, (session) => `End a session of ${personOf(session)}`));
  return html`
    <${Table} caption="Sessions" columns=${columns} rows=${connection.nodes} busy=${loading} />
    <${Pager} pageInfo=${connection.pageInfo} size=${PAGE_SIZE} busy=${loading} onPage=${onPage}>The newest first<//>
  `;
}

function Sessions() {
  const [page, setPage] = useState({ first: PAGE_SIZE });
  const [ending, setEnding] = useState(null);
  const { data, error, loading, reload } = useQuery("OrganizationSessions", page);
  const connection = data?.organization.sessions;

  function turn(cursor) {
    setPage(cursor);
    scrollTo({ top: 0 });
  }
  function ended() {
    setEnding(null);
    reload();
  }

  return html`
    ${error ? html`<${Failure} error=${error} onRetry=${reload} />`
      : !connection ? html`<${Skeleton} label="Loading sessions" />`
      : connection.nodes.length === 0 ? html`<${Empty} title="Nobody is signed in">Reload to look again.<//>`
      : html`<${SessionTable} connection=${connection} loading=${loading} onEnd=${setEnding} onPage=${turn} />`}
    ${ending && html`
      <${EndSessionDialog} session=${ending} whose=${personOf(ending)} onDone=${ended}
        onClose=${() => setEnding(null)} />`}
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
    ${can("MEMBERS_READ")
      ? html`<${Sessions} />`
      : html`<${NoPermission}>Only admins see everybody's sessions. <a href="/account">See your own</a>.<//>`}
  `;
}
