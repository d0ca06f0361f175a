/* The shell: finds out who is signed in, picks the screen for the path, and catches what breaks. */
import { html, render, useEffect, useErrorBoundary, useRef } from "../vendor/kit.js";
import { signOut } from "./doors.js";
import { HOME, navigate, path, remember } from "./router.js";
import { Account } from "./screens/account.js";
import { Authentication } from "./screens/authentication.js";
import { Invitations } from "./screens/invitations.js";
import { Members } from "./screens/members.js";
import { OrganizationSessions } from "./screens/organization-sessions.js";
import { SetUp, arrivedToSetUp } from "./screens/set-up.js";
import { SignInAgain } from "./screens/sign-in-again.js";
import { SignIn, arrivedByLink } from "./screens/sign-in.js";
import { announce, can, loadSession, session, signedOut, waiting } from "./store.js";
import { Button } from "./ui/button.js";
import { Icon } from "./ui/icon.js";
import { Empty, Failure, Skeleton } from "./ui/states.js";
import { Toasts } from "./ui/toast.js";

const LOOK_AGAIN_MS = 30_000;
const byLink = arrivedByLink() || arrivedToSetUp(); // asked before the screen takes the link out of the address
const PUBLIC = {
  "/setup": { title: "Set up", screen: SetUp },
  "/sign-in": { title: "Sign in", screen: SignIn },
};
const SCREENS = {
  "/members": { title: "Members", icon: "people", screen: Members },
  "/invitations": { title: "Invitations", icon: "mail", screen: Invitations, permission: "MEMBERS_READ" },
  "/settings/authentication": {
    title: "Authentication", icon: "key", screen: Authentication, permission: "TOKENS_WRITE",
  },
  "/settings/sessions": {
    title: "Sessions", icon: "window", screen: OrganizationSessions, permission: "MEMBERS_READ",
  },
  "/account": { title: "Account", icon: "person", screen: Account },
};

function Navigation() {
  const entries = Object.entries(SCREENS).filter(([, { permission }]) => !permission || can(permission));
  return html`
    <nav class="navigation" aria-label="Settings">
      ${entries.map(([to, { title, icon }]) => html`
        <a key=${to} class="navigation-link" href=${to} aria-current=${path.value === to ? "page" : undefined}>
          <${Icon} name=${icon} /> ${title}
        </a>
      `)}
    </nav>
  `;
}

async function leave() {
  try {
    signedOut("left", await signOut());
  } catch (error) {
    announce(error.message);
  }
}

function Sidebar() {
  const { viewer, organization } = session.value;
  return html`
    <header class="sidebar">
      <a class="brand" href=${HOME}>
        <img src="/favicon.svg" alt="" width="24" height="24" />
        <span class="brand-product">Rollbook</span>
        <span class="brand-organization">${organization.name}</span>
      </a>
      <${Navigation} />
      <div class="account">
        <p class="account-name" title=${viewer.member?.email}>${viewer.name}</p>
        <${Button} kind="quiet" onClick=${leave}>Sign out<//>
      </div>
    </header>
  `;
}

function NotFound() {
  return html`
    <h1 tabindex="-1">Page not found</h1>
    <${Empty} title="There is nothing at this address"><a href=${HOME}>Go to Members</a><//>
  `;
}

/* What breaks inside a screen stays inside it; the way out is in the sidebar. */
function Screen({ title, screen: Content }) {
  const [error, reset] = useErrorBoundary((problem) => console.error(problem));
  const main = useRef();
  useEffect(() => {
    document.title = `${title} · Rollbook`;
    // After a click on a link, not on the first load: a change of screen is announced as a new page would be.
    if (document.activeElement !== document.body) main.current.querySelector("h1")?.focus();
  }, []);
  return html`
    <main class="main" id="main" tabindex="-1" ref=${main}>
      ${error
        ? html`<${Failure} error=${{ message: `This page failed: ${error.message}` }} onRetry=${reset} />`
        : html`<${Content} />`}
    </main>
  `;
}

function App() {
  const { status, error, reason } = session.value;
  const open = PUBLIC[path.value];
  const known = SCREENS[path.value];

  useEffect(() => {
    if (status === "loading" && !(open && byLink)) loadSession();
    if (status === "signed-out" && !open) {
      remember(known && reason !== "left" ? path.value : null);
      navigate("/sign-in", { replace: true });
    }
    if (status === "signed-in" && path.value === "/") navigate(HOME, { replace: true });
  }, [status, path.value]);

  if (open) return html`<${Screen} key=${path.value} ...${open} />`;
  if (status !== "signed-in") {
    return html`
      <main class="main" id="main" tabindex="-1">
        ${error
          ? html`<${Failure} error=${error} onRetry=${loadSession} />`
          : html`<${Skeleton} label="Loading Rollbook" />`}
      </main>
    `;
  }
  return html`
    <div class="shell">
      <${Sidebar} />
      <${Screen} key=${path.value} title=${known?.title ?? "Not found"} screen=${known?.screen ?? NotFound} />
      <${Toasts} />
      ${waiting.value && html`<${SignInAgain} settle=${waiting.value.settle} />`}
    </div>
  `;
}

/* A page that is only looked at asks nothing, and would go on showing members to who has lost access. */
function lookAgain() {
  if (document.visibilityState === "visible" && session.value.status === "signed-in") loadSession({ quietly: true });
}
addEventListener("visibilitychange", lookAgain);
setInterval(lookAgain, LOOK_AGAIN_MS);

// A page that Back brings up from memory shows what was, and buttons in mid-press.
addEventListener("pageshow", (event) => event.persisted && location.reload());

render(html`<${App} />`, document.getElementById("app"));
