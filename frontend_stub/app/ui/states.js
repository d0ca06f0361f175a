/* What stands in the place of content: loading, nothing there, failed, not allowed. */
import { html } from "../../vendor/kit.js";
import { Button } from "./button.js";

/** Grey bars of the height of the rows to come. */
export function Skeleton({ label, rows = 6 }) {
  return html`
    <div class="skeleton" role="status">
      <span class="visually-hidden">${label}</span>
      ${Array.from({ length: rows }, (_, index) => html`<div class="skeleton-row" key=${index}></div>`)}
    </div>
  `;
}

/** Why there is nothing, and what to do about it. */
export function Empty({ title, children }) {
  return html`
    <div class="state">
      <p class="state-title">${title}</p>
      <div class="state-text">${children}</div>
    </div>
  `;
}

/** A failed read with a way to try again; FORBIDDEN has its own words, because trying again would not help. */
export function Failure({ error, onRetry }) {
  if (error.code === "FORBIDDEN") return html`<${NoPermission} title="You may not see this">${error.message}<//>`;
  return html`
    <div class="state state-failure" role="alert">
      <p class="state-title">This could not be loaded</p>
      <p class="state-text">${error.message}</p>
      ${error.requestId && html`<p class="state-text muted">Request id: <code>${error.requestId}</code></p>`}
      <${Button} onClick=${onRetry}>Try again<//>
    </div>
  `;
}

/** That what is on display could not be read anew; of an answer of `useQuery`. Rollbook's silence the shell tells. */
export function Stale({ answer: { stale, reload } }) {
  return html`
    <div class="stale" role="status">
      ${stale && stale.code !== "UNREACHABLE" && html`
        <p>
          This may be out of date. ${stale.message}
          ${" "}<${Button} kind="quiet" onClick=${reload}>Try again<//>
        </p>`}
    </div>
  `;
}

/** The viewer is signed in but may not see this. */
export function NoPermission({ title = "You do not have access to this page", children }) {
  return html`
    <div class="state">
      <p class="state-title">${title}</p>
      <p class="state-text">${children}</p>
    </div>
  `;
}

/** An error beside the form or action that caused it. */
export function InlineError({ error, children }) {
  if (!error) return null;
  return html`<div class="inline-error" role="alert">${error.message} ${children}</div>`;
}
