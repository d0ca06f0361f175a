/* The connection to the identity provider, who must use it, and the domains that are the organization's. */
import { html, useState } from "../../vendor/kit.js";
import { leaveFor } from "../doors.js";
import { afterRecentSignIn, mutate } from "../gql.js";
import { useQuery } from "../query.js";
import { announce, loadSession, session } from "../store.js";
import { Badge } from "../ui/badge.js";
import { Button } from "../ui/button.js";
import { CopyField } from "../ui/copy-field.js";
import { ConfirmDialog, useSubmit } from "../ui/dialog.js";
import { Facts } from "../ui/facts.js";
import { Day } from "../ui/relative-time.js";
import { Failure, InlineError, Skeleton, Stale } from "../ui/states.js";
import { connect, useConnected } from "./connecting.js";
import { EnforceDialog } from "./enforce-dialog.js";
import { LoginDomains } from "./login-domains.js";
import { startOf } from "./sign-in-problems.js";
import { AUTHENTICATIONS, NEWCOMERS, PROVIDERS, SsoDialog } from "./sso-dialog.js";
import { Findings } from "./sso-findings.js";

const HERE = "/settings/authentication";

function Addresses({ sso }) {
  return html`
    <${CopyField} label="Redirect URI" value=${sso.redirectUri}
      hint="Where the provider sends people back to: its sign-in redirect URI, or reply URL." />
    <${CopyField} label="Initiate-login URI" value=${sso.initiateLoginUri}
      hint="Where people start from the provider's own list of applications." />
    <${CopyField} label="Sign-out redirect URI" value=${sso.signOutRedirectUri}
      hint="Where the provider sends people back to who sign out there." />
  `;
}

function State({ connection }) {
  if (!connection) return html`<${Badge}>Not set up<//>`;
  if (connection.enforced) return html`<${Badge} tone="accent">Required<//>`;
  return connection.passedAt ? html`<${Badge} tone="good">On<//>` : html`<${Badge} tone="warning">Not tried yet<//>`;
}

function ConnectionFacts({ connection }) {
  return html`
    <${Facts} facts=${[
      ["Identity provider", PROVIDERS[connection.provider] ?? connection.provider],
      ["Issuer", html`<code>${connection.issuer}</code>`],
      ["Client ID", html`<code>${connection.clientId}</code>`],
      ["Client secret", html`Set on <${Day} at=${connection.secretSetAt} />`],
      ["How the secret is sent", AUTHENTICATIONS[connection.clientAuthentication] ?? connection.clientAuthentication],
      ["New people", NEWCOMERS[connection.jitRole ?? "NOBODY"]],
      connection.passedAt && ["First sign-in of an admin", html`<${Day} at=${connection.passedAt} />`],
    ]} />
  `;
}

/* The first time goes by the viewer's session, which proves whose identity it is; later the provider alone does. */
function TryIt({ handle }) {
  const linked = Boolean(session.value.viewer.ssoIdentity);
  const { busy, error, submit } = useSubmit(() => (
    linked ? leaveFor(startOf(handle, HERE)) : connect(HERE)
  ));
  return html`
    <div class="callout stack">
      <p>
        No admin has signed in through this connection yet. Do it now: it shows that it
        works${linked ? "" : " and connects your own account"}. You come back to this page.
      </p>
      <${InlineError} error=${error} />
      <div><${Button} kind="primary" busy=${busy} onClick=${submit}>Sign in through it<//></div>
    </div>
  `;
}

