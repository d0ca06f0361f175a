/* The screens by their addresses. Each is fetched when somebody goes there, so that the first paint waits for one. */
import { can } from "./store.js";

const SIGNED_OUT = {
  "/setup": {
    title: "Set up", load: async () => (await import("./screens/set-up.js")).SetUp,
  },
  "/sign-in": {
    title: "Sign in", load: async () => (await import("./screens/sign-in.js")).SignIn,
  },
};

const SIGNED_IN = {
  "/overview": {
    title: "Overview", icon: "chart", key: "o", group: "Overview", permission: "AUDIT_READ",
    load: async () => (await import("./screens/overview.js")).Overview,
  },
  "/members": {
    title: "Members", icon: "people", key: "m", group: "People",
    load: async () => (await import("./screens/members.js")).Members,
  },
  "/invitations": {
    title: "Invitations", icon: "mail", key: "i", group: "People", permission: "MEMBERS_READ",
    load: async () => (await import("./screens/invitations.js")).Invitations,
  },
  "/activity": {
    title: "Activity", icon: "list", key: "a", group: "Activity", permission: "AUDIT_READ",
    load: async () => (await import("./screens/activity.js")).Activity,
  },
  "/settings/authentication": {
    title: "Authentication", icon: "key", key: "u", group: "Settings", permission: "TOKENS_WRITE",
    load: async () => (await import("./screens/authentication.js")).Authentication,
  },
  "/settings/api-tokens": {
    title: "API tokens", icon: "code", key: "t", group: "Settings", permission: "TOKENS_WRITE",
    load: async () => (await import("./screens/api-tokens.js")).ApiTokens,
  },
  "/settings/sessions": {
    title: "Sessions", icon: "window", key: "s", group: "Settings", permission: "MEMBERS_READ",
    load: async () => (await import("./screens/organization-sessions.js")).OrganizationSessions,
  },
  "/account": {
    title: "Account", icon: "person", key: "p", group: "Settings",
    load: async () => (await import("./screens/account.js")).Account,
  },
};

/** The screen at an address that needs nobody to be signed in; undefined if there is none. */
export function openScreenAt(path) {
  return SIGNED_OUT[path];
}

/** The screen at an address, whoever may see it: {title, icon, key, group, permission, load}; undefined if none. */
export function screenAt(path) {
  return SIGNED_IN[path];
}

/** The screens that the viewer may see, as [path, screen], in the order of the navigation. */
export function screensForViewer() {
  return Object.entries(SIGNED_IN).filter(([, { permission }]) => !permission || can(permission));
}

/** Where the viewer begins who wanted nothing else. */
export function home() {
  return can(SIGNED_IN["/overview"].permission) ? "/overview" : "/members";
}
