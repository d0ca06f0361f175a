/* Revoking a token: what it is, who used it last, and what stops. */
import { html, useState } from "../../vendor/kit.js";
import { mutate } from "../gql.js";
import { announce } from "../store.js";
import { ConfirmDialog } from "../ui/dialog.js";
import { TextField } from "../ui/field.js";
import { relativeText } from "../ui/relative-time.js";

const IN_USE_MS = 7 * 86_400_000;

const EFFECTS = {
  api: "Requests with this token are refused from now on. What it did stays as it is.",
  scim: "Provisioning with this token stops at once; members stay as they are.",
};

function lastUse({ lastUsedAt, lastUsedBy }) {
  if (!lastUsedAt) return "It has never been used.";
  return `${lastUsedBy ?? "A program"} used it ${relativeText(lastUsedAt)}.`;
}

/** Asks before revoking; a token in use wants its name typed. */
export function RevokeDialog({ token, onDone, onClose }) {
  const [typed, setTyped] = useState("");
  const inUse = token.lastUsedAt && Date.now() - Date.parse(token.lastUsedAt) < IN_USE_MS;

  async function revoke() {
    await mutate("RevokeToken", { tokenId: token.id });
    announce(`${token.name} is revoked.`);
    onDone();
  }

  return html`
    <${ConfirmDialog} title=${`Revoke ${token.name}?`} confirm="Revoke token" danger
      ready=${!inUse || typed.trim() === token.name} action=${revoke} onClose=${onClose}>
      <p><code>${token.hint}</code></p>
      <p>${lastUse(token)} ${EFFECTS[token.scopes ? "api" : "scim"]}</p>
      ${inUse && html`
        <${TextField} label=${`Type “${token.name}” to confirm`} autocomplete="off" autofocus value=${typed}
          onInput=${setTyped} />`}
    <//>
  `;
}
