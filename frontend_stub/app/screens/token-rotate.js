/* Rotating a token: a new secret beside the old one, and what is left to do until the old one ends. */
import { html, useState } from "../../vendor/kit.js";
import { mutate } from "../gql.js";
import { Badge } from "../ui/badge.js";
import { Button } from "../ui/button.js";
import { useSubmit } from "../ui/dialog.js";
import { SelectField } from "../ui/field.js";
import { RelativeTime, relativeText } from "../ui/relative-time.js";
import { InlineError } from "../ui/states.js";
import { apiTest } from "./api-token-dialog.js";
import { scimTest } from "./token-dialog.js";
import { SecretDialog } from "./token-secret.js";

const SPARED_MS = 30_000; // so that what was said to be a day is not told as 23 hours a moment later
const OVERLAPS = [
  ["0", "Not at all: revoke it at once"],
  ["24", "1 day"],
  ["72", "3 days"],
  ["168", "7 days"],
  ["720", "30 days"],
];

function userOf(token) {
  return token.scopes ? "the program that uses it" : "your identity provider";
}

function RotateForm({ token, onRotated, onClose }) {
  const [overlap, setOverlap] = useState("24");
  const { busy, error, submit } = useSubmit(async () => {
    onRotated(await mutate("RotateToken", { tokenId: token.id, overlapHours: Number(overlap) }));
  });
  return html`
    <form class="dialog-body" onSubmit=${submit}>
      <p>
        A new token takes over, with the same name and the same rights. Enter it in ${userOf(token)} while the old one
        still works, and no request is lost.
      </p>
      <${SelectField} label="The old token works on for" value=${overlap} options=${OVERLAPS} onChange=${setOverlap}
        hint=${overlap === "0" ? "Requests are refused until the new token is entered." : undefined} />
      <${InlineError} error=${error} />
      <div class="dialog-actions">
        <${Button} onClick=${onClose}>Cancel<//>
        <${Button} type="submit" kind=${overlap === "0" ? "danger" : "primary"} busy=${busy}>Rotate<//>
      </div>
    </form>
  `;
}

function after({ replaced }) {
  return html`
    <p class="muted">
      ${replaced.status === "ACTIVE"
        ? `The old token ${replaced.hint} stops working ${relativeText(replaced.expiresAt, Date.now() - SPARED_MS)}.`
        : `The old token ${replaced.hint} is revoked.`}
    </p>
  `;
}

/** From the question how long the old token works on, to the new secret, to Done. */
export function RotateDialog({ token, endpointUrl, onClose }) {
  return html`
    <${SecretDialog} title=${`Rotate ${token.name}?`} onClose=${onClose} after=${after}
      testFor=${(secret) => (token.scopes ? apiTest(secret) : scimTest(secret, endpointUrl))}
      form=${(onRotated) => html`<${RotateForm} token=${token} onRotated=${onRotated} onClose=${onClose} />`} />
  `;
}

/** The rotations that are under way among the tokens, as {old, fresh}. */
export function rotationsOf(tokens) {
  return tokens
    .filter(({ status, replacedBy }) => status === "ACTIVE" && replacedBy)
    .map((old) => ({ old, fresh: tokens.find(({ id }) => id === old.replacedBy.id) }))
    .filter(({ fresh }) => fresh?.status === "ACTIVE");
}

function Use({ title, token, moment, children }) {
  return html`
    <div class="rotation-token">
      <dt>${title} <code class="token-hint">${token.hint}</code></dt>
      <dd>
        ${moment
          ? html`<${RelativeTime} at=${moment} /> <span class="detail">${token.lastUsedBy}</span>`
          : html`<${Badge} tone="warning">Not used yet<//>`}
        ${children}
      </dd>
    </div>
  `;
}

/** Where a rotation stands: both tokens, and what to do next. */
export function Rotation({ rotation: { old, fresh }, onRevoke }) {
  const arrived = Boolean(fresh.firstUsedAt);
  return html`
    <section class="callout rotation" aria-label=${`Rotation of ${old.name}`}>
      <p>
        <b>${old.name} is being rotated.</b>${" "}
        ${arrived
          ? "The new token is in use. Revoke the old one, or let it end by itself."
          : `Enter the new token in ${userOf(old)}. This page shows when it arrives there.`}
      </p>
      <dl class="rotation-tokens" aria-live="polite">
        <${Use} title="New token, first used" token=${fresh} moment=${fresh.firstUsedAt} />
        <${Use} title="Old token, last used" token=${old} moment=${old.lastUsedAt}>
          <span class="detail">Ends <${RelativeTime} at=${old.expiresAt} /></span>
        <//>
      </dl>
      <div>
        <${Button} kind=${arrived ? "primary" : "plain"} onClick=${() => onRevoke(old)}>Revoke the old token…<//>
      </div>
    </section>
  `;
}
