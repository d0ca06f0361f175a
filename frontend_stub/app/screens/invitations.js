/* The invitations: who was asked to join, what came of it, and the links for those who have not. */
import { html, useState } from "../../vendor/kit.js";
import { mutate } from "../gql.js";
import { useQuery } from "../query.js";
import { announce, can } from "../store.js";
import { Badge } from "../ui/badge.js";
import { Button } from "../ui/button.js";
import { ConfirmDialog } from "../ui/dialog.js";
import { Pager, useFilled, usePlace } from "../ui/pager.js";
import { Menu } from "../ui/popover.js";
import { Day } from "../ui/relative-time.js";
import { Empty, Failure, Skeleton, Stale } from "../ui/states.js";
import { Table } from "../ui/table.js";
import { InviteDialog, ResendDialog } from "./invite-dialog.js";
import { ROLES } from "./member-actions.js";
import { useFresh } from "./settings-live.js";

const STATUSES = {
  ACCEPTED: ["good", "Joined"],
  EXPIRED: ["neutral", "Expired"],
  PENDING: ["warning", "Waiting"],
  REVOKED: ["neutral", "Revoked"],
};

function Status({ invitation: { status, acceptedAt } }) {
  const [tone, text] = STATUSES[status] ?? ["neutral", status];
  return html`
    <span>
      <${Badge} tone=${tone}>${text}<//>
      ${acceptedAt && html` <span class="detail"><${Day} at=${acceptedAt} /></span>`}
    </span>
  `;
}

function Invited({ invitation: { email, name } }) {
  return html`
    <span class="person-name">${name ?? email}</span>
    ${name && html`<span class="person-email">${email}</span>`}
  `;
}

function itemsFor(invitation, onAct) {
  const resend = { text: "Invite again…", onSelect: () => onAct({ kind: "resend", invitation }) };
  const revoke = { text: "Revoke…", danger: true, onSelect: () => onAct({ kind: "revoke", invitation }) };
  return invitation.status === "PENDING" ? [resend, revoke] : [resend];
}

function columnsFor(onAct) {
  const columns = [
    { key: "person", title: "Person", cell: (invitation) => html`<${Invited} invitation=${invitation} />` },
    { key: "role", title: "Role", cell: ({ role }) => ROLES[role] ?? role },
    { key: "status", title: "Status", cell: (invitation) => html`<${Status} invitation=${invitation} />` },
    {
      key: "created", title: "Invited", cell: ({ createdAt, invitedBy }) => html`
        <span><${Day} at=${createdAt} /> <span class="detail">by ${invitedBy}</span></span>`,
    },
    { key: "expires", title: "Works until", cell: ({ expiresAt }) => html`<${Day} at=${expiresAt} />` },
  ];
  if (can("MEMBERS_WRITE")) {
    const cell = (invitation) => invitation.status !== "ACCEPTED" && html`
      <${Menu} label=${`Actions for ${invitation.email}`} items=${itemsFor(invitation, onAct)} />`;
    columns.push({ key: "actions", title: "Actions", quiet: true, cell });
  }
  return columns;
}

function RevokeDialog({ invitation, onDone, onClose }) {
  async function revoke() {
    await mutate("RevokeInvitation", { invitationId: invitation.id });
    announce(`The invitation of ${invitation.email} is revoked.`);
    onDone();
  }
  return html`
    <${ConfirmDialog} title=${`Revoke the invitation of ${invitation.email}?`} confirm="Revoke" danger action=${revoke}
      onClose=${onClose}>
      <p>The link stops working. Members stay as they are.</p>
    <//>
  `;
}

/** The screen at /invitations. */
export function Invitations() {
  const [place, turn] = usePlace("invitations");
  const [action, setAction] = useState(null);
  const answer = useQuery("Invitations", place);
  const { data, error, loading, of, reload } = answer;
  const busy = loading && of !== JSON.stringify(place); // what is read anew by itself does not dim
  const connection = useFilled(data?.organization.invitations, place, turn);
  useFresh(["INVITATIONS_CHANGED", "MEMBER_CREATED", "MEMBER_UPDATED"], reload); // who joins, or is deactivated

  function settled() {
    setAction(null);
    reload();
  }
  const asked = { invitation: action?.invitation, onDone: settled, onClose: () => setAction(null) };

  return html`
    <div class="screen-head">
      <h1 tabindex="-1">Invitations</h1>
      ${can("MEMBERS_WRITE") && html`
        <${Button} kind="primary" onClick=${() => setAction({ kind: "invite" })}>Invite<//>`}
    </div>
    <${Stale} answer=${answer} />
    ${error ? html`<${Failure} error=${error} onRetry=${reload} />`
      : !connection ? html`<${Skeleton} label="Loading invitations" />`
      : connection.nodes.length === 0 ? html`
          <${Empty} title="Nobody is invited">
            Invite people whom no identity provider sends, or who have an account in another organization.
          <//>`
      : html`
          <${Table} caption="Invitations" columns=${columnsFor(setAction)} rows=${connection.nodes} busy=${busy} />
          <${Pager} pageInfo=${connection.pageInfo} busy=${busy} onPage=${turn}>
            The newest first
          <//>`}
    ${action?.kind === "invite" && html`<${InviteDialog} onClose=${settled} />`}
    ${action?.kind === "resend" && html`<${ResendDialog} ...${asked} />`}
    ${action?.kind === "revoke" && html`<${RevokeDialog} ...${asked} />`}
  `;
}
