/* What an admin can do with a member: the words of each action and the mutation behind it. */
import { html } from "../../vendor/kit.js";
import { mutate } from "../gql.js";
import { announce, loadSession, session } from "../store.js";
import { ConfirmDialog } from "../ui/dialog.js";

/** Roles as people read them. */
export const ROLES = { ADMIN: "Admin", USER: "User" };

/** Where a member came from, as people read it. */
export const SOURCES = { MANUAL: "Manual", SCIM: "SCIM", SSO: "SSO" };

/** What to call a member. */
export function nameOf(member) {
  return member.name || member.email || "this member";
}

/** What an action does, for one member and for many. */
export const EFFECTS = {
  role: (role) => (role === "ADMIN"
    ? "Admins can manage members, tokens and settings of the whole organization."
    : "Users can see the members. They cannot change anything."),
  deactivate: () => "All access ends at once. The membership stays, inactive, and can be reactivated.",
  reactivate: () => "Access comes back with the roles held before.",
  remove: () => "The membership ends and leaves every list. Coming back takes a new membership.",
};

const ACTIONS = {
  role: {
    operation: "SetMemberRole",
    title: (name, role) => `Change ${name} to ${ROLES[role]}?`,
    confirm: (role) => `Change to ${ROLES[role]}`,
    effect: EFFECTS.role,
    done: (name, role) => `${name} is now ${role === "ADMIN" ? "an admin" : "a user"}.`,
    managed: "Your identity provider may change the role again.",
  },
  deactivate: {
    operation: "DeactivateMember",
    text: "Deactivate…",
    title: (name) => `Deactivate ${name}?`,
    confirm: () => "Deactivate",
    effect: EFFECTS.deactivate,
    done: (name) => `${name} is inactive.`,
    managed: "Your identity provider may activate this person again.",
    danger: true,
  },
  reactivate: {
    operation: "ReactivateMember",
    text: "Reactivate…",
    title: (name) => `Reactivate ${name}?`,
    confirm: () => "Reactivate",
    effect: EFFECTS.reactivate,
    done: (name) => `${name} is active.`,
    managed: "Your identity provider may deactivate this person again.",
  },
  remove: {
    operation: "RemoveMember",
    text: "Remove…",
    title: (name) => `Remove ${name}?`,
    confirm: () => "Remove",
    effect: EFFECTS.remove,
    done: (name) => `${name} is no longer a member.`,
    managed: "Unassign the person in your identity provider too, or it may add them again.",
    danger: true,
  },
  sessions: {
    operation: "RevokeMemberSessions",
    versioned: false,
    text: "End sessions…",
    title: (name) => `End all sessions of ${name}?`,
    confirm: () => "End sessions",
    effect: () => "Every browser is signed out from its next request on. Access stays: they can sign in again.",
    done: (name) => `${name} is signed out everywhere.`,
  },
  disconnect: {
    operation: "UnlinkIdentity",
    versioned: false,
    text: "Disconnect single sign-on…",
    title: (name) => `Disconnect ${name} from single sign-on?`,
    confirm: () => "Disconnect",
    effect: () =>
      "Sessions that came through the identity provider end. The next sign-in can connect another account there: by " +
      "itself if SCIM manages the member or the domain of the address is proven, otherwise under Account.",
    done: (name) => `${name} is disconnected from single sign-on.`,
  },
};

function kindsFor({ status, ssoIdentity }) {
  const connected = ssoIdentity ? ["disconnect"] : [];
  return status === "ACTIVE"
    ? ["sessions", ...connected, "deactivate", "remove"]
    : [...connected, "reactivate", "remove"];
}

/** The entries of a member's menu. */
export function menuActions(member) {
  const kinds = kindsFor(member);
  return kinds.map((kind) => ({ kind, text: ACTIONS[kind].text, danger: ACTIONS[kind].danger }));
}

/** Asks, runs the mutation against the version on display, and shows a refusal in place.

  `onDone` gets the kind of the action when it is done, and nothing where the list has to be read anew before. */
export function MemberActionDialog({ kind, member, role, onDone, onClose }) {
  const action = ACTIONS[kind];
  const name = nameOf(member);
  const self = member.id === session.value.viewer.member?.id;

  async function run() {
    const versioned = action.versioned ?? true;
    await mutate(action.operation, {
      memberId: member.id, ...(versioned && { expectedVersion: member.version }), ...(role && { role }),
    });
    if (self) await loadSession({ quietly: true });
    announce(action.done(name, role));
    onDone(kind);
  }

  return html`
    <${ConfirmDialog} title=${action.title(name, role)} confirm=${action.confirm(role)} danger=${action.danger}
      action=${run} onClose=${onClose} onReload=${() => onDone(null)}>
      <p>${action.effect(role)}</p>
      ${self && html`<p class="callout">This is your own membership: you may lose access to this page.</p>`}
      ${member.source === "SCIM" && action.managed && html`<p class="muted">${action.managed}</p>`}
    <//>
  `;
}
