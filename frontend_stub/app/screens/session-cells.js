/* How sessions are shown and ended, one's own and everybody's. */
import { html } from "../../vendor/kit.js";
import { mutate } from "../gql.js";
import { announce, loadSession } from "../store.js";
import { Badge } from "../ui/badge.js";
import { Button } from "../ui/button.js";
import { deviceText } from "../ui/device.js";
import { ConfirmDialog } from "../ui/dialog.js";
import { Day, RelativeTime } from "../ui/relative-time.js";

const METHODS = {
  INVITATION: "Invitation",
  LINK: "Sign-in link",
  PASSKEY: "Passkey",
  SETUP: "Set-up",
  SSO: "Single sign-on",
};

function Browser({ session: { userAgent, address, isCurrent } }) {
  return html`
    <div>
      <span class="person-name" title=${userAgent}>${deviceText(userAgent)}</span>
      <span class="detail">${address ?? "unknown address"}</span>
      ${isCurrent && html`<span class="badges"><${Badge} tone="accent">This browser<//></span>`}
    </div>
  `;
}

function Began({ session: { createdAt, method } }) {
  return html`
    <span><${RelativeTime} at=${createdAt} /> <span class="detail">${METHODS[method] ?? method}</span></span>
  `;
}

/** The columns that every list of sessions has. */
export const SESSION_COLUMNS = [
  { key: "browser", title: "Browser", cell: (session) => html`<${Browser} session=${session} />` },
  { key: "began", title: "Signed in", cell: (session) => html`<${Began} session=${session} />` },
  { key: "seen", title: "Last seen", cell: ({ lastSeenAt }) => html`<${RelativeTime} at=${lastSeenAt} />` },
  { key: "expires", title: "Ends by", cell: ({ expiresAt }) => html`<${Day} at=${expiresAt} />` },
];

/** The column with the button that ends a session. */
export function endColumn(onEnd, label) {
  const cell = (session) => html`
    <${Button} kind="quiet" aria-label=${label(session)} onClick=${() => onEnd(session)}>End<//>`;
  return { key: "actions", title: "Actions", quiet: true, cell };
}

/** Asks before a session ends. */
export function EndSessionDialog({ session, whose, onDone, onClose }) {
  async function end() {
    await mutate("RevokeSession", { sessionId: session.id });
    if (session.isCurrent) await loadSession({ quietly: true });
    announce("The session has ended.");
    onDone();
  }
  return html`
    <${ConfirmDialog} title="End this session?" confirm="End session" danger action=${end} onClose=${onClose}>
      <p>${whose}: ${deviceText(session.userAgent)}, ${session.address ?? "unknown address"}.</p>
      <p>${session.isCurrent
        ? "It is the session of this browser: you are signed out."
        : "The browser is signed out from its next request on."}</p>
    <//>
  `;
}
