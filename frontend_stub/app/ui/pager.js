/* Walking through pages by cursor. */
import { html, useEffect, useLayoutEffect, useRef } from "../../vendor/kit.js";
import { Button } from "./button.js";
import { useKeyed } from "./keyed.js";

const PAGE_SIZE = 50;

/** `[place, turn]`: the arguments of the page to show, the first one as soon as `key` tells of another list.

  `turn` gets the arguments of the page to go to; without any it goes to the first. */
export function usePlace(key, size = PAGE_SIZE) {
  const [place, change] = useKeyed(key, () => ({ first: size }));
  function turn(to = { first: size }) {
    change(() => to);
    scrollTo({ top: 0 });
  }
  return [place, turn];
}

/** The connection that was read at a place; where nothing is left of a page, all that was on it being gone, the first
  one is turned to, and nothing answered meanwhile. */
export function useFilled(connection, place, turn) {
  const left = useRef(null);
  const isLost = connection?.nodes.length === 0 && Boolean(place.after ?? place.before);
  if (isLost) left.current = connection;
  useEffect(() => {
    if (isLost) turn();
  }, [isLost]);
  return connection === left.current ? undefined : connection;
}

/* At the last page the button that led there does nothing more: the other one gets the focus. Which one has it is seen
  before the page changes, since a browser may take it from a button as soon as that is disabled. */
function useOtherButton() {
  const nav = useRef();
  const active = nav.current?.contains(document.activeElement) ? document.activeElement : null;
  useLayoutEffect(() => {
    if (active?.disabled) nav.current.querySelector("button:not(:disabled)")?.focus();
  });
  return nav;
}

/** Previous and Next for a Relay connection; `onPage` gets the arguments of the page to load. */
export function Pager({ pageInfo, size = PAGE_SIZE, busy, onPage, children }) {
  const { hasPreviousPage, hasNextPage, startCursor, endCursor } = pageInfo;
  const nav = useOtherButton();
  const button = (possible, place, text) => html`
    <${Button} disabled=${!possible} busy=${busy} onClick=${() => onPage(place)}>${text}<//>`;
  return html`
    <nav class="pager" aria-label="Pages" ref=${nav}>
      <p class="pager-count">${children}</p>
      ${button(hasPreviousPage, { last: size, before: startCursor }, "Previous")}
      ${button(hasNextPage, { first: size, after: endCursor }, "Next")}
    </nav>
  `;
}
