/* The page: finds out who is signed in, fetches the screen for the path, and catches what breaks. */
import { html, render, useEffect, useErrorBoundary, useRef, useState } from "../vendor/kit.js";
import { ApiError } from "./gql.js";
import { navigate, path, remember } from "./router.js";
import { home, openScreenAt, screenAt } from "./screens.js";
import { SignInAgain } from "./screens/sign-in-again.js";
import { secretInAddress } from "./secret-link.js";
import { OfflineBanner, ShortcutHelp, Sidebar } from "./shell.js";
import { listenForShortcuts } from "./shortcuts.js";
import { can, loadSession, session, waiting } from "./store.js";
import { Empty, Failure, NoPermission, Skeleton } from "./ui/states.js";
import { Toasts } from "./ui/toast.js";

const LOOK_AGAIN_MS = 30_000;
// Asked before the screen takes the link out of the address: who comes by a link may be somebody else.
const byLink = secretInAddress(location.pathname) !== null;

function NotFound() {
  return html`
    <h1 tabindex="-1">Page not found</h1>
    <${Empty} title="There is nothing at this address"><a href="/members">Go to Members</a><//>
  `;
}

function Forbidden({ title }) {
  return html`
    <h1 tabindex="-1">${title}</h1>
    <${NoPermission}>Ask an admin of your organization for it.<//>
  `;
}

let isFirst = true; // the screen that the page was loaded for

/* The title and the focus follow once the screen is there. */
function Arrived({ title, screen: Content, into }) {
  useEffect(() => {
    document.title = `${title} · Rollbook`;
    // A change of screen is announced as a new page would be; a page that was loaded announces itself.
    if (!isFirst && !into.current.contains(document.activeElement)) into.current.querySelector("h1")?.focus();
    isFirst = false;
  }, []);
  return html`<${Content} title=${title} />`;
}

const NOT_FETCHED = new ApiError(
  "UNREACHABLE", "A part of this page did not arrive. Check your connection, then try again.",
);

/* `{Content, failed}`: neither, until the screen has been fetched. */
function useFetched({ screen, load }) {
  const [state, setState] = useState({ Content: screen });
  useEffect(() => {
    if (!screen) load().then((Content) => setState({ Content }), () => setState({ failed: true }));
  }, []);
  return state;
}

/* What breaks inside a screen stays inside it; the way out is in the sidebar. */
function Screen({ title, ...source }) {
  const [error, reset] = useErrorBoundary((problem) => console.error(problem));
  const { Content, failed } = useFetched(source);
  const main = useRef();
  const broken = error && { message: `This page failed: ${error.message}` };
  return html`
    <main class="main" id="main" tabindex="-1" ref=${main}>
      ${broken ? html`<${Failure} error=${broken} onRetry=${reset} />`
        : failed ? html`<${Failure} error=${NOT_FETCHED} onRetry=${() => location.reload()} />`
        : Content ? html`<${Arrived} title=${title} screen=${Content} into=${main} />`
        : html`<${Skeleton} label=${`Loading ${title}`} />`}
    </main>
  `;
}

function chosen(known) {
  if (!known) return { title: "Not found", screen: NotFound };
  if (known.permission && !can(known.permission)) return { title: known.title, screen: Forbidden };
  return known;
}

function App() {
  const { status, error, reason } = session.value;
  const open = openScreenAt(path.value);
  const known = screenAt(path.value);

  useEffect(() => {
    if (status === "loading" && !(open && byLink)) loadSession();
    if (status === "signed-out" && !open) {
      remember(known && reason !== "left" ? path.value + location.search : null);
      navigate("/sign-in", { replace: true });
    }
    if (status === "signed-in" && path.value === "/") navigate(home(), { replace: true });
  }, [status, path.value]);

  if (open) return html`<${Screen} key=${path.value} ...${open} />`;
  if (status !== "signed-in" || path.value === "/") {
    return html`
      <main class="main" id="main" tabindex="-1">
        ${error
          ? html`<${Failure} error=${error} onRetry=${loadSession} />`
          : html`<${Skeleton} label=${status === "leaving" ? "Signing out" : "Loading Rollbook"} />`}
      </main>
    `;
  }
  const { title, screen, load } = chosen(known);
  return html`
    <div class="shell">
      <${Sidebar} />
      <div class="content">
        <${OfflineBanner} />
        <${Screen} key=${`${path.value} ${Boolean(screen)}`} title=${title} screen=${screen} load=${load} />
      </div>
      <${Toasts} />
      <${ShortcutHelp} />
      ${waiting.value && html`<${SignInAgain} settle=${waiting.value.settle} />`}
    </div>
  `;
}

/* A page that is only looked at asks nothing, and would go on showing members to who has lost access. */
function lookAgain() {
  if (document.visibilityState !== "visible" || session.value.status !== "signed-in" || waiting.value) return;
  loadSession({ quietly: true });
}
addEventListener("visibilitychange", lookAgain);
setInterval(lookAgain, LOOK_AGAIN_MS);

// A page that Back brings up from memory shows what was, and buttons in mid-press.
addEventListener("pageshow", (event) => event.persisted && location.reload());

// The screen is on its way while the page asks who is signed in.
(openScreenAt(path.value) ?? screenAt(path.value))?.load().catch(() => {});
listenForShortcuts();
render(html`<${App} />`, document.getElementById("app"));
