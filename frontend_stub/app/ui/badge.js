/* Small coloured labels. */
import { html } from "../../vendor/kit.js";

/** A label of tone `neutral`, `accent`, `good`, `warning`, `danger` or `info`. */
export function Badge({ tone = "neutral", children }) {
  return html`<span class=${`badge badge-${tone}`}>${children}</span>`;
}
