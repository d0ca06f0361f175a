/* Commands and bodies, in a box that scrolls by itself and can be reached with the keyboard for it. */
import { html } from "../../vendor/kit.js";

/** JSON over several lines; any other text as it is. */
export function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text; // it was cut, or told in words
  }
}

/** A text as it is sent or typed. `label` says what it is; a `tall` one scrolls from a certain height on. */
export function Code({ label, tall = false, children }) {
  return html`
    <pre class=${tall ? "command body" : "command"} role="region" tabindex="0" aria-label=${label}>
      <code>${children}</code></pre>
  `;
}
