/* Buttons: one shape, four weights. */
import { html } from "../../vendor/kit.js";

/** A button of kind `primary`, `plain`, `quiet` or `danger`. While its work runs it is `busy`: it does nothing then,
  and keeps the focus, which a disabled one would lose. */
export function Button({ kind = "plain", busy = false, type = "button", onClick, children, ...rest }) {
  function click(event) {
    if (!busy) return onClick?.(event);
    event.preventDefault(); // nor is the form sent, by this button or by Enter in a field
  }
  return html`
    <button type=${type} class=${`button button-${kind}`} aria-disabled=${busy || undefined} aria-busy=${busy}
      ...${rest} onClick=${click}>
      ${children}
    </button>
  `;
}
