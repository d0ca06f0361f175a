/* What stands around every screen: the navigation, who is signed in, and a word when Rollbook does not answer. */
import { html, useEffect, useId, useState } from "../vendor/kit.js";
import { signOut } from "./doors.js";
import { setShortcutsOn, setTheme, shortcutsOn, theme } from "./preferences.js";
import { unreachable } from "./reach.js";
import { HOME, path } from "./router.js";
import { screensForViewer } from "./screens.js";
import { GENERAL, helpShown } from "./shortcuts.js";
import { announce, session, signedOut } from "./store.js";
import { Button } from "./ui/button.js";
import { Dialog } from "./ui/dialog.js";
import { Icon } from "./ui/icon.js";
import { Menu } from "./ui/popover.js";

function byGroup(screens) {
  const groups = new Map();
  for (const entry of screens) {
    const { group } = entry[1];
    groups.set(group, [...(groups.get(group) ?? []), entry]);
  }
  return [...groups];
}

function NavigationLink({ to, title, icon, load }) {
  // Fetched as soon as somebody reaches for it; what goes wrong shows when they are there.
  const ahead = () => load().catch(() => {});
  return html`
    <a class="navigation-link" href=${to} aria-current=${path.value === to ? "page" : undefined}
      onPointerEnter=${ahead} onFocus=${ahead}>
      <${Icon} name=${icon} /> ${title}
    </a>
  `;
}

function Navigation() {
  const id = useId();
  const [open, setOpen] = useState(false); // only narrow windows hide it
  useEffect(() => setOpen(false), [path.value]);
  return html`
    <button type="button" class="button button-quiet navigation-opener" aria-expanded=${open} aria-controls=${id}
      onClick=${() => setOpen(!open)}>
      <${Icon} name="menu" /> Menu
    </button>
    <nav class=${open ? "navigation navigation-open" : "navigation"} id=${id} aria-label="Settings">
      ${byGroup(screensForViewer()).map(([group, screens]) => html`
        <div class="navigation-group" key=${group} role="group" aria-label=${group}>
          ${screens.length > 1 && html`<p class="navigation-title" aria-hidden="true">${group}</p>`}
          ${screens.map(([to, screen]) => html`<${NavigationLink} key=${to} to=${to} ...${screen} />`)}
        </div>
      `)}
    </nav>
  `;
}

const THEMES = [[null, "Colours of the system"], ["light", "Light"], ["dark", "Dark"]];

function DisplayMenu() {
  const items = THEMES.map(([value, text]) => (
    { text, checked: theme.value === value, onSelect: () => setTheme(value) }
  ));
  items.push({ text: "Keyboard shortcuts", onSelect: () => { helpShown.value = true; } });
  return html`<${Menu} label="Display and help" icon="theme" items=${items} />`;
}

/* Nothing is on display meanwhile, so that no read of it is under way when the session ends, and refused. */
async function leave() {
  const before = session.value;
  session.value = { status: "leaving" };
  try {
    signedOut("left", await signOut());
  } catch (error) {
    session.value = before;
    announce(error.message);
  }
}

/** The way around, and who is signed in. */
export function Sidebar() {
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
        <${DisplayMenu} />
        <${Button} kind="quiet" onClick=${leave}>Sign out<//>
      </div>
    </header>
  `;
}

/** Says so while Rollbook does not answer; in the document from the start, so that screen readers hear it. */
export function OfflineBanner() {
  return html`
    <div role="status" aria-label="Connection">
      ${unreachable.value && html`
        <p class="offline-text">
          Rollbook does not answer. What you see may be out of date; it is read anew as soon as Rollbook is back.
        </p>`}
    </div>
  `;
}

function Keys({ keys }) {
  return keys.map((key, index) => html`${index > 0 && " then "}<kbd key=${key}>${key}</kbd>`);
}

function ShortcutList() {
  const id = useId();
  const going = screensForViewer().map(([, { key, title }]) => [["g", key], `Go to ${title}`]);
  return html`
    <${Dialog} title="Keyboard shortcuts" onClose=${() => { helpShown.value = false; }}>
      <div class="dialog-body">
        <dl class="shortcuts">
          ${[...GENERAL, ...going].map(([keys, text]) => html`
            <div class="shortcut" key=${text}><dt><${Keys} keys=${keys} /></dt><dd>${text}</dd></div>
          `)}
        </dl>
        <div class="checkbox">
          <input type="checkbox" id=${id} checked=${shortcutsOn.value}
            onChange=${(event) => setShortcutsOn(event.target.checked)} />
          <label for=${id}>Use single-key shortcuts in this browser</label>
        </div>
        <div class="dialog-actions">
          <${Button} autofocus onClick=${() => { helpShown.value = false; }}>Close<//>
        </div>
      </div>
    <//>
  `;
}

/** The list of shortcuts, while it is asked for. */
export function ShortcutHelp() {
  return helpShown.value ? html`<${ShortcutList} />` : null;
}
