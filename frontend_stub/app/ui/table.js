/* Tables that become cards where they are narrow. */
import { html, useLayoutEffect, useRef } from "../../vendor/kit.js";
import { Icon } from "./icon.js";

const DIRECTIONS = { ASC: "ascending", DESC: "descending" };

function SortButton({ title, field, order, onOrder }) {
  const sorted = order.field === field;
  const next = sorted && order.direction === "ASC" ? "DESC" : "ASC";
  return html`
    <button type="button" class="sort" onClick=${() => onOrder({ field, direction: next })}>
      ${title}
      <span class=${sorted ? `sort-mark sort-${order.direction.toLowerCase()}` : "sort-mark"}>
        <${Icon} name="arrow" />
      </span>
    </button>
  `;
}

function Head({ column: { key, title, quiet, head, field }, order, onOrder }) {
  const sorted = field && (order.field === field ? DIRECTIONS[order.direction] : "none");
  return html`
    <th role="columnheader" scope="col" class=${`column-${key}`} aria-sort=${sorted || undefined}>
      ${head
        ?? (field
          ? html`<${SortButton} title=${title} field=${field} order=${order} onOrder=${onOrder} />`
          : html`<span class=${quiet && "visually-hidden"}>${title}</span>`)}
    </th>
  `;
}

function styleOf({ muted, selected }) {
  return [muted && "row-muted", selected && "row-selected"].filter(Boolean).join(" ") || undefined;
}

/* Where what has the focus goes away with its row, or in it, the row that stands there now gets it. */
function useFocusedRow() {
  const body = useRef();
  const rows = () => [...body.current?.rows ?? []];
  const at = rows().findIndex((row) => row.contains(document.activeElement)); // before anything is changed
  useLayoutEffect(() => {
    if (at < 0 || document.activeElement !== document.body) return;
    const row = rows()[at] ?? rows().at(-1);
    if (!row) return;
    row.tabIndex = -1;
    row.focus();
  });
  return body;
}

/** `columns` is a list of {key, title, cell(row), quiet?, head?, field?}; a card shows the title beside each labelled
  cell. `head` stands in the place of the title; with `field` the column sorts: `order` is {field, direction}, and
  `onOrder` gets the next one. A row may be `muted` or `selected`. */
export function Table({ caption, columns, rows, busy = false, order = {}, onOrder }) {
  const body = useFocusedRow();
  // The roles are repeated because a changed `display` takes them away from table elements.
  return html`
    <div class="table-box" aria-busy=${busy}>
      <table class=${onOrder ? "table table-sortable" : "table"} role="table">
        <caption class="visually-hidden">${caption}</caption>
        <thead role="rowgroup">
          <tr role="row">
            ${columns.map((column) => html`
              <${Head} key=${column.key} column=${column} order=${order} onOrder=${onOrder} />
            `)}
          </tr>
        </thead>
        <tbody role="rowgroup" ref=${body}>
          ${rows.map((row) => html`
            <tr role="row" key=${row.id} class=${styleOf(row)}>
              ${columns.map(({ key, title, quiet, cell }) => html`
                <td role="cell" key=${key} class=${`column-${key}`} data-title=${quiet ? undefined : title}>
                  ${cell(row)}
                </td>
              `)}
            </tr>
          `)}
        </tbody>
      </table>
    </div>
  `;
}
