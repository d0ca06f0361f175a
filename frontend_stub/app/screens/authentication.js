/* How people get in and how they are provisioned: single sign-on above, SCIM below. */
import { html } from "../../vendor/kit.js";
import { can } from "../store.js";
import { NoPermission } from "../ui/states.js";
import { Provisioning } from "./provisioning.js";
import { SingleSignOn } from "./single-sign-on.js";

/** The screen at /settings/authentication. */
export function Authentication() {
  return html`
    <div class="screen-head">
      <h1 tabindex="-1">Authentication</h1>
    </div>
    ${can("SETTINGS_WRITE") && html`
      <section class="part" aria-labelledby="single-sign-on">
        <h2 class="part-title" id="single-sign-on">Single sign-on</h2>
        <${SingleSignOn} />
      </section>`}
    ${can("TOKENS_WRITE")
      ? html`
          <section class="part" aria-labelledby="provisioning">
            <h2 class="part-title" id="provisioning">Provisioning</h2>
            <${Provisioning} />
          </section>`
      : html`<${NoPermission}>Only admins can see and manage tokens. Ask an admin of your organization.<//>`}
  `;
}
