/* How long entries of the provisioning log are kept, and the dialog that changes it. */
import { html, useState } from "../../vendor/kit.js";
import { mutate } from "../gql.js";
import { useQuery } from "../query.js";
import { announce, can } from "../store.js";
import { Button } from "../ui/button.js";
import { Dialog, useSubmit } from "../ui/dialog.js";
import { TextField } from "../ui/field.js";
import { numberText } from "../ui/numbers.js";
import { InlineError } from "../ui/states.js";

const FIELDS = { days: "provisioningLogRetentionDays", megabytes: "provisioningLogMaxMegabytes" };

function RetentionDialog({ organization, onDone, onClose, onReload }) {
  const { settings, version } = organization;
  const [days, setDays] = useState(String(settings[FIELDS.days]));
  const [megabytes, setMegabytes] = useState(String(settings[FIELDS.megabytes]));
  const { busy, error, submit } = useSubmit(async () => {
    const input = { [FIELDS.days]: Number(days), [FIELDS.megabytes]: Number(megabytes), expectedVersion: version };
    await mutate("SetLogRetention", input);
    announce("Saved. What is beyond it is deleted soon.");
    onDone();
  });
  const at = (field) => (error?.path?.at(-1) === field ? error.message : undefined);
  const elsewhere = error && !at(FIELDS.days) && !at(FIELDS.megabytes);
  return html`
    <${Dialog} title="How long requests are kept" onClose=${onClose}>
      <form class="dialog-body" onSubmit=${submit}>
        <${TextField} label="Days" type="number" min="1" max="3650" required value=${days} onInput=${setDays}
          error=${at(FIELDS.days)} hint="A request is deleted after so many days." />
        <${TextField} label="Megabytes" type="number" min="1" max="100000" required value=${megabytes}
          onInput=${setMegabytes} error=${at(FIELDS.megabytes)}
          hint="Beyond so much, the oldest requests are deleted sooner." />
        <p class="field-hint">The audit trail is kept for good, whatever you enter here.</p>
        <${InlineError} error=${elsewhere && error}>
          ${error?.code === "VERSION_CONFLICT" && html`<${Button} kind="quiet" onClick=${onReload}>Reload<//>`}
        <//>
        <div class="dialog-actions">
          <${Button} onClick=${onClose}>Cancel<//>
          <${Button} type="submit" kind="primary" busy=${busy}>Save<//>
        </div>
      </form>
    <//>
  `;
}

function Changeable() {
  const { data, reload } = useQuery("LogSettings");
  const [open, setOpen] = useState(false);
  if (!data) return null; // the list is worth more than this line; it is read again with the next visit
  const { settings } = data.organization;
  function settled() {
    setOpen(false);
    reload();
  }
  const [days, megabytes] = [settings[FIELDS.days], settings[FIELDS.megabytes]];
  return html`
    <p class="retention">
      Kept for ${days === 1 ? "a day" : `${numberText(days)} days`}, up to ${numberText(megabytes)} MB
      <${Button} kind="quiet" aria-label="Change how long requests are kept" onClick=${() => setOpen(true)}>Change<//>
    </p>
    ${open && html`
      <${RetentionDialog} key=${data.organization.version} organization=${data.organization} onDone=${settled}
        onReload=${reload} onClose=${() => setOpen(false)} />`}
  `;
}

/** A line that tells it, for those who may change it. */
export function Retention() {
  return can("SETTINGS_WRITE") ? html`<${Changeable} />` : null;
}
