/* What is the case, in lines of a name and a value. */
import { html } from "../../vendor/kit.js";

/** `facts` is a list of [name, value]; one that is false is left out. */
export function Facts({ facts }) {
  return html`
    <dl class="facts">
      ${facts.filter(Boolean).map(([name, value]) => html`
        <div class="fact" key=${name}>
          <dt>${name}</dt>
          <dd>${value}</dd>
        </div>
      `)}
    </dl>
  `;
}
