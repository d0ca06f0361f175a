/* Where the page is: the path and the query as signals, kept in step with the address bar. */
import { signal } from "../vendor/kit.js";

/** Where a person begins who wanted nothing else; the page knows which screen that is for whom. */
export const HOME = "/";

/** The current path. */
export const path = signal(location.pathname);

/** The parameters of the current address, `{name: text}`; what a screen shows can be bookmarked and sent on. */
export const query = signal(parameters());

let wanted = null;

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

/** Go to another screen without loading the page again. */
export function navigate(to, { replace = false } = {}) {
  history[replace ? "replaceState" : "pushState"](null, "", to);
  arrived();
}

/** Change some parameters of the address; an empty value takes one out. `replace` leaves no step to go back to. */
export function setQuery(changes, { replace = true } = {}) {
  const all = Object.entries({ ...query.value, ...changes }).filter(([, text]) => text !== "" && text != null);
  const text = new URLSearchParams(all).toString();
  navigate(text ? `${path.value}?${text}` : path.value, { replace });
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

addEventListener("popstate", arrived);
document.addEventListener("click", follow);
