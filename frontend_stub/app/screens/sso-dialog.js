/* Setting up the connection to the identity provider, and changing it. */
import { html, useRef, useState } from "../../vendor/kit.js";
import { mutate } from "../gql.js";
import { announce } from "../store.js";
import { Button } from "../ui/button.js";
import { Dialog, useSubmit } from "../ui/dialog.js";
import { SelectField, TextField } from "../ui/field.js";
import { dayText } from "../ui/relative-time.js";
import { InlineError } from "../ui/states.js";
import { Findings } from "./sso-findings.js";

/** Identity providers as people read them. */
export const PROVIDERS = { OKTA: "Okta", ENTRA: "Microsoft Entra ID", OTHER: "Another OpenID Connect provider" };

/** How the client secret is sent, as people read it. */
export const AUTHENTICATIONS = { BASIC: "In a header (client_secret_basic)", POST: "In the body (client_secret_post)" };

/** What becomes of who signs in for the first time, as people read it. */
export const NEWCOMERS = {
  NOBODY: "Are refused: SCIM or an admin adds people",
  USER: "Become members as User",
  ADMIN: "Become members as Admin",
};

const ISSUER_HINTS = {
  OKTA: "The address of your Okta organization, as in acme.okta.com, or of an authorization server, which ends in " +
    "/oauth2/default. Begin with https and end without a slash.",
  ENTRA: "login.microsoftonline.com/TENANT-ID/v2.0, with https in front and your own tenant's id in it.",
  OTHER: "As the provider names itself in its configuration document.",
};

const EMPTY = {
  provider: "OKTA", issuer: "", clientId: "", clientSecret: "", clientAuthentication: "BASIC", jitRole: null,
};

function secretHint(connection, keeps) {
  if (!connection) return "Kept encrypted, and never shown again.";
  if (!keeps) return "Another issuer or client ID needs its own secret.";
  return `Set on ${dayText(connection.secretSetAt)}. Leave it empty to keep it; nobody can read it again.`;
}

/** A form over the connection, or over nothing yet. Escape asks once before what was typed is lost. */
export function SsoDialog({ connection, onDone, onClose }) {
  const [draft, setDraft] = useState(() => ({ ...EMPTY, ...connection, clientSecret: "" }));
  const [leaving, setLeaving] = useState(false);
  const [findings, setFindings] = useState(null);
  const dirty = useRef(false);
  const keeps = connection?.issuer === draft.issuer.trim() && connection?.clientId === draft.clientId.trim();

  function set(change) {
    dirty.current = true;
    setLeaving(false);
    setFindings(null);
    setDraft((before) => ({ ...before, ...change }));
  }
  function input() {
    const { provider, issuer, clientId, clientSecret, clientAuthentication, jitRole } = draft;
    return {
      provider, issuer: issuer.trim(), clientId: clientId.trim(), clientAuthentication, jitRole,
      ...(clientSecret && { clientSecret }),
    };
  }
  const saving = useSubmit(async () => {
    await mutate("SaveSsoConnection", { ...input(), ...(connection && { expectedVersion: connection.version }) });
    announce("Single sign-on is saved.");
    onDone();
  });
  const testing = useSubmit(async () => {
    setFindings((await mutate("TestSsoConnection", { connection: input() })).findings);
  });
  const form = useRef();
  async function test() {
    setFindings(null);
    if (form.current.reportValidity()) await testing.submit();
  }
  function onCancel() {
    if (!dirty.current || leaving) return true;
    setLeaving(true);
    return false;
  }

  const error = saving.error ?? testing.error;
  const problem = (field) => (error?.path?.at(-1)?.split(".").at(-1) === field ? error.message : null);
  const beside = ["issuer", "clientId", "clientSecret"].some(problem);
  return html`
    <${Dialog} title=${connection ? "Change single sign-on" : "Set up single sign-on"} wide
      onCancel=${onCancel} onClose=${onClose}>
      <form class="dialog-body" ref=${form} onSubmit=${saving.submit}>
        <${SelectField} label="Identity provider" autofocus value=${draft.provider}
          options=${Object.entries(PROVIDERS)} onChange=${(provider) => set({ provider })} />
        <${TextField} label="Issuer" inputmode="url" required maxlength="2048" autocomplete="off" spellcheck=${false}
          placeholder="https://…" hint=${ISSUER_HINTS[draft.provider]} error=${problem("issuer")} value=${draft.issuer}
          onInput=${(issuer) => set({ issuer })} />
        <${TextField} label="Client ID" required maxlength="512" autocomplete="off" spellcheck=${false}
          error=${problem("clientId")} value=${draft.clientId} onInput=${(clientId) => set({ clientId })} />
        <${TextField} label="Client secret" type="password" required=${!keeps} maxlength="4096"
          autocomplete="new-password" hint=${secretHint(connection, keeps)} error=${problem("clientSecret")}
          value=${draft.clientSecret} onInput=${(clientSecret) => set({ clientSecret })} />
        <${SelectField} label="How the secret is sent" value=${draft.clientAuthentication}
          options=${Object.entries(AUTHENTICATIONS)}
          onChange=${(clientAuthentication) => set({ clientAuthentication })} />
        <${SelectField} label="New people who sign in" value=${draft.jitRole ?? "NOBODY"}
          options=${Object.entries(NEWCOMERS)}
          hint="Who was deactivated or removed stays out, whatever you choose."
          onChange=${(role) => set({ jitRole: role === "NOBODY" ? null : role })} />
        ${connection?.passedAt && !keeps && html`
          <p class="callout">
            To another issuer or client nobody is connected yet: an admin must sign in through it${" "}
            ${connection.enforced ? "before single sign-on can be required again." : "before it can be required."}
          </p>`}
        ${testing.busy && html`<p class="muted" role="status">Testing…</p>`}
        ${findings && html`<${Findings} findings=${findings} />`}
        <${InlineError} error=${beside ? null : error} />
        ${leaving && html`
          <p class="inline-error" role="alert">Nothing is saved yet. Press Escape once more to close all the same.</p>`}
        <div class="dialog-actions">
          <${Button} onClick=${onClose}>Cancel<//>
          <${Button} busy=${testing.busy} onClick=${test}>Test connection<//>
          <${Button} type="submit" kind="primary" busy=${saving.busy}>Save<//>
        </div>
      </form>
    <//>
  `;
}
