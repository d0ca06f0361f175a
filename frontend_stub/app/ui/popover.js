/* Small panels beside a button, on the native popover: Escape and a click elsewhere close them. */
import { html, useId, useRef } from "../../vendor/kit.js";
import { Icon } from "./icon.js";

const GAP = 4;

/* The top layer does not move with its opener: the panel is placed when it opens and closed when the page scrolls. */
function place(panel, opener) {
  const from = opener.getBoundingClientRect();
  const below = from.bottom + GAP + panel.offsetHeight <= innerHeight;
  const left = Math.max(GAP, Math.min(from.left, innerWidth - panel.offsetWidth - GAP));
  panel.style.left = `${left}px`;
  panel.style.top = `${below ? from.bottom + GAP : Math.max(GAP, from.top - GAP - panel.offsetHeight)}px`;
}

function usePopover() {
  const id = useId();
  const panel = useRef();
  const opener = useRef();
  const close = () => panel.current?.hidePopover();
  function onToggle(event) {
    const open = event.newState === "open";
    opener.current?.setAttribute("aria-expanded", open); // it is gone if what was chosen led to another screen
    if (!open) return removeEventListener("scroll", close, true);
    place(panel.current, opener.current);
    addEventListener("scroll", close, { capture: true, once: true });
  }
  return { id, panel, opener, close, onToggle };
}

/** A badge-like button that opens an explanation. */
export function Note({ label, children, note }) {
  const { id, panel, opener, onToggle } = usePopover();
  return html`
    <button type="button" class="note-opener" ref=${opener} popovertarget=${id} aria-label=${label}
      aria-expanded="false">
      ${children}
    </button>
    <div class="popover note" id=${id} ref=${panel} popover="auto" onToggle=${onToggle}>${note}</div>
  `;
}

const STEPS = { ArrowDown: 1, ArrowUp: -1 };

/** A menu of actions behind an icon; `items` is a list of {text, danger, onSelect}, `checked` for one of a choice. */
export function Menu({ label, items, icon = "more" }) {
  const { id, panel, opener, close, onToggle } = usePopover();
  const entries = () => [...panel.current.querySelectorAll("[role^=menuitem]")];

  function toggled(event) {
    onToggle(event);
    if (event.newState === "open") entries()[0]?.focus();
  }
  function onKeyDown(event) {
    const all = entries();
    const at = all.indexOf(document.activeElement);
    const target =
      event.key in STEPS ? all.at((at + STEPS[event.key]) % all.length)
      : event.key === "Home" ? all[0]
      : event.key === "End" ? all.at(-1)
      : null;
    if (event.key === "Tab") close();
    if (!target) return;
    event.preventDefault();
    target.focus();
  }
  function select(item) {
    close(); // first, so that the focus is back on the opener when a dialog remembers where it was
    item.onSelect();
  }

  return html`
    <button type="button" class="button button-quiet icon-button" ref=${opener} popovertarget=${id}
      aria-haspopup="menu" aria-expanded="false" aria-label=${label}>
      <${Icon} name=${icon} />
    </button>
    <div class="popover menu" id=${id} ref=${panel} popover="auto" role="menu" aria-label=${label}
      onToggle=${toggled} onKeyDown=${onKeyDown}>
      ${items.map((item) => html`
        <button type="button" role=${item.checked == null ? "menuitem" : "menuitemradio"} aria-checked=${item.checked}
          tabindex="-1" key=${item.text}
          class=${item.danger ? "menu-item menu-item-danger" : "menu-item"} onClick=${() => select(item)}>
          ${item.text}
        </button>
      `)}
    </div>
  `;
}
