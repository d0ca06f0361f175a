/* Tables that become cards where they are narrow. */
import { html } from "../../vendor/kit.js";

/** `columns` is a list of {key, title, cell(row), hidden title?}; a card shows the title beside each labelled cell. */
export function Table({ caption, columns, rows, busy = false }) {
  // The roles are repeated because a changed `display` takes them away from table elements.
  return html`
    <div class="table-box" aria-busy=${busy}>
      <table class="table" role="table">
        <caption class="visually-hidden">${caption}</caption>
        <thead role="rowgroup">
          <tr role="row">
            ${columns.map(({ key, title, quiet }) => html`
              <th role="columnheader" scope="col" key=${key} class=${`column-${key}`}>
                <span class=${quiet && "visually-hidden"}>${title}</span>
              </th>
            `)}
          </tr>
        </thead>
        <tbody role="rowgroup">
          ${rows.map((row) => html`
            <tr role="row" key=${row.id} class=${row.muted && "row-muted"}>
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
