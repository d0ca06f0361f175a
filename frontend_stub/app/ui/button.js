/* Buttons: one shape, four weights. */
import { html } from "../../vendor/kit.js";

/** A button of kind `primary`, `plain`, `quiet` or `danger`; `busy` holds it while its work runs. */
export function Button({ kind = "plain", busy = false, type = "button", disabled = false, children, ...rest }) {
  return html`
    <button type=${type} class=${`button button-${kind}`} disabled=${disabled || busy} aria-busy=${busy} ...${rest}>
      ${children}
    </button>
  `;
}
