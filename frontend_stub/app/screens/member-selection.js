/* Several members at once: who is selected, and what can be done with them. */
import { html } from "../../vendor/kit.js";
import { can } from "../store.js";
import { Button } from "../ui/button.js";
import { focusTitleIfLost } from "../ui/focus.js";
import { Icon } from "../ui/icon.js";
import { useKeyed } from "../ui/keyed.js";

const MOST = 500; // of one job

/** The members selected in a list: they stay over its pages, and are forgotten when `key` tells of another list. */
export function useSelection(key) {
  const [members, keep] = useKeyed(key, () => new Map());

  function change(work) {
    keep((before) => {
      const after = new Map(before);
      work(after);
      return after;
    });
  }
  function setAll(rows, selected) {
    change((after) => rows.forEach((row) => (selected ? after.set(row.id, row) : after.delete(row.id))));
  }
  return {
    size: members.size,
    members: [...members.values()],
    has: (id) => members.has(id),
    toggle: (row) => setAll([row], !members.has(row.id)),
    setAll,
    clear: () => keep(() => new Map()),
    only: (ids) => keep((before) => new Map([...before].filter(([id]) => ids.includes(id)))),
    drop: (id) => members.has(id) && change((after) => after.delete(id)),
  };
}

/** What can be done with the selected members; in the document from the start, so that screen readers hear of it. */
export function SelectionBar({ selection, onAct }) {
  const { size } = selection;
  const tooMany = size > MOST;
  function clear() {
    document.querySelector("#main th.column-select input")?.focus(); // this button is about to go
    selection.clear();
    focusTitleIfLost();
  }
  const action = (change, text, kind) => html`
    <${Button} kind=${kind} disabled=${tooMany} onClick=${() => onAct(change)}>${text}<//>`;
  return html`
    <div class=${size > 0 ? "selection selection-shown" : "selection"} role=${size > 0 ? "region" : undefined}
      aria-label=${size > 0 ? "Selected members" : undefined}>
      <p class="selection-count" role="status">
        ${size > 0 && (tooMany ? `${size} selected: at most ${MOST} can be changed at once` : `${size} selected`)}
      </p>
      ${size > 0 && html`
        ${can("ROLES_WRITE") && action("SET_ROLE", "Change role…")}
        ${action("DEACTIVATE", "Deactivate…")}
        ${action("REACTIVATE", "Reactivate…")}
        ${action("REMOVE", "Remove…")}
        <${Button} kind="quiet" onClick=${clear}><${Icon} name="close" /> Select nobody<//>
      `}
    </div>
  `;
}
