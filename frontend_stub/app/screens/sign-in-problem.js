/* A sign-in that failed, in words, and the way on. */
import { html } from "../../vendor/kit.js";
import { explain, startOf } from "./sign-in-problems.js";

/** What happened and what to do; with an organization, also the way to try again. */
export function Problem({ problem, handle, requestId, next }) {
  const { title, text, remedy, again } = explain(problem);
  return html`
    <div class="callout callout-danger" role="alert">
      <h2>${title}</h2>
      <p>${text}</p>
      <p>${remedy}</p>
      ${requestId && html`<p class="muted">Request id: <code>${requestId}</code></p>`}
    </div>
    ${again && handle && html`
      <a class="button button-primary" href=${startOf(handle, next)}>Sign in to ${handle} again</a>`}
  `;
}
