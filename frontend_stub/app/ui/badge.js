/* Small coloured labels. */
import { html } from "../../vendor/kit.js";

const LONG = 20; // letters: more are cut where there is no room for them

/** A label of tone `neutral`, `accent`, `good`, `warning`, `danger` or `info`. */
export function Badge({ tone = "neutral", children }) {
  if (typeof children === "string" && children.length > LONG) {
    return html`<span class=${`badge badge-${tone} badge-long`} title=${children}>${children}</span>`;
  }
  return html`<span class=${`badge badge-${tone}`}>${children}</span>`;
}
