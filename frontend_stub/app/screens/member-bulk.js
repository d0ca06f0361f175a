/* Changing many members at once: what it means, how far it is, and whom it could not change. */
import { html, useEffect, useLayoutEffect, useRef, useState } from "../../vendor/kit.js";
import { mutate, run } from "../gql.js";
import { loadSession } from "../store.js";
import { Button } from "../ui/button.js";
import { Dialog, useSubmit } from "../ui/dialog.js";
import { RadioField } from "../ui/field.js";
import { numberText } from "../ui/numbers.js";
import { InlineError } from "../ui/states.js";
import { EFFECTS, nameOf } from "./member-actions.js";
import { isViewer } from "./member-cells.js";

const LOOK_MS = 400;
const AGAIN_MS = 2_000; // after a failure
const ENDED = new Set(["FORBIDDEN", "UNAUTHENTICATED"]); // the job is not the viewer's to see any more
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
  return count === 1 ? "1 member" : `${numberText(count)} members`;
}

function Names({ members }) {
  const rest = members.length - NAMES_SHOWN;
  return html`
    <p>${members.slice(0, NAMES_SHOWN).map(nameOf).join(", ")}${rest > 0 && ` and ${numberText(rest)} more`}</p>
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

/* Whoever makes users of many may not have seen that some of them are admins. */
function Demoted({ members }) {
  const count = members.filter((member) => member.role === "ADMIN").length;
  if (count === 0) return null;
  const text = count === 1
    ? "1 of them is an admin now and becomes a user."
    : `${numberText(count)} of them are admins now and become users.`;
  return html`<p class="callout">${text}</p>`;
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
      ${!effect && role === "USER" && html`<${Demoted} members=${members} />`}
      <${Warnings} members=${members} />
      <${InlineError} error=${error} />
      <div class="dialog-actions">
        <${Button} onClick=${onClose}>Cancel<//>
        <${Button} type="submit" kind=${danger ? "danger" : "primary"} busy=${busy}>${confirm}<//>
      </div>
    </form>
  `;
}

/* The job; once it has ended, with all that were refused, of which one answer holds but a page. */
async function read(id, signal) {
  const { job } = await run("BulkJob", { id }, { signal });
  if (!job || RUNNING.includes(job.status)) return job;
  const nodes = [...job.rows.nodes];
  let { pageInfo } = job.rows;
  while (pageInfo.hasNextPage) {
    const next = await run("BulkJob", { id, after: pageInfo.endCursor }, { signal });
    if (!next.job) return null;
    nodes.push(...next.job.rows.nodes);
    pageInfo = next.job.rows.pageInfo;
  }
  return { ...job, rows: { nodes, pageInfo } };
}

/* Asked again and again until it has ended; `{job, error, isLost}`. It is lost to who may not see it any more. */
function useJob(id) {
  const [state, setState] = useState({ job: null, error: null, isLost: false });
  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    let timer = null;
    function tell({ job = null, error = null, isLost }) {
      if (signal.aborted) return;
      setState((before) => ({ job: job ?? before.job, error, isLost }));
      const running = !job || RUNNING.includes(job.status);
      if (running && !isLost) timer = setTimeout(look, error ? AGAIN_MS : LOOK_MS);
    }
    function look() {
      read(id, signal).then(
        (job) => tell({ job, isLost: !job }),
        (error) => tell({ error, isLost: ENDED.has(error.code) }),
      );
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
  if (RUNNING.includes(status)) return `${numberText(done)} of ${counted(total)}`;
  const changed = `${counted(done - failed)} ${CHANGES[change].done}`;
  const refused = failed > 0 ? `, ${numberText(failed)} refused` : "";
  const rest = { CANCELLED: " The rest was stopped.", FAILED: ` It stopped there: ${failure}` }[status] ?? "";
  return `${changed}${refused}.${rest}`;
}

function Outcome({ job, isLost, change }) {
  const text = isLost ? "This change cannot be followed any more. It goes on by itself."
    : job ? outcomeText(job, change)
    : "Starting";
  return html`<p role="status">${text}</p>`;
}

function Progress({ started, change, members, onJob, onClose }) {
  const { job, error, isLost } = useJob(started.id);
  const running = !isLost && (!job || RUNNING.includes(job.status));
  const stop = useSubmit(() => mutate("CancelJob", { jobId: started.id }));
  const body = useRef();

  useEffect(() => body.current.focus(), []); // the button that was pressed is gone
  useLayoutEffect(() => onJob(job), [job]); // before anybody can press Done
  useEffect(() => {
    if (running) return;
    if (document.activeElement === document.body) body.current.focus(); // Stop is gone
    if (members.some(isViewer)) loadSession({ quietly: true });
  }, [running]);

  return html`
    <div class="dialog-body progress" tabindex="-1" ref=${body}>
      ${running && html`<progress max=${started.total} value=${job?.done ?? 0} aria-label="How far it is"></progress>`}
      <${Outcome} job=${job} isLost=${isLost} change=${change} />
      ${job?.failed > 0 && html`<${Refused} rows=${job.rows} members=${members} />`}
      ${running && html`<p class="muted">You may close this: the change goes on by itself.</p>`}
      <${InlineError} error=${isLost ? null : error ?? (running ? stop.error : null)} />
      <div class="dialog-actions">
        ${running && html`<${Button} busy=${stop.busy} onClick=${stop.submit}>Stop<//>`}
        <${Button} kind="primary" onClick=${onClose}>${running ? "Close" : "Done"}<//>
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
