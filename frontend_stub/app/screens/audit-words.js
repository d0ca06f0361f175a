/* The audit trail in words: what was done, through which door, and what a field and its values are called. */
import { momentText } from "./log-words.js";
import { ROLES, SOURCES } from "./member-actions.js";

/** Every action, grouped as people look for them. */
export const ACTION_GROUPS = {
  Members: {
    MEMBERSHIP_CREATED: "Member added",
    MEMBERSHIP_UPDATED: "Member changed",
    MEMBERSHIP_REVIVED: "Member added again",
    MEMBERSHIP_REMOVED: "Member removed",
    GROUP_MEMBERS_CHANGED: "Group members changed",
    USER_ERASED: "Person erased",
    JOB_CREATED: "Bulk change or import started",
    JOB_CANCELLED: "Bulk change or import stopped",
  },
  Invitations: {
    INVITATION_CREATED: "Invited",
    INVITATION_RESENT: "Invited again",
    INVITATION_ACCEPTED: "Invitation accepted",
    INVITATION_REVOKED: "Invitation revoked",
  },
  "Signing in": {
    SESSION_STARTED: "Signed in",
    SESSION_ENDED: "Signed out",
    SESSION_REVOKED: "Session ended by somebody",
    LOGIN_LINK_CREATED: "Sign-in link made",
    PASSKEY_REGISTERED: "Passkey added",
    PASSKEY_REMOVED: "Passkey removed",
    IDENTITY_LINKED: "Connected to single sign-on",
    IDENTITY_UNLINKED: "Disconnected from single sign-on",
  },
  Settings: {
    ORGANIZATION_CREATED: "Organization made",
    ORGANIZATION_UPDATED: "Organization changed",
    TOKEN_CREATED: "Token generated",
    TOKEN_ROTATED: "Token rotated",
    TOKEN_UPDATED: "Token changed",
    TOKEN_REVOKED: "Token revoked",
    SSO_CONNECTION_SAVED: "Single sign-on saved",
    SSO_CONNECTION_REMOVED: "Single sign-on removed",
    SSO_ENFORCED: "Single sign-on enforced",
    SSO_RELEASED: "Other ways in opened",
    LOGIN_DOMAIN_ADDED: "Domain added",
    LOGIN_DOMAIN_PROVEN: "Domain proven",
    LOGIN_DOMAIN_LAPSED: "Domain no longer proven",
    LOGIN_DOMAIN_REMOVED: "Domain removed",
  },
};

/** Every action with its words. */
export const ACTIONS = Object.assign({}, ...Object.values(ACTION_GROUPS));

/** The doors through which something is done. */
export const CHANNELS = { CLI: "Command line", GRAPHQL: "Settings and API", SCIM: "SCIM" };

/** With what an actor came. */
export const ACTOR_KINDS = {
  API_TOKEN: "API token", OPERATOR: "Command line", SCIM_TOKEN: "SCIM token", SESSION: "Signed in",
};

const FIELDS = {
  active: "Status",
  client_id: "Client ID",
  dryRun: "Rehearsal",
  email: "E-mail",
  externalId: "External ID",
  grants: "Role",
  hint: "Secret",
  jit_role: "Role of newcomers",
  old_works_until: "The old one works until",
  passed_at: "Tried out",
  provisioning_log_max_megabytes: "Size of the provisioning log in MB",
  provisioning_log_retention_days: "Days in the provisioning log",
  secret_set_at: "Client secret set",
  sessions: "Sessions",
  token_max_lifetime_days: "Days that a token may live",
  userId: "Account",
  userName: "User name",
};
const PROFILE = "profile.";

/** What a field is called: of a profile, its attribute's name; of anything else, plain words. */
export function fieldText(name) {
  if (name.startsWith(PROFILE)) return `Profile: ${name.slice(PROFILE.length)}`;
  if (Object.hasOwn(FIELDS, name)) return FIELDS[name];
  const words = name.replace(/([a-z])([A-Z])/g, "$1 $2").replaceAll("_", " ").toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function roleText(role) {
  return ROLES[role.toUpperCase()] ?? role;
}

const VALUES = {
  active: (active) => (active ? "Active" : "Inactive"),
  grants: (grants) => (grants.length > 0 ? grants.map(roleText).join(", ") : "No role"),
  jit_role: roleText,
  role: roleText,
  source: (source) => SOURCES[source.toUpperCase()] ?? source,
};
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d/;

function isPlain(value) {
  return typeof value !== "object" || value === null;
}

/** A value as people read it; null where it takes more than a line. */
export function valueText(field, value) {
  if (value === null) return "nothing";
  if (Object.hasOwn(VALUES, field) && typeof value !== "number") return VALUES[field](value);
  if (typeof value === "boolean") return value ? "Yes" : "No";
  if (typeof value === "string") return MOMENT.test(value) ? momentText(value) : value || "an empty text";
  if (Array.isArray(value) && value.every(isPlain)) return value.join(", ") || "an empty list";
  return isPlain(value) ? value.toLocaleString() : null;
}

function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/* Of an object that changed in parts, only these. */
function parts({ field, before, after }) {
  if (!isObject(before) || !isObject(after)) return [{ field, before, after }];
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names
    .map((name) => ({ field: `${field}.${name}`, before: before[name] ?? null, after: after[name] ?? null }))
    .filter((part) => JSON.stringify(part.before) !== JSON.stringify(part.after));
}

/** The changes of an event as `[{field, before, after}]` of values. */
export function changesOf(event) {
  const read = (text) => (text === null ? null : JSON.parse(text));
  return event.changes
    .map(({ field, before, after }) => ({ field, before: read(before), after: read(after) }))
    .flatMap(parts);
}

/** How many members a group lost and gained, of `changes` that count them; null of any other change. */
export function countsOf(event) {
  const change = event.action === "GROUP_MEMBERS_CHANGED" && event.changes.find(({ field }) => field === "members");
  if (!change) return null;
  const [removed, added] = [Number(change.before ?? 0), Number(change.after ?? 0)];
  return [added > 0 && `${added.toLocaleString()} added`, removed > 0 && `${removed.toLocaleString()} removed`]
    .filter(Boolean).join(", ");
}

/** What changed, in a line: one change in full, several by name; nothing of what was made or removed as a whole. */
export function summaryOf(event) {
  const counts = countsOf(event);
  if (counts !== null) return counts;
  const changes = changesOf(event);
  if (changes.every(({ before }) => before === null) || changes.every(({ after }) => after === null)) return "";
  const [only, ...others] = changes;
  const [before, after] = [valueText(only.field, only.before), valueText(only.field, only.after)];
  if (others.length === 0 && before && after && before.length + after.length < 80) {
    return `${fieldText(only.field)}: ${before} → ${after}`;
  }
  const names = changes.map(({ field }) => fieldText(field));
  return names.length > 3 ? `${names.slice(0, 3).join(", ")} and ${names.length - 3} more` : names.join(", ");
}
