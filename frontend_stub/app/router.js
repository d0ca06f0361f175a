/* Where the page is: the path and the query as signals, kept in step with the address bar. */
import { signal } from "../vendor/kit.js";

/** Where a person begins who wanted nothing else; the page knows which screen that is for whom. */
export const HOME = "/";

/** The current path. */
export const path = signal(location.pathname);

/** The parameters of the current address, `{name: text}`; what a screen shows can be bookmarked and sent on. */
export const query = signal(parameters());

let wanted = null;
let goingBack = false; // a step back takes effect a moment after it was asked for
let stay = null; // what is done in place of a step back or forth

function parameters() {
  return Object.fromEntries(new URLSearchParams(location.search));
}

function arrived() {
  path.value = location.pathname;
  query.value = parameters();
}

/** Remember the screen that somebody asked for before they could be let in. */
export function remember(screen) {
  wanted = screen;
}

/** The screen to show to who has just signed in. */
export function destination() {
  return wanted ?? HOME;
}

/* The address here with some parameters changed; an empty value takes one out. */
function changed(changes) {
  const all = Object.entries({ ...query.value, ...changes }).filter(([, text]) => text !== "" && text != null);
  const text = new URLSearchParams(all).toString();
  return text ? `${path.value}?${text}` : path.value;
}

/** Go to another screen without loading the page again. */
export function navigate(to, { replace = false } = {}) {
  if (goingBack) {
    addEventListener("popstate", () => navigate(to, { replace }), { once: true });
    return;
  }
  // Each step knows where it was taken, for `closeDrawer`.
  if (replace) history.replaceState(history.state, "", to);
  else history.pushState({ from: changed({}) }, "", to);
  arrived();
}

/** Change some parameters of the address; an empty value takes one out. `replace` leaves no step to go back to. */
export function setQuery(changes, { replace = true } = {}) {
  navigate(changed(changes), { replace });
}

/** Take the parameter out of the address that opened a drawer, which a link to the address with it did.

  Where the step before shows just the same without the drawer, it is gone back to: an opened and closed drawer leaves
  no step behind. */
export function closeDrawer(name) {
  if (goingBack || !(name in query.value)) return;
  const to = changed({ [name]: "" });
  if (history.state?.from !== to) return navigate(to, { replace: true });
  goingBack = true;
  history.back();
  const { [name]: closed, ...others } = query.value;
  query.value = others; // so that the drawer goes at once
}

function follow(event) {
  const link = event.target.closest?.("a[href]");
  const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
  if (!link || !plain || event.defaultPrevented || link.target || link.origin !== location.origin) return;
  if (link.hash && link.pathname === location.pathname) return; // the skip link
  if (link.pathname.startsWith("/auth/")) return; // a door, not a screen
  if (link.hasAttribute("download")) return; // a file
  event.preventDefault();
  navigate(link.pathname + link.search);
}

/** Whoever goes back or forth in the history stays here: `onLeave()` is called instead, until the answer is called. */
export function stayHere(onLeave) {
  const { href } = location;
  const { state } = history;
  stay = () => {
    history.pushState(state, "", href);
    onLeave();
  };
  return () => {
    stay = null;
  };
}

function cameBack() {
  const ownStep = goingBack;
  goingBack = false;
  if (stay && !ownStep) stay();
  else arrived();
}

addEventListener("popstate", cameBack);
document.addEventListener("click", follow);
