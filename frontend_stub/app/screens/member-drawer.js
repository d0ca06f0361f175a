/* One member: profile, access, history, and what can be done. It keeps up with what happens meanwhile. */
import { html, useState } from "../../vendor/kit.js";
import { useQuery } from "../query.js";
import { can } from "../store.js";
import { Badge } from "../ui/badge.js";
import { Button } from "../ui/button.js";
import { Drawer } from "../ui/drawer.js";
import { Facts } from "../ui/facts.js";
import { numberText } from "../ui/numbers.js";
import { Day, RelativeTime } from "../ui/relative-time.js";
import { Empty, Failure, Skeleton, Stale } from "../ui/states.js";
import { MemberActionDialog, ROLES, menuActions, nameOf } from "./member-actions.js";
import { RoleChoice, SourceBadge, StatusBadge, isViewer } from "./member-cells.js";
import { Profile, useUnsaved } from "./member-edit.js";
import { History, Requests } from "./member-history.js";
import { useNewsOf } from "./member-live.js";

const SSO_NOTE = "Joined by signing in with your organization's single sign-on. The profile can be changed here.";

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
  return count === 1 ? "in 1 browser" : `in ${numberText(count)} browsers`;
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
    <${History} id=${member.id} />
    <${Requests} id=${member.id} />
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

/** The drawer of the member with this id. `onChanged` is told when something was done here. */
export function MemberDrawer({ id, onChanged, onClose }) {
  const [action, setAction] = useState(null);
  const answer = useQuery("MemberDetails", { id });
  const { data, error, reload } = answer;
  const unsaved = useUnsaved();
  const member = data?.member;
  useNewsOf(id, reload);
  function done(kind) {
    setAction(null);
    onChanged();
    if (kind === "remove") onClose();
    else reload();
  }
  return html`
    <${Drawer} title=${member ? nameOf(member) : "Member"} onCancel=${unsaved.onCancel} onClose=${onClose}>
      ${error ? html`<${Failure} error=${error} onRetry=${reload} />`
        : !data ? html`<${Skeleton} label="Loading the member" />`
        : !member ? html`<${Gone} id=${id} />`
        : html`
            <${Stale} answer=${answer} />
            <${Details} member=${member} unsaved=${unsaved} onAct=${setAction} onDone=${done} />`}
      ${action && html`
        <${MemberActionDialog} key=${action.kind} ...${action} onDone=${done} onClose=${() => setAction(null)} />`}
    <//>
  `;
}
