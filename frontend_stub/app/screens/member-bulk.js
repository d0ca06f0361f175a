/* Changing many members at once: what it means, how far it is, and whom it could not change. */
import { html, useEffect, useLayoutEffect, useRef, useState } from "../../vendor/kit.js";
import { mutate, run } from "../gql.js";
import { loadSession } from "../store.js";
import { Button } from "../ui/button.js";
import { Dialog, useSubmit } from "../ui/dialog.js";
import { RadioField } from "../ui/field.js";
import { InlineError } from "../ui/states.js";
import { EFFECTS, nameOf } from "./member-actions.js";
import { isViewer } from "./member-cells.js";

const LOOK_MS = 400;
const NAMES_SHOWN = 5;
const RUNNING = ["QUEUED", "RUNNING"];
const ROLE_OPTIONS = [["USER", "User", EFFECTS.role("USER")], ["ADMIN", "Admin", EFFECTS.role("ADMIN")]];
const CHANGES = {
  SET_ROLE: { title: "Change the role of", confirm: "Change role", done: "changed" },
  DEACTIVATE: { title: "Deactivate", confirm: "Deactivate", effect: EFFECTS.deactivate(), done: "made inactive",
    danger: true },
  REACTIVATE: { title: "Reactivate", confirm: "Reactivate", effect: EFFECTS.reactivate(), done: "made active" },
  REMOVE: { title: "Remove", confirm: "Remove", effect: EFFECTS.remove(), done: "removed", danger: true },
};

function counted(count) {
  return count === 1 ? "1 member" : `${count.toLocaleString()} members`;
}

function Names({ members }) {
  const rest = members.length - NAMES_SHOWN;
  return html`
    <p>${members.slice(0, NAMES_SHOWN).map(nameOf).join(", ")}${rest > 0 && ` and ${rest.toLocaleString()} more`}</p>
  `;
}

function Warnings({ members }) {
  const managed = members.filter(({ source }) => source === "SCIM").length;
  return html`
    ${members.some(isViewer) && html`
      <p class="callout">You are among them yourself: you may lose access to this page.</p>`}
    ${managed > 0 && html`
      <p class="muted">Your identity provider manages ${managed} of them and may change them again.</p>`}
  `;
}

function Ask({ change, members, onStarted, onClose }) {
  const { confirm, effect, danger } = CHANGES[change];
  const [role, setRole] = useState("USER");
  const { busy, error, submit } = useSubmit(async () => {
    const memberIds = members.map(({ id }) => id);
    onStarted((await mutate("BulkUpdateMembers", { memberIds, change, ...(!effect && { role }) })).job);
  });
  return html`
    <form class="dialog-body" onSubmit=${submit}>
      <${Names} members=${members} />
      ${effect
        ? html`<p>${effect}</p>`
        : html`<${RadioField} label="New role" value=${role} options=${ROLE_OPTIONS} onChange=${setRole} />`}
      <${Warnings} members=${members} />
      <${InlineError} error=${error} />
      <div class="dialog-actions">
        <${Button} onClick=${onClose}>Cancel<//>
        <${Button} type="submit" kind=${danger ? "danger" : "primary"} busy=${busy}>${confirm}<//>
      </div>
    </form>
  `;
}

/* Asked again and again until it has ended; `{job, error}`. */
function useJob(id) {
  const [state, setState] = useState({ job: null, error: null });
  useEffect(() => {
    const controller = new AbortController();
    let timer = null;
    async function look() {
      try {
        const { job } = await run("BulkJob", { id }, { signal: controller.signal });
        setState({ job, error: null });
        if (!job || !RUNNING.includes(job.status)) return;
      } catch (error) {
        if (controller.signal.aborted) return;
        setState(({ job }) => ({ job, error }));
        if (error.code !== "UNREACHABLE" && error.code !== "BUSY") return;
      }
      timer = setTimeout(look, LOOK_MS);
    }
    look();
    return () => {
      controller.abort();
      clearTimeout(timer);
    };
  }, [id]);
  return state;
}

function Refused({ rows, members }) {
  return html`
    <ul class="refused" aria-label="Not changed">
      ${rows.nodes.map(({ number, message }) => html`
        <li key=${number}><b>${nameOf(members[number - 1])}</b>: ${message}</li>
      `)}
      ${rows.pageInfo.hasNextPage && html`<li class="muted">and more</li>`}
    </ul>
  `;
}

function outcomeText({ status, total, done, failed, failure }, change) {
  if (RUNNING.includes(status)) return `${done.toLocaleString()} of ${counted(total)}`;
  const changed = `${counted(done - failed)} ${CHANGES[change].done}`;
  const refused = failed > 0 ? `, ${failed.toLocaleString()} refused` : "";
  const rest = { CANCELLED: " The rest was stopped.", FAILED: ` It stopped there: ${failure}` }[status] ?? "";
  return `${changed}${refused}.${rest}`;
}

function Progress({ started, change, members, onJob, onClose }) {
  const { job, error } = useJob(started.id);
  const running = !job || RUNNING.includes(job.status);
  const stop = useSubmit(() => mutate("CancelJob", { jobId: started.id }));
  const body = useRef();

  useEffect(() => body.current.focus(), []); // the button that was pressed is gone
  useLayoutEffect(() => onJob(job), [job]); // before anybody can press Done
  useEffect(() => {
    if (!running && members.some(isViewer)) loadSession();
  }, [running]);

  return html`
    <div class="dialog-body progress" tabindex="-1" ref=${body}>
      ${running && html`<progress max=${started.total} value=${job?.done ?? 0} aria-label="How far it is"></progress>`}
      <p role="status">${job ? outcomeText(job, change) : "Starting"}</p>
      ${job?.failed > 0 && html`<${Refused} rows=${job.rows} members=${members} />`}
      <${InlineError} error=${error ?? stop.error} />
      <div class="dialog-actions">
        ${running && html`<${Button} busy=${stop.busy} onClick=${stop.submit}>Stop<//>`}
        <${Button} kind="primary" onClick=${onClose}>${running ? "Close; it goes on" : "Done"}<//>
      </div>
    </div>
  `;
}

/** From the question to the outcome. `onDone` gets the ids of those who were refused; they stay selected. */
export function BulkDialog({ change, members, onDone, onClose }) {
  const [started, setStarted] = useState(null);
  const newest = useRef(null);
  function close() {
    if (!started) return onClose();
    onDone(newest.current?.rows.nodes.map(({ number }) => members[number - 1].id) ?? []);
  }
  return html`
    <${Dialog} title=${`${CHANGES[change].title} ${counted(members.length)}${started ? "" : "?"}`} onClose=${close}>
      ${started
        ? html`
            <${Progress} started=${started} change=${change} members=${members} onClose=${close}
              onJob=${(job) => { newest.current = job; }} />`
        : html`<${Ask} change=${change} members=${members} onStarted=${setStarted} onClose=${onClose} />`}
    <//>
  `;
}
