/* One request of the provisioning log: what happened, why, and what to do; then all that was kept of it. */
import { html, useState } from "../../vendor/kit.js";
import { useQuery } from "../query.js";
import { can } from "../store.js";
import { Code, pretty } from "../ui/code.js";
import { CopyButton } from "../ui/copy-field.js";
import { Drawer } from "../ui/drawer.js";
import { Facts } from "../ui/facts.js";
import { Empty, Failure, Skeleton, Stale } from "../ui/states.js";
import { Outcome, durationText, momentText, requestText } from "./log-words.js";

function Explanation({ entry: { explanation, outcome, detail } }) {
  if (!explanation) return null;
  const tone = outcome === "FAILED" ? "explanation explanation-failed" : "explanation";
  return html`
    <section class=${tone} aria-label="What happened">
      <p class="explanation-what">${explanation.what}</p>
      <p>${explanation.why}</p>
      <p><b>What to do:</b> ${explanation.remedy}</p>
      ${detail && !explanation.why.includes(detail) && html`
        <p class="detail">The client was told: “${detail}”</p>`}
    </section>
  `;
}

function Notes({ notes }) {
  if (notes.length === 0) return null;
  return html`
    <section class="part" aria-label="Notes">
      <h3>What Rollbook made of it</h3>
      <ul class="plain-list">${notes.map((note) => html`<li key=${note}>${note}</li>`)}</ul>
    </section>
  `;
}

function Person({ member, memberId, about }) {
  if (member && can("MEMBERS_READ")) {
    const addressed = new URLSearchParams({ member: member.id });
    return html`
      <a href=${`/members?${addressed}`}>${member.name || member.email || about}</a>
      <a class="detail" href=${`/activity?tab=log&${addressed}`}>All requests about them</a>
    `;
  }
  return html`${about || "Nobody"} ${memberId && html`<span class="muted">(no longer a member)</span>`}`;
}

function Copied({ text, label }) {
  return html`
    <span class="copied-value">
      <code>${text}</code> <${CopyButton} text=${text} label=${label} kind="quiet" />
    </span>
  `;
}

function factsOf(entry) {
  const { occurredAt, status, scimType, code, durationMs, clientName, userAgent, token, about, requestId } = entry;
  return [
    ["When", html`<time datetime=${occurredAt}>${momentText(occurredAt)}</time>, in ${durationText(durationMs)}`],
    ["About", html`<${Person} ...${entry} about=${about} />`],
    ["Answer", html`<${Outcome} ...${entry} /> ${[status, scimType ?? code].filter(Boolean).join(" ")}`],
    ["Client", html`${clientName} ${userAgent && html`<span class="detail">${userAgent}</span>`}`],
    token && ["Token", `${token.name} (${token.hint})`],
    requestId && ["Request id", html`<${Copied} text=${requestId} label="Copy the request id" />`],
    entry.auditEvent && ["Audit trail", html`
      <a href=${`/activity?${new URLSearchParams({ tab: "audit", event: entry.auditEvent.id })}`}>What it changed</a>`],
  ];
}

function Body({ title, text, nothing }) {
  return html`
    <section class="part">
      <h3>${title}</h3>
      ${text
        ? html`<${Code} label=${title} tall>${pretty(text)}<//>`
        : html`<p class="muted">${nothing}</p>`}
    </section>
  `;
}

function PersonalValues({ shown, onChange }) {
  return html`
    <label class="checkbox">
      <input type="checkbox" checked=${shown} onChange=${(event) => onChange(event.target.checked)} />
      <span>Show personal values</span>
    </label>
  `;
}

function Replay({ command }) {
  const [open, setOpen] = useState(false);
  if (!command) return null;
  return html`
    <details class="replay" open=${open} onToggle=${(event) => setOpen(event.target.open)}>
      <summary>The command that is copied</summary>
      <${Code} label="The curl command" tall>${command}<//>
    </details>
  `;
}

/* What was sent and answered, and how to send it again. */
function Kept({ entry }) {
  return html`
    <${Replay} command=${entry.curl} />
    ${entry.isShortened && html`<p class="callout">It was too long to keep all of it: something is left out below.</p>`}
    <${Body} title="What was sent" text=${entry.requestBody} nothing="Nothing was sent, or nothing of it was kept." />
    <${Body} title="What was answered" text=${entry.responseBody} nothing="The answer had no body that was kept." />
  `;
}

function Details({ entry, personal }) {
  const { shown, revealing, onShow } = personal;
  const hidden = revealing && !shown; // until they are read without personal values
  const mayShow = entry.memberId && can("MEMBERS_READ");
  return html`
    <${Explanation} entry=${entry} />
    <${Facts} facts=${factsOf(entry)} />
    <${Notes} notes=${entry.notes} />
    <div class="entry-actions">
      ${entry.curl && !hidden && html`<${CopyButton} text=${entry.curl}>Copy as curl<//>`}
      ${mayShow && html`<${PersonalValues} shown=${shown} onChange=${onShow} />`}
    </div>
    ${hidden
      ? html`<${Skeleton} label="Hiding personal values" rows=${4} />`
      : html`<${Kept} entry=${entry} />`}
  `;
}

/** The drawer of the entry with this id. */
export function LogEntry({ id, onClose }) {
  const [shown, onShow] = useState(false);
  const variables = (values) => ({ id, personalValues: values ? "SHOWN" : "MASKED" });
  const answer = useQuery("ProvisioningEntry", variables(shown));
  const { data, error, of, reload } = answer;
  const entry = data?.node;
  const personal = { shown, onShow, revealing: of === JSON.stringify(variables(true)) };
  return html`
    <${Drawer} title=${entry?.id ? requestText(entry) : "Request"} onClose=${onClose}>
      <${Stale} answer=${answer} />
      ${error ? html`<${Failure} error=${error} onRetry=${reload} />`
        : !data ? html`<${Skeleton} label="Loading the request" rows=${4} />`
        : entry?.id ? html`<${Details} entry=${entry} personal=${personal} />`
        : html`
            <${Empty} title="This request is not in the log">
              It is older than the log goes back, or it is not yours to read.
            <//>`}
    <//>
  `;
}
