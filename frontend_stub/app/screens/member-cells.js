/* How a member is shown in a list: who it is, what they may do, and where they came from. */
import { html } from "../../vendor/kit.js";
import { query } from "../router.js";
import { can, session } from "../store.js";
import { Badge } from "../ui/badge.js";
import { Icon } from "../ui/icon.js";
import { Menu, Note } from "../ui/popover.js";
import { Day } from "../ui/relative-time.js";
import { ROLES, SOURCES, menuActions, nameOf } from "./member-actions.js";

/** Why the profile of a provisioned member is read-only. */
export const SCIM_NOTE =
  "Provisioned by your identity provider. Name and e-mail come from there and can only be changed there. " +
  "Role and access can be changed here; the identity provider may change them again.";

/** Whether the member is who is signed in. */
export function isViewer(member) {
  return member.id === session.value.viewer.member?.id;
}

function Person({ member }) {
  const address = `/members?${new URLSearchParams({ ...query.value, member: member.id })}`;
  const name = html`${nameOf(member)} ${isViewer(member) && html`<span class="muted">(you)</span>`}`;
  return member.gone
    ? html`<span class="person-name">${name}</span>`
    : html`<a class="row-link person-name" href=${address} data-shortcut="open">${name}</a>`;
}

/* A role as a badge; null is no role. */
function RoleBadge({ role }) {
  return html`<${Badge} tone=${role === "ADMIN" ? "accent" : "neutral"}>${ROLES[role] ?? "No role"}<//>`;
}

/** The role; a choice of one for who may change it. */
export function RoleChoice({ member, onAct }) {
  if (!can("ROLES_WRITE") || member.status !== "ACTIVE" || member.gone) {
    return html`<${RoleBadge} role=${member.role} />`;
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

/** The source as a badge, without a word on what it means. */
export function SourceBadge({ source }) {
  const text = SOURCES[source] ?? source;
  return source === "SCIM"
    ? html`<${Badge} tone="info"><${Icon} name="lock" /> ${text}<//>`
    : html`<${Badge}>${text}<//>`;
}

function Source({ member }) {
  if (member.source !== "SCIM") return html`<${SourceBadge} source=${member.source} />`;
  return html`
    <${Note} label=${`SCIM: why ${nameOf(member)}'s profile is read-only`} note=${SCIM_NOTE}>
      <${SourceBadge} source="SCIM" />
    <//>
  `;
}

/** Whether a member has access, as a badge. */
export function StatusBadge({ member: { gone, status } }) {
  if (gone) return html`<${Badge} tone="warning">Removed<//>`;
  return status === "ACTIVE" ? html`<${Badge} tone="good">Active<//>` : html`<${Badge}>Inactive<//>`;
}

function selectColumn(selection, rows) {
  const all = rows.length > 0 && rows.every(({ id }) => selection.has(id));
  const head = html`
    <input type="checkbox" class="row-check" aria-label="Select everybody on this page" checked=${all}
      ref=${(box) => { if (box) box.indeterminate = !all && rows.some(({ id }) => selection.has(id)); }}
      onChange=${() => selection.setAll(rows, !all)} />`;
  const cell = (member) => !member.gone && html`
    <input type="checkbox" class="row-check" aria-label=${`Select ${nameOf(member)}`}
      checked=${selection.has(member.id)} onChange=${() => selection.toggle(member)} />`;
  return { key: "select", title: "Select", quiet: true, head, cell };
}

function actionsColumn(onAct) {
  const items = (member) => menuActions(member).map(({ kind, text, danger }) => (
    { text, danger, onSelect: () => onAct({ kind, member }) }
  ));
  const cell = (member) => !member.gone && html`
    <${Menu} label=${`Actions for ${nameOf(member)}`} items=${items(member)} />`;
  return { key: "actions", title: "Actions", quiet: true, cell };
}

const NOTHING = html`<span class="muted nothing">–</span>`;

/** The columns of the list of present members; those who may change them get a selection and a menu. */
export function memberColumns(rows, selection, onAct) {
  const columns = [
    { key: "person", title: "Member", field: "NAME", cell: (member) => html`<${Person} member=${member} />` },
    { key: "email", title: "E-mail", field: "EMAIL", cell: ({ email }) => email ?? NOTHING },
    { key: "role", title: "Role", cell: (member) => html`<${RoleChoice} member=${member} onAct=${onAct} />` },
    { key: "status", title: "Status", cell: (member) => html`<${StatusBadge} member=${member} />` },
    { key: "source", title: "Source", cell: (member) => html`<${Source} member=${member} />` },
    { key: "joined", title: "Since", field: "CREATED_AT", cell: ({ createdAt }) => html`<${Day} at=${createdAt} />` },
  ];
  if (!can("MEMBERS_WRITE")) return columns;
  return [selectColumn(selection, rows.filter(({ gone }) => !gone)), ...columns, actionsColumn(onAct)];
}

/** The columns of a list of members as they were: nothing can be done there. */
export const PAST_COLUMNS = [
  { key: "person", title: "Member", cell: (member) => html`<span class="person-name">${nameOf(member)}</span>` },
  { key: "email", title: "E-mail", cell: ({ email }) => email ?? NOTHING },
  { key: "role", title: "Role", cell: ({ role }) => html`<${RoleBadge} role=${role} />` },
  { key: "status", title: "Status", cell: (member) => html`<${StatusBadge} member=${member} />` },
  { key: "source", title: "Source", cell: ({ source }) => html`<${SourceBadge} source=${source} />` },
  { key: "joined", title: "Since", cell: ({ createdAt }) => html`<${Day} at=${createdAt} />` },
];
