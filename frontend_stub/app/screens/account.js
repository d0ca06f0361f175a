/* What is the viewer's own: sessions, passkeys, and who they are at the identity provider. */
import { html, useState } from "../../vendor/kit.js";
import { mutate } from "../gql.js";
import { useQuery } from "../query.js";
import { announce, loadSession, session } from "../store.js";
import { Button } from "../ui/button.js";
import { ConfirmDialog } from "../ui/dialog.js";
import { Failure, Skeleton, Stale } from "../ui/states.js";
import { Table } from "../ui/table.js";
import { deviceText } from "../ui/device.js";
import { Identity } from "./account-identity.js";
import { PasskeyList } from "./account-passkeys.js";
import { EndSessionDialog, SESSION_COLUMNS, endColumn } from "./session-cells.js";

function EndOthersDialog({ count, onDone, onClose }) {
  async function end() {
    await mutate("RevokeOtherSessions", {});
    announce("You are signed out everywhere else.");
    onDone();
  }
  return html`
    <${ConfirmDialog} title="Sign out elsewhere?" confirm="Sign out elsewhere" action=${end} onClose=${onClose}>
      <p>${count === 1 ? "One other session ends" : `${count} other sessions end`}. You stay signed in here.</p>
    <//>
  `;
}

function OwnSessions({ sessions, onChanged }) {
  const [ending, setEnding] = useState(null);
  const [leaving, setLeaving] = useState(false);
  const others = sessions.filter(({ isCurrent }) => !isCurrent).length;

  function settled() {
    setEnding(null);
    setLeaving(false);
    onChanged();
  }

  const columns = [
    ...SESSION_COLUMNS,
    endColumn(setEnding, ({ userAgent, isCurrent }) => (
      isCurrent ? "End this browser's session" : `End the session of ${deviceText(userAgent)}`
    )),
  ];
  return html`
    <section class="card" aria-labelledby="own-sessions">
      <div class="card-head">
        <h2 id="own-sessions">Sessions</h2>
        ${others > 0 && html`<${Button} onClick=${() => setLeaving(true)}>Sign out elsewhere…<//>`}
      </div>
      <${Table} caption="Your sessions" columns=${columns} rows=${sessions} />
    </section>
    ${ending && html`
      <${EndSessionDialog} session=${ending} whose="Your session" onDone=${settled}
        onClose=${() => setEnding(null)} />`}
    ${leaving && html`
      <${EndOthersDialog} count=${others} onDone=${settled} onClose=${() => setLeaving(false)} />`}
  `;
}

/** The screen at /account. */
export function Account() {
  const answer = useQuery("Account");
  const { data, error, reload } = answer;
  const { viewer } = session.value;

  async function changed() {
    reload();
    await loadSession({ quietly: true }); // it knows of passkeys and the identity too
  }

  return html`
    <div class="screen-head">
      <h1 tabindex="-1">Account</h1>
    </div>
    <p class="muted">${viewer.name}${viewer.member?.email && ` · ${viewer.member.email}`}</p>
    <${Stale} answer=${answer} />
    ${error ? html`<${Failure} error=${error} onRetry=${reload} />`
      : !data ? html`<${Skeleton} label="Loading your account" />`
      : html`
          <div class="stack">
            <${PasskeyList} passkeys=${data.viewer.passkeys} onChanged=${changed} />
            <${Identity} identity=${data.viewer.ssoIdentity} onChanged=${changed} />
            <${OwnSessions} sessions=${data.viewer.sessions} onChanged=${changed} />
          </div>`}
  `;
}
