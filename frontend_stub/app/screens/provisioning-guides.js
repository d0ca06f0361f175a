/* What to do on the other side: in Okta, in Entra ID, and with curl. */
import { html } from "../../vendor/kit.js";
import { query, setQuery } from "../router.js";
import { Code } from "../ui/code.js";
import { CopyButton } from "../ui/copy-field.js";
import { Tabs } from "../ui/tabs.js";

function Value({ label, text }) {
  return html`
    <div class="guide-value">
      <${Code} label=${label}>${text}<//>
      <div><${CopyButton} text=${text} label=${`Copy ${label}`} /></div>
    </div>
  `;
}

function Okta({ endpointUrl }) {
  return html`
    <ol>
      <li>Generate a token here and keep it at hand.</li>
      <li>In Okta: <b>Applications → Browse App Catalog</b>, add <b>SCIM 2.0 Test App (Header Auth)</b>.</li>
      <li>In the app: <b>Provisioning → Configure API Integration</b>, tick <b>Enable API integration</b>.</li>
      <li><b>Base URL</b>: <${Value} label="Base URL" text=${endpointUrl} /></li>
      <li><b>API Token</b>: the word <code>Bearer</code>, a space, the token.</li>
      <li><b>Test API Credentials</b>, then <b>Save</b>.</li>
      <li><b>Provisioning → To App → Edit</b>: enable create, update and deactivate.</li>
      <li><b>Assignments</b>: assign people. They appear in <a href="/members">Members</a>.</li>
      <li>
        For admins: <b>Push Groups → by name</b>, choose the group of your admins, and <b>Link Group</b> to
        ${" "}<code>Admins</code>.
      </li>
    </ol>
    <p class="detail">Okta calls over https only, from the internet, and takes no name with an underscore.</p>
  `;
}

function Entra({ endpointUrl }) {
  return html`
    <ol>
      <li>Generate a token here and keep it at hand.</li>
      <li>
        In the Entra admin center: <b>Enterprise applications → New application → Create your own application</b>,
        non-gallery.
      </li>
      <li><b>Provisioning → New configuration</b>, with bearer authentication.</li>
      <li><b>Tenant URL</b>: <${Value} label="Tenant URL" text=${`${endpointUrl}?aadOptscim062020`} /></li>
      <li><b>Secret token</b>: the token, without the word Bearer.</li>
      <li><b>Test connection</b>, then <b>Create</b>.</li>
      <li>
        <b>Attribute mapping → Users</b>: map <code>externalId</code> to <code>objectId</code>. The other defaults are
        right.
      </li>
      <li><b>Users and groups</b>: assign people. A group called <code>Admins</code> makes admins of its members.</li>
      <li><b>Provision on demand</b> for one person, then <b>Start provisioning</b>.</li>
    </ol>
    <p class="detail">The first cycle may take up to 40 minutes to begin, and later ones come every 40 minutes.</p>
  `;
}

const SAMPLE = {
  schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"],
  userName: "sam@example.com",
  name: { givenName: "Sam", familyName: "Sample" },
  emails: [{ value: "sam@example.com", primary: true }],
};

function curl(...lines) {
  return ["curl --header \"Authorization: Bearer $ROLLBOOK_SCIM_TOKEN\"", ...lines].join(" \\\n  ");
}

function Curl({ endpointUrl }) {
  return html`
    <ol>
      <li>
        Generate a token here and keep it in the shell:
        <${Value} label="the variable" text="read -rs ROLLBOOK_SCIM_TOKEN" />
      </li>
      <li>See whether it works: <${Value} label="the test" text=${curl(`'${endpointUrl}/Users?count=1'`)} /></li>
      <li>
        Look for a person:
        <${Value} label="the search" text=${curl(
          "--get", "--data-urlencode 'filter=userName eq \"sam@example.com\"'", `'${endpointUrl}/Users'`,
        )} />
      </li>
      <li>
        Add one:
        <${Value} label="the creation" text=${curl(
          "--header 'Content-Type: application/scim+json'", `--data '${JSON.stringify(SAMPLE)}'`,
          `'${endpointUrl}/Users'`,
        )} />
      </li>
    </ol>
    <p class="detail">
      Each request that changes something, or is refused, stands in the <a href="/activity?tab=log">log</a>.
    </p>
  `;
}

const GUIDES = [["okta", "Okta", Okta], ["entra", "Entra ID", Entra], ["curl", "curl", Curl]];

/** The guides as tabs; `guide` in the address says which. */
export function Guides({ endpointUrl }) {
  const [chosen] = GUIDES.find(([guide]) => guide === query.value.guide) ?? GUIDES[0];
  function content(value) {
    const [, , Guide] = GUIDES.find(([guide]) => guide === value);
    return html`<div class="guide-text"><${Guide} endpointUrl=${endpointUrl} /></div>`;
  }
  return html`
    <aside class="card guide" aria-labelledby="guides">
      <h2 id="guides">Connect</h2>
      <${Tabs} label="Identity providers" value=${chosen} options=${GUIDES} onChange=${(guide) => setQuery({ guide })}>
        ${content}
      <//>
    </aside>
  `;
}
