/* One member: profile, access, history, and what can be done. It keeps up with what happens meanwhile. */
import { html, useState } from "../../vendor/kit.js";
import { useLive } from "../live.js";
import { useQuery } from "../query.js";
import { can } from "../store.js";
import { Badge } from "../ui/badge.js";
import { Button } from "../ui/button.js";
import { Drawer } from "../ui/drawer.js";
import { Facts } from "../ui/facts.js";
import { Icon } from "../ui/icon.js";
import { Day, RelativeTime } from "../ui/relative-time.js";
import { Empty, Failure, Skeleton } from "../ui/states.js";
import { MemberActionDialog, ROLES, menuActions, nameOf } from "./member-actions.js";
import { RoleChoice, SCIM_NOTE, SourceBadge, StatusBadge, isViewer } from "./member-cells.js";
import { ProfileForm } from "./member-edit.js";
import { History, Requests } from "./member-history.js";

const SSO_NOTE = "Joined by signing in with your organization's single sign-on. The profile can be changed here.";

function WhyReadOnly() {
  return html`<p class="callout read-only"><${Icon} name="lock" /> <span>${SCIM_NOTE}</span></p>`;
}

function profileFacts(member) {
  return [
    ["Name", member.name],
    ["E-mail", member.email ?? html`<span class="muted">none</span>`],
    member.userName && ["User name", html`<span class="mono">${member.userName}</span>`],
    member.externalId && ["External ID", html`<span class="mono">${member.externalId}</span>`],
  ];
}

function mayEdit(member) {
  return can("MEMBERS_WRITE") && member.source !== "SCIM";
}

function Profile({ member, newest, editing, onEdit, onDone }) {
  return html`
    <section class="part" aria-label="Profile">
      <div class="card-head">
        <h3>Profile</h3>
        ${mayEdit(member) && !editing && html`<${Button} onClick=${() => onEdit(true)}>Edit<//>`}
      </div>
      ${member.source === "SCIM" && html`<${WhyReadOnly} />`}
      ${editing
        ? html`
            <${ProfileForm} key=${member.version} member=${member} changedMeanwhile=${newest > member.version}
              onClose=${() => onEdit(false)} onReload=${onDone}
              onDone=${() => { onEdit(false); onDone(); }} />`
        : html`<${Facts} facts=${profileFacts(member)} />`}
    </section>
  `;
}

function grantText(member) {
  if (member.status === "ACTIVE" || member.grants.length === 0) return null;
  return `Comes back as ${member.grants.map((role) => ROLES[role]).join(", ")}`;
}

function Identity({ identity: { issuer, subject, lastUsedAt } }) {
  return html`
    ${issuer}
    <span class="detail">as <span class="mono">${subject}</span>, last <${RelativeTime} at=${lastUsedAt} /></span>
  `;
}

function sessionsText(count) {
  if (count === 0) return html`<span class="muted">nowhere now</span>`;
  return count === 1 ? "in 1 browser" : `in ${count.toLocaleString()} browsers`;
}

function accessFacts(member, onAct) {
  const { groups, ssoIdentity, sessionCount, lastProvisioning, createdAt, updatedAt } = member;
  return [
    ["Role", html`<${RoleChoice} member=${member} onAct=${onAct} /> <span class="detail">${grantText(member)}</span>`],
    ["Groups", groups.map(({ displayName }) => displayName).join(", ") || html`<span class="muted">none</span>`],
    ["Source", html`
      <${SourceBadge} source=${member.source} />
      ${member.source === "SSO" && html`<span class="detail">${SSO_NOTE}</span>`}`],
    ssoIdentity && ["Single sign-on", html`<${Identity} identity=${ssoIdentity} />`],
    sessionCount !== null && ["Signed in", sessionsText(sessionCount)],
    lastProvisioning && ["Last sync", html`
      <span><${RelativeTime} at=${lastProvisioning.occurredAt} />, ${lastProvisioning.actor.name}</span>`],
    ["Member since", html`<${Day} at=${createdAt} />`],
    ["Changed", html`<${RelativeTime} at=${updatedAt} />`],
  ];
}

function Actions({ member, onAct }) {
  if (!can("MEMBERS_WRITE")) return null;
  return html`
    <div class="member-actions" role="group" aria-label="Actions">
      ${menuActions(member).map(({ kind, text }) => html`
        <${Button} key=${kind} onClick=${() => onAct({ kind, member })}>${text}<//>
      `)}
    </div>
  `;
}

function Details({ member, onAct, ...profile }) {
  return html`
    <div class="badges">
      <${StatusBadge} member=${member} />
      ${isViewer(member) && html`<${Badge} tone="accent">You<//>`}
    </div>
    <${Profile} member=${member} ...${profile} />
    <section class="part" aria-label="Access">
      <h3>Access</h3>
      <${Facts} facts=${accessFacts(member, onAct)} />
      <${Actions} member=${member} onAct=${onAct} />
    </section>
    <${History} key=${`history ${member.version}`} id=${member.id} />
    <${Requests} key=${`requests ${member.version}`} id=${member.id} />
  `;
}

function Gone({ id }) {
  const address = `/activity?${new URLSearchParams({ tab: "audit", member: id })}`;
  return html`
    <${Empty} title="This person is not a member">
      The membership has ended, or there never was one.
      ${can("AUDIT_READ") && html`<a href=${address}>See what happened</a>`}
    <//>
  `;
}

/* Reads the member anew when they change; but under a form, answers the version of which the page has heard. */
function useNewestVersion({ id, shown, editing, reload }) {
  const [newest, setNewest] = useState(0);
  useLive(({ type, memberId, memberVersion }) => {
    const touched = memberId === id || (memberId === null && /^(STARTED|GROUP_)/.test(type));
    if (!touched || (memberVersion !== null && memberVersion <= shown)) return;
    if (!editing) reload();
    else if (memberVersion !== null) setNewest(memberVersion);
  });
  return newest;
}

/** The drawer of the member with this id. `onChanged` is told when something was done here. */
export function MemberDrawer({ id, onChanged, onClose }) {
  const [action, setAction] = useState(null);
  const [wantsToEdit, setEditing] = useState(false);
  const { data, error, reload } = useQuery("MemberDetails", { id });
  const member = data?.member;
  const editing = wantsToEdit && Boolean(member) && mayEdit(member); // the identity provider may take over meanwhile
  const newest = useNewestVersion({ id, shown: member?.version ?? 0, editing, reload });
  function done(kind) {
    setAction(null);
    onChanged();
    if (kind === "remove") onClose();
    else reload();
  }
  return html`
    <${Drawer} title=${member ? nameOf(member) : "Member"} onClose=${onClose}>
      ${error ? html`<${Failure} error=${error} onRetry=${reload} />`
        : !data ? html`<${Skeleton} label="Loading the member" />`
        : !member ? html`<${Gone} id=${id} />`
        : html`
            <${Details} member=${member} newest=${newest} editing=${editing} onEdit=${setEditing} onAct=${setAction}
              onDone=${done} />`}
      ${action && html`
        <${MemberActionDialog} key=${action.kind} ...${action} onDone=${done} onClose=${() => setAction(null)} />`}
    <//>
  `;
}
