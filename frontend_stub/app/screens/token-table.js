/* The tokens of the organization; never their secrets. */
import { html, useId, useState } from "../../vendor/kit.js";
import { navigate } from "../router.js";
import { can } from "../store.js";
import { Badge } from "../ui/badge.js";
import { Button } from "../ui/button.js";
import { Menu } from "../ui/popover.js";
import { Day, RelativeTime } from "../ui/relative-time.js";
import { Table } from "../ui/table.js";
import { SCOPES } from "./token-fields.js";

const EXPIRES_SOON_MS = 30 * 86_400_000;
const SCOPE_NAMES = Object.fromEntries(SCOPES);

function Status({ token }) {
  if (token.status === "REVOKED") return html`<${Badge}>Revoked<//>`;
  if (token.status === "EXPIRED") return html`<${Badge} tone="danger">Expired<//>`;
  if (token.replacedBy) return html`<${Badge} tone="info">Being replaced<//>`;
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

function Scopes({ token }) {
  return html`<span class="scopes">${token.scopes.map((scope) => SCOPE_NAMES[scope] ?? scope).join(", ")}</span>`;
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

function Ends({ token }) {
  if (token.status === "REVOKED") return html`<span>Revoked <${Day} at=${token.revokedAt} /></span>`;
  return token.expiresAt ? html`<${Day} at=${token.expiresAt} />` : "Never";
}

function requestsOf(token) {
  return `/activity?${new URLSearchParams({ tab: "log", token: token.id })}`;
}

function itemsFor(token, onAct) {
  const act = (kind, text, rest) => ({ text, onSelect: () => onAct(kind, token), ...rest });
  const works = token.status === "ACTIVE";
  return [
    works && act("edit", "Edit…"),
    works && !token.replacedBy && act("rotate", "Rotate…"),
    !token.scopes && can("AUDIT_READ") && { text: "See its requests", onSelect: () => navigate(requestsOf(token)) },
    works && act("revoke", "Revoke…", { danger: true }),
  ].filter(Boolean);
}

function columnsFor(isApi, onAct) {
  const actions = (token) => {
    const items = itemsFor(token, onAct);
    return items.length > 0 && html`<${Menu} label=${`Actions for ${token.name}`} items=${items} />`;
  };
  return [
    { key: "name", title: "Token", cell: (token) => html`<${Name} token=${token} />` },
    isApi && { key: "scopes", title: "May", cell: (token) => html`<${Scopes} token=${token} />` },
    { key: "created", title: "Created", cell: (token) => html`<${Created} token=${token} />` },
    { key: "used", title: "Last used", cell: (token) => html`<${LastUsed} token=${token} />` },
    { key: "expires", title: "Expires", cell: (token) => html`<${Ends} token=${token} />` },
    { key: "actions", title: "Actions", quiet: true, cell: actions },
  ].filter(Boolean);
}

/** The tokens that work, and on demand those that have ended. `onAct` gets `edit`, `rotate` or `revoke`, and which. */
export function TokenTable({ caption, tokens, isApi = false, onAct }) {
  const id = useId();
  const [all, setAll] = useState(false);
  const working = tokens.filter(({ status }) => status === "ACTIVE");
  const ended = tokens.filter(({ status }) => status !== "ACTIVE").map((token) => ({ ...token, muted: true }));
  const shown = all || working.length === 0 ? [...working, ...ended] : working;
  return html`
    <div id=${id}><${Table} caption=${caption} columns=${columnsFor(isApi, onAct)} rows=${shown} /></div>
    ${ended.length > 0 && working.length > 0 && html`
      <div>
        <${Button} kind="quiet" aria-expanded=${all} aria-controls=${id} onClick=${() => setAll(!all)}>
          ${all ? "Hide those that have ended" : `Show ${ended.length} that ended`}
        <//>
      </div>`}
  `;
}
