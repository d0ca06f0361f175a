/* Walking through pages by cursor. */
import { html, useState } from "../../vendor/kit.js";
import { Button } from "./button.js";

const PAGE_SIZE = 50;

/** `[place, turn]`: the arguments of the page to show, the first one as soon as `key` tells of another list. */
export function usePlace(key, size = PAGE_SIZE) {
  const [state, setState] = useState({ key, place: { first: size } });
  function turn(place) {
    setState({ key, place });
    scrollTo({ top: 0 });
  }
  return [state.key === key ? state.place : { first: size }, turn];
}

/** Previous and Next for a Relay connection; `onPage` gets the arguments of the page to load. */
export function Pager({ pageInfo, size = PAGE_SIZE, busy, onPage, children }) {
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
