/* How people get in and how they are provisioned: a tab for single sign-on, one for SCIM. */
import { html } from "../../vendor/kit.js";
import { query, setQuery } from "../router.js";
import { can } from "../store.js";
import { Tabs } from "../ui/tabs.js";
import { Provisioning } from "./provisioning.js";
import { SingleSignOn } from "./single-sign-on.js";

const TABS = [
  ["sso", "Single sign-on", "SETTINGS_WRITE", SingleSignOn],
  ["provisioning", "Provisioning", "TOKENS_WRITE", Provisioning],
];

/** The screen at /settings/authentication; `tab` in the address says which part of it. */
export function Authentication() {
  const tabs = TABS.filter(([, , permission]) => can(permission));
  const [chosen] = tabs.find(([tab]) => tab === query.value.tab) ?? tabs[0];

  function content(value) {
    const [, , , Content] = tabs.find(([tab]) => tab === value);
    return html`<${Content} key=${value} />`;
  }

  return html`
    <div class="screen-head">
      <h1 tabindex="-1">Authentication</h1>
    </div>
    <${Tabs} label="Parts of authentication" value=${chosen} options=${tabs}
      onChange=${(tab) => setQuery({ tab, guide: "" })}>
      ${content}
    <//>
  `;
}
