/* Walking through pages by cursor. */
import { html } from "../../vendor/kit.js";
import { Button } from "./button.js";

/** Previous and Next for a Relay connection; `onPage` gets the arguments of the page to load. */
export function Pager({ pageInfo, size, busy, onPage, children }) {
  const { hasPreviousPage, hasNextPage, startCursor, endCursor } = pageInfo;
  return html`
    <nav class="pager" aria-label="Pages">
      <p class="pager-count">${children}</p>
      <${Button} disabled=${!hasPreviousPage || busy} onClick=${() => onPage({ last: size, before: startCursor })}>
        Previous
      <//>
      <${Button} disabled=${!hasNextPage || busy} onClick=${() => onPage({ first: size, after: endCursor })}>Next<//>
    </nav>
  `;
}
