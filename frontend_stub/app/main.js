/* The shell: finds out who is signed in, picks the screen for the path, and catches what breaks. */
import { html, render, useEffect, useErrorBoundary, useRef } from "../vendor/kit.js";
import { navigate, path } from "./router.js";
import { Authentication } from "./screens/authentication.js";
import { Members } from "./screens/members.js";
import { SignIn, arrivedByLink } from "./screens/sign-in.js";
import { can, loadSession, session, signOut } from "./store.js";
import { Button } from "./ui/button.js";
import { Icon } from "./ui/icon.js";
import { Empty, Failure, Skeleton } from "./ui/states.js";
import { Toasts } from "./ui/toast.js";

const HOME = "/members";
const byLink = arrivedByLink(); // asked before the screen takes the link out of the address
const SCREENS = {
  "/members": { title: "Members", icon: "people", screen: Members },
  "/settings/authentication": {
    title: "Authentication", icon: "key", screen: Authentication, permission: "TOKENS_WRITE",
  },
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
        <${Button} kind="quiet" onClick=${signOut}>Sign out<//>
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
  const { status, error } = session.value;
  const known = SCREENS[path.value];
  const signingIn = path.value === "/sign-in";

  useEffect(() => {
    if (status === "loading" && !(signingIn && byLink)) loadSession();
    if (status === "signed-out" && !signingIn) navigate("/sign-in", { replace: true });
    if (status === "signed-in" && path.value === "/") navigate(HOME, { replace: true });
  }, [status, path.value]);

  if (signingIn) return html`<${Screen} key="sign-in" title="Sign in" screen=${SignIn} />`;
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
    </div>
  `;
}

render(html`<${App} />`, document.getElementById("app"));
