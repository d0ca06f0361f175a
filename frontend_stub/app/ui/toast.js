/* The corner where short messages come up. */
import { html } from "../../vendor/kit.js";
import { toasts } from "../store.js";

/** Every message on display; in the document from the start, so that screen readers hear the first one. */
export function Toasts() {
  return html`
    <div class="toasts" role="status" aria-label="Messages">
      ${toasts.value.map((toast) => html`<p class="toast" key=${toast.id}>${toast.text}</p>`)}
    </div>
  `;
}
