/* The secret of a new token: shown once, held nowhere else, and not lost to a single Escape. */
import { html, useState } from "../../vendor/kit.js";
import { Button } from "../ui/button.js";
import { CopyButton, CopyField } from "../ui/copy-field.js";
import { Dialog } from "../ui/dialog.js";
import { useShownOnce } from "./shown-once.js";

function Secret({ secret, test, leaving, onStored, onClose, children }) {
  const [stored, setStored] = useState(false);
  function onChange(event) {
    setStored(event.target.checked);
    onStored(event.target.checked);
  }
  return html`
    <div class="dialog-body">
      <p>Copy the token and store it now. <b>It is shown only once</b>; Rollbook keeps no copy.</p>
      <${CopyField} label="Token" value=${secret} kind="primary" focusFirst />
      ${test && html`<div><${CopyButton} text=${test}>Copy as curl test<//></div>`}
      ${children}
      <label class="checkbox"><input type="checkbox" checked=${stored} onChange=${onChange} /> I stored it</label>
      ${leaving && html`
        <p class="inline-error" role="alert">
          The token cannot be shown again. Press Escape or Back once more to close without it.
        </p>`}
      <div class="dialog-actions">
        <${Button} kind="primary" disabled=${!stored} onClick=${onClose}>Done<//>
      </div>
    </div>
  `;
}

/** From a form to the secret to Done. `form` gets what to call with {token, secret}; `testFor(secret)` is a command
  that tries it; `after` says more beside it. Nothing of the page can take the secret away before `onClose`. */
export function SecretDialog({ title, form, testFor, after, onClose }) {
  const [made, setMade] = useState(null);
  const { leaving, setKept, onCancel } = useShownOnce(made !== null);
  return html`
    <${Dialog} title=${made ? `Store the token ${made.token.name}` : title} onCancel=${onCancel} onClose=${onClose}>
      ${made
        ? html`
            <${Secret} secret=${made.secret} test=${testFor?.(made.secret)} leaving=${leaving} onStored=${setKept}
              onClose=${onClose}>
              ${after?.(made)}
            <//>`
        : form(setMade)}
    <//>
  `;
}
