/* The viewer's passkeys: how they come back without a link, and without the identity provider. */
import { html, useState } from "../../vendor/kit.js";
import { registerPasskey } from "../doors.js";
import { afterRecentSignIn, mutate } from "../gql.js";
import { canUsePasskeys } from "../passkeys.js";
import { announce } from "../store.js";
import { Button } from "../ui/button.js";
import { deviceText } from "../ui/device.js";
import { ConfirmDialog, Dialog, useSubmit } from "../ui/dialog.js";
import { TextField } from "../ui/field.js";
import { Day, RelativeTime } from "../ui/relative-time.js";
import { Empty, InlineError } from "../ui/states.js";
import { Table } from "../ui/table.js";

function AddDialog({ onDone, onClose }) {
  const [name, setName] = useState(() => deviceText(navigator.userAgent));
  const { busy, error, submit } = useSubmit(async () => {
    await registerPasskey(name.trim());
    announce("The passkey is added.");
    onDone();
  });
  return html`
    <${Dialog} title="Add a passkey" onClose=${onClose}>
      <form class="dialog-body" onSubmit=${submit}>
        <p>
          A passkey shows that it is you by the lock of your device, such as a fingerprint or a PIN, or by a security
          key. It signs you in, too. Where single sign-on is required, only admins can sign in by it.
        </p>
        <${TextField} label="Name" required autofocus maxlength="64" autocomplete="off"
          hint="By which you will know it again." value=${name} onInput=${setName} />
        <${InlineError} error=${error} />
        <div class="dialog-actions">
          <${Button} onClick=${onClose}>Cancel<//>
          <${Button} type="submit" kind="primary" busy=${busy}>Continue<//>
        </div>
      </form>
    <//>
  `;
}

function RemoveDialog({ passkey, onDone, onClose }) {
  async function remove() {
    await mutate("RemovePasskey", { passkeyId: passkey.id });
    announce(`${passkey.name} is removed.`);
    onDone();
  }
  return html`
    <${ConfirmDialog} title=${`Remove ${passkey.name}?`} confirm="Remove passkey" danger action=${remove}
      onClose=${onClose}>
      <p>It opens nothing any more. Your device may go on offering it until you delete it there too.</p>
    <//>
  `;
}

const columnsFor = (onRemove) => [
  {
    key: "name", title: "Passkey", cell: ({ name, backedUp }) => html`
      <span class="person-name">${name}</span>
      <span class="detail">${backedUp ? "Kept in step between your devices" : "On one device only"}</span>`,
  },
  { key: "created", title: "Added", cell: ({ createdAt }) => html`<${Day} at=${createdAt} />` },
  {
    key: "used", title: "Last used", cell: ({ lastUsedAt }) => (
      lastUsedAt ? html`<${RelativeTime} at=${lastUsedAt} />` : html`<span class="muted">Never</span>`
    ),
  },
  {
    key: "actions", title: "Actions", quiet: true, cell: (passkey) => html`
      <${Button} kind="quiet" aria-label=${`Remove ${passkey.name}`} onClick=${() => onRemove(passkey)}>Remove<//>`,
  },
];

/** The card with the passkeys. */
export function PasskeyList({ passkeys, onChanged }) {
  const [adding, setAdding] = useState(false);
  const [removing, setRemoving] = useState(null);
  const possible = canUsePasskeys();

  function settled() {
    setAdding(false);
    setRemoving(null);
    onChanged();
  }

  return html`
    <section class="card" aria-labelledby="passkeys">
      <div class="card-head">
        <h2 id="passkeys">Passkeys</h2>
        ${possible && html`
          <${Button} kind="primary" onClick=${() => afterRecentSignIn(() => setAdding(true))}>Add passkey<//>`}
      </div>
      ${!possible && html`
        <p class="muted">
          This browser cannot use passkeys here. They need a current browser, and Rollbook at an https address with a
          name.
        </p>`}
      ${passkeys.length > 0
        ? html`<${Table} caption="Your passkeys" columns=${columnsFor(setRemoving)} rows=${passkeys} />`
        : possible && html`
            <${Empty} title="No passkeys yet">
              With one you can show that it is you, and sign in again without a link unless single sign-on is required.
            <//>`}
    </section>
    ${adding && html`<${AddDialog} onDone=${settled} onClose=${() => setAdding(false)} />`}
    ${removing && html`<${RemoveDialog} passkey=${removing} onDone=${settled} onClose=${() => setRemoving(null)} />`}
  `;
}
