/* Single keys. They work by what every screen has anyway: a search field, a main action, a table with rows.

   `/` focuses the screen's search field (type=search). `n` presses what is marked data-shortcut="new", else the main
   action in the head of the screen or of a card. `j` and `k` move the focus from row to row of a table, Enter opens a
   row (what is marked data-shortcut="open" in it, else its first link or button), `x` selects it (its checkbox). `g`
   and a letter go to a screen. Never with a modifier, in a field, or while a dialog or a menu is open. */
import { signal } from "../vendor/kit.js";
import { shortcutsOn } from "./preferences.js";
import { navigate } from "./router.js";
import { screensForViewer } from "./screens.js";
import { session } from "./store.js";

const GO_MS = 1500;
const TYPED_INTO = "input:not([type=checkbox], [type=radio], [type=button]), select, textarea, [contenteditable]";
const LAYERS = "dialog[open], [popover]:popover-open";
const ROWS = "#main tbody tr";
const MAIN_ACTION = "#main :is(.screen-head, .card-head) .button-primary";

/** Whether the list of shortcuts is on display. */
export const helpShown = signal(false);

/** What there is to press, as [keys, what it does], for the list that `?` shows. */
export const GENERAL = [
  [["/"], "Search"],
  [["n"], "The main action of the screen, such as a new token"],
  [["j"], "Next row"],
  [["k"], "Previous row"],
  [["Enter"], "Open the row"],
  [["x"], "Select the row"],
  [["Esc"], "Close what is open"],
  [["?"], "Show this list"],
];

let goingSince = -Infinity;

function shown(selector, within = document) {
  return [...within.querySelectorAll(selector)].find((element) => element.checkVisibility() && !element.disabled);
}

function currentRow() {
  return document.activeElement?.closest?.(ROWS) ?? null;
}

function step(by) {
  const rows = [...document.querySelectorAll(ROWS)].filter((row) => row.checkVisibility());
  const at = rows.indexOf(currentRow());
  const row = rows[at < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(Math.max(at + by, 0), rows.length - 1)];
  if (!row) return false;
  row.tabIndex = -1;
  row.focus();
  return true;
}

function press(element) {
  element?.click();
  return Boolean(element);
}

function openRow() {
  const row = document.activeElement;
  if (!row?.matches?.(ROWS)) return false; // Enter on a link or a button in the row is that one's own
  return press(shown("[data-shortcut=open]", row) ?? shown("a[href], button", row));
}

function selectRow() {
  const row = currentRow();
  return Boolean(row) && press(shown("input[type=checkbox]", row));
}

function search() {
  const field = shown("#main input[type=search]");
  field?.focus();
  field?.select();
  return Boolean(field);
}

function go() {
  goingSince = performance.now();
  return true;
}

function goTo(letter) {
  const [path] = screensForViewer().find(([, { key }]) => key === letter) ?? [];
  if (path) navigate(path);
  return Boolean(path);
}

const ACTIONS = {
  "/": search,
  n: () => press(shown("#main [data-shortcut=new]") ?? shown(MAIN_ACTION)),
  j: () => step(1),
  k: () => step(-1),
  x: selectRow,
  Enter: openRow,
  g: go,
  "?"() {
    helpShown.value = true;
    return true;
  },
};

function pressed(event) {
  const modified = event.ctrlKey || event.metaKey || event.altKey || event.isComposing;
  if (!shortcutsOn.value || modified || event.defaultPrevented) return;
  if (session.value.status !== "signed-in" || event.target.closest?.(TYPED_INTO) || document.querySelector(LAYERS)) {
    return;
  }
  const going = performance.now() - goingSince < GO_MS;
  goingSince = -Infinity;
  const done = going ? goTo(event.key) : Object.hasOwn(ACTIONS, event.key) && ACTIONS[event.key]();
  if (done) event.preventDefault();
}

/** Listen for the keys; once for the page. */
export function listenForShortcuts() {
  document.addEventListener("keydown", pressed);
}
