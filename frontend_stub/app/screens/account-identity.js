/* Who the viewer is at the organization's identity provider, and how the two are connected. */
import { html, useEffect, useState } from "../../vendor/kit.js";
import { find } from "../doors.js";
import { can, session } from "../store.js";
import { Button } from "../ui/button.js";
import { useSubmit } from "../ui/dialog.js";
import { Facts } from "../ui/facts.js";
import { Day, RelativeTime } from "../ui/relative-time.js";
import { InlineError } from "../ui/states.js";
import { connect, useConnected } from "./connecting.js";
import { MemberActionDialog } from "./member-actions.js";

/* A member may not read the settings of single sign-on, but its door tells everybody whether there is one. */
function useSingleSignOn() {
  const [offered, setOffered] = useState(false);
  useEffect(() => {
    find(session.value.organization.handle).then((url) => setOffered(url !== null), () => setOffered(false));
  }, []);
  return offered;
}

function Connect() {
  const offered = useSingleSignOn();
  const { busy, error, submit } = useSubmit(() => connect("/account"));
  if (!offered) return html`<p class="muted">Your organization has not set up single sign-on.</p>`;
  return html`
    <p class="muted">Connect your account at the identity provider, and it signs you in from then on.</p>
    <${InlineError} error=${error} />
    <div><${Button} busy=${busy} onClick=${submit}>Connect…<//></div>
  `;
}

function Connected({ identity, onChanged }) {
  const [disconnecting, setDisconnecting] = useState(false);
  function settled() {
    setDisconnecting(false);
    onChanged();
  }
  return html`
    <${Facts} facts=${[
      ["Issuer", html`<code>${identity.issuer}</code>`],
      ["Your id there", html`<code>${identity.subject}</code>`],
      ["Connected", html`<${Day} at=${identity.createdAt} />`],
      ["Last used", html`<${RelativeTime} at=${identity.lastUsedAt} />`],
    ]} />
    ${can("MEMBERS_WRITE") && html`
      <div><${Button} kind="quiet" onClick=${() => setDisconnecting(true)}>Disconnect…<//></div>`}
    ${disconnecting && html`
      <${MemberActionDialog} kind="disconnect" member=${session.value.viewer.member} onDone=${settled}
        onClose=${() => setDisconnecting(false)} />`}
  `;
}

/** The card with the identity. */
export function Identity({ identity, onChanged }) {
  useConnected();
  return html`
    <section class="card" aria-labelledby="identity">
      <h2 id="identity">Single sign-on</h2>
      ${identity ? html`<${Connected} identity=${identity} onChanged=${onChanged} />` : html`<${Connect} />`}
    </section>
  `;
}
