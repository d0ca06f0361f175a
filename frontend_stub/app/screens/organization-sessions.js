/* Everybody's sessions in the organization: which browsers are signed in, and as whom. */
import { html, useState } from "../../vendor/kit.js";
import { useQuery } from "../query.js";
import { can } from "../store.js";
import { Pager, useFilled, usePlace } from "../ui/pager.js";
import { Menu } from "../ui/popover.js";
import { Empty, Failure, Skeleton, Stale } from "../ui/states.js";
import { Table } from "../ui/table.js";
import { MemberActionDialog, nameOf } from "./member-actions.js";
import { EndSessionDialog, SESSION_COLUMNS } from "./session-cells.js";
import { useFresh } from "./settings-live.js";

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
    const all = { text: "End all sessions of this member…", danger: true, onSelect: () => onAct({ member }) };
    return html`
      <${Menu} label=${`Actions for a session of ${personOf(session)}`} items=${member ? [end, all] : [end]} />`;
  };
  return { key: "actions", title: "Actions", quiet: true, cell };
}

function SessionTable({ connection, busy, onAct, onPage }) {
  const columns = [
    { key: "person", title: "Member", cell: (session) => html`<${Person} session=${session} />` },
    ...SESSION_COLUMNS,
  ];
  if (can("MEMBERS_WRITE")) columns.push(actionsColumn(onAct));
  return html`
    <${Table} caption="Sessions" columns=${columns} rows=${connection.nodes} busy=${busy} />
    <${Pager} pageInfo=${connection.pageInfo} busy=${busy} onPage=${onPage}>The newest first<//>
  `;
}

function Sessions() {
  const [place, turn] = usePlace("sessions");
  const [action, setAction] = useState(null);
  const answer = useQuery("OrganizationSessions", place);
  const { data, error, loading, of, reload } = answer;
  const busy = loading && of !== JSON.stringify(place); // what is read anew by itself does not dim
  const connection = useFilled(data?.organization.sessions, place, turn);
  useFresh(["AUDIT_RECORDED", "MEMBER_REMOVED", "MEMBER_UPDATED"], reload); // a sign-in has no type of its own

  function ended() {
    setAction(null);
    reload();
  }

  return html`
    <${Stale} answer=${answer} />
    ${error ? html`<${Failure} error=${error} onRetry=${reload} />`
      : !connection ? html`<${Skeleton} label="Loading sessions" />`
      : connection.nodes.length === 0 ? html`<${Empty} title="Nobody is signed in">Reload to look again.<//>`
      : html`<${SessionTable} connection=${connection} busy=${busy} onAct=${setAction} onPage=${turn} />`}
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
