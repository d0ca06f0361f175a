/* The SCIM tokens of the organization; never their secrets. */
import { html } from "../../vendor/kit.js";
import { Badge } from "../ui/badge.js";
import { Button } from "../ui/button.js";
import { Day, RelativeTime } from "../ui/relative-time.js";
import { Table } from "../ui/table.js";

const EXPIRES_SOON_MS = 30 * 86_400_000;

function Status({ token }) {
  if (token.status === "REVOKED") return html`<${Badge}>Revoked<//>`;
  if (token.status === "EXPIRED") return html`<${Badge} tone="danger">Expired<//>`;
  const soon = token.expiresAt && Date.parse(token.expiresAt) - Date.now() < EXPIRES_SOON_MS;
  return soon ? html`<${Badge} tone="warning">Expires soon<//>` : html`<${Badge} tone="good">Active<//>`;
}

function Name({ token }) {
  return html`
    <span class="person-name">${token.name}</span>
    <code class="token-hint">${token.hint}</code>
    <span class="badges">
      <${Status} token=${token} />
      ${token.dialect === "STRICT" && html`<${Badge}>Strict dialect<//>`}
    </span>
  `;
}

function Created({ token }) {
  return html`<span><${Day} at=${token.createdAt} /> <span class="detail">by ${token.createdBy}</span></span>`;
}

function LastUsed({ token }) {
  if (!token.lastUsedAt) return html`<span class="muted">Never</span>`;
  return html`
    <span><${RelativeTime} at=${token.lastUsedAt} /> <span class="detail">${token.lastUsedBy}</span></span>
  `;
}

function Expires({ token }) {
  return token.expiresAt ? html`<${Day} at=${token.expiresAt} />` : "Never";
}

/** Every token, with a Revoke button for those that still work. */
export function TokenTable({ tokens, onRevoke }) {
  const revoke = (token) => token.status === "ACTIVE" && html`
    <${Button} kind="quiet" aria-label=${`Revoke ${token.name}`} onClick=${() => onRevoke(token)}>Revoke<//>
  `;
  const columns = [
    { key: "name", title: "Token", cell: (token) => html`<${Name} token=${token} />` },
    { key: "created", title: "Created", cell: (token) => html`<${Created} token=${token} />` },
    { key: "used", title: "Last used", cell: (token) => html`<${LastUsed} token=${token} />` },
    { key: "expires", title: "Expires", cell: (token) => html`<${Expires} token=${token} />` },
    { key: "actions", title: "Actions", quiet: true, cell: revoke },
  ];
  const rows = tokens.map((token) => ({ ...token, muted: token.status !== "ACTIVE" }));
  return html`<${Table} caption="SCIM tokens" columns=${columns} rows=${rows} />`;
}
