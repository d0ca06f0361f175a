/* Several members at once: who is selected, and what can be done with them. */
import { html, useState } from "../../vendor/kit.js";
import { can } from "../store.js";
import { Button } from "../ui/button.js";
import { Icon } from "../ui/icon.js";

const MOST = 500; // of one job

/** The members selected in a list: they stay over its pages, and are forgotten when `key` tells of another list. */
export function useSelection(key) {
  const [state, setState] = useState({ key, members: new Map() });
  const members = state.key === key ? state.members : new Map();
  const keep = (changed) => setState({ key, members: changed });

  function setAll(rows, selected) {
    const changed = new Map(members);
    for (const row of rows) {
      if (selected) changed.set(row.id, row);
      else changed.delete(row.id);
    }
    keep(changed);
  }
  return {
    size: members.size,
    members: [...members.values()],
    has: (id) => members.has(id),
    toggle: (row) => setAll([row], !members.has(row.id)),
    setAll,
    clear: () => keep(new Map()),
    only: (ids) => keep(new Map([...members].filter(([id]) => ids.includes(id)))),
  };
}

/** What can be done with the selected members; in the document from the start, so that screen readers hear of it. */
export function SelectionBar({ selection, onAct }) {
  const { size } = selection;
  const tooMany = size > MOST;
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
        <${Button} kind="quiet" onClick=${selection.clear}><${Icon} name="close" /> Select nobody<//>
      `}
    </div>
  `;
}