function Connection({ organization, onAct }) {
  const { sso, handle } = organization;
  const { connection } = sso;
  const [findings, setFindings] = useState(null);
  const testing = useSubmit(async () => {
    setFindings(null);
    setFindings((await mutate("TestSsoConnection", {})).findings);
  });
  const edit = () => afterRecentSignIn(() => onAct("edit"));
  return html`
    <section class="card" aria-labelledby="sso-connection">
      <div class="card-head">
        <h2 id="sso-connection">Connection <${State} connection=${connection} /></h2>
        ${!connection && html`<${Button} kind="primary" onClick=${edit}>Set up<//>`}
      </div>
      ${!connection && html`
        <p class="muted">
          People sign in with the account that they have at work. Make an OpenID Connect web application at your
          identity provider, with these addresses, then enter here what it gives you.
        </p>`}
      ${connection && html`<${ConnectionFacts} connection=${connection} />`}
      <${Addresses} sso=${sso} />
      ${connection && html`
        <div class="toolbar">
          <${Button} onClick=${edit}>Change…<//>
          <${Button} busy=${testing.busy} onClick=${testing.submit}>Test connection<//>
          <${Button} kind="quiet" onClick=${() => onAct("remove")}>Remove…<//>
        </div>`}
      ${testing.busy && html`<p class="muted" role="status">Testing…</p>`}
      <${InlineError} error=${testing.error} />
      ${findings && html`<${Findings} findings=${findings} />`}
      ${connection && !connection.passedAt && html`<${TryIt} handle=${handle} />`}
    </section>
  `;
}

function Requirement({ connection, onAct }) {
  const { enforced, passedAt } = connection;
  return html`
    <section class="card" aria-labelledby="sso-requirement">
      <div class="card-head">
        <h2 id="sso-requirement">Require single sign-on</h2>
        ${enforced
          ? html`<${Button} onClick=${() => onAct("release")}>Allow other ways…<//>`
          : html`<${Button} disabled=${!passedAt} onClick=${() => onAct("enforce")}>Require…<//>`}
      </div>
      <p class="muted">
        ${enforced
          ? "People sign in through the identity provider only. Admins' passkeys and links from whoever runs this " +
            "server stay open, for the day on which it fails."
          : "Passkeys and invitations let people in beside the identity provider. Require it, and it is the only way."}
        ${!enforced && !passedAt && " That needs an admin who has signed in through it once."}
      </p>
    </section>
  `;
}

function RemoveDialog({ connection, onDone, onClose }) {
  async function remove() {
    await mutate("RemoveSsoConnection", {});
    announce("Single sign-on is removed.");
    onDone();
  }
  return html`
    <${ConfirmDialog} title="Remove single sign-on?" confirm="Remove" danger action=${remove} onClose=${onClose}>
      <p>
        Nobody can sign in through <code>${connection.issuer}</code> any more, and sessions that came through it end,
        yours too if it did. Members stay members. Whose account was connected must connect it anew later.
      </p>
      ${connection.enforced && html`<p class="callout">Passkeys and invitations open again.</p>`}
    <//>
  `;
}

/** The cards of single sign-on. */
export function SingleSignOn() {
  const answer = useQuery("SingleSignOn");
  const { data, error, reload } = answer;
  const [action, setAction] = useState(null);
  const organization = data?.organization;

  useConnected();

  function settled() {
    setAction(null);
    reload();
    loadSession({ quietly: true }); // at another issuer or client the viewer is not connected any more
  }

  if (error) return html`<${Failure} error=${error} onRetry=${reload} />`;
  if (!organization) return html`<${Skeleton} label="Loading single sign-on" rows=${3} />`;
  const { connection } = organization.sso;
  const asked = { connection, onDone: settled, onClose: () => setAction(null) };
  return html`
    <${Stale} answer=${answer} />
    <div class="stack">
      <${Connection} key=${connection?.version} organization=${organization} onAct=${setAction} />
      ${connection && html`<${Requirement} connection=${connection} onAct=${setAction} />`}
      <${LoginDomains} domains=${organization.loginDomains} onChanged=${reload} />
    </div>
    ${action === "edit" && html`<${SsoDialog} ...${asked} />`}
    ${action === "remove" && html`<${RemoveDialog} ...${asked} />`}
    ${action === "enforce" && html`<${EnforceDialog} enforced ...${asked} />`}
    ${action === "release" && html`<${EnforceDialog} enforced=${false} ...${asked} />`}
  `;
}
