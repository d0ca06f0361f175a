/* Numbers of the overview: how many members there are of which kind, the last request, and tokens that end. */
import { html } from "../../vendor/kit.js";
import { numberText } from "../ui/numbers.js";
import { Day, RelativeTime } from "../ui/relative-time.js";
import { Outcome } from "./log-words.js";

const MOST_TOKENS = 5;
const FACETS = [
  ["status", [["ACTIVE", "Active", "/members"], ["INACTIVE", "Inactive", "/members?status=INACTIVE"]]],
  ["role", [["ADMIN", "Admins", "/members?role=ADMIN"], ["USER", "Users", "/members?role=USER"]]],
  ["source", [
    ["SCIM", "From SCIM", "/members?status=any&source=SCIM"],
    ["SSO", "From SSO", "/members?status=any&source=SSO"],
    ["MANUAL", "Added by hand", "/members?status=any&source=MANUAL"],
  ]],
];

function Count({ count, text, href, large }) {
  return html`
    <a class=${large ? "number number-large" : "number"} href=${href}>
      <b class="number-count">${numberText(count)}</b> <span class="number-text">${text}</span>
    </a>
  `;
}

/** How many members there are: all, by status, by role and by source; each leads to the list of those. */
export function Numbers({ members: { totalCount, facets } }) {
  const countOf = (facet, wanted) => facets[facet].find(({ value }) => value === wanted)?.count ?? 0;
  return html`
    <section class="card numbers" aria-label="Members">
      <${Count} large=${true} count=${totalCount} text=${totalCount === 1 ? "member" : "members"}
        href="/members?status=any" />
      ${FACETS.map(([facet, values]) => html`
        <div class="number-group" key=${facet}>
          ${values.map(([value, text, href]) => html`
            <${Count} key=${value} count=${countOf(facet, value)} text=${text} href=${href} />`)}
        </div>
      `)}
    </section>
  `;
}

/** The newest request in the provisioning log. */
export function LastRequest({ request }) {
  return html`
    <section class="card" aria-labelledby="last-request">
      <h2 id="last-request">Last provisioning request</h2>
      ${request
        ? html`
            <p>
              ${request.clientName}, <${RelativeTime} at=${request.occurredAt} />
              ${" "}<${Outcome} outcome=${request.outcome} />
            </p>
            <p class="detail">
              <a href=${`/activity?${new URLSearchParams({ tab: "log", entry: request.id })}`}>
                <span class="mono">${request.method} ${request.path.split("/").slice(0, 2).join("/")}</span>
                ${request.about && ` about ${request.about}`}
              </a>
            </p>
          `
        : html`
            <p class="muted">
              Nothing has come yet.
              ${" "}<a href="/settings/authentication?tab=provisioning">Connect your identity provider</a>
            </p>
          `}
    </section>
  `;
}

function ExpiringToken({ token }) {
  const place = token.__typename === "ApiToken" ? "/settings/api-tokens" : "/settings/authentication?tab=provisioning";
  return html`
    <li>
      <a href=${place}>${token.name}</a>
      <span class="detail">
        ${token.__typename === "ApiToken" ? "API" : "SCIM"}, expires <${Day} at=${token.expiresAt} />,
        ${" "}${token.lastUsedAt ? html`last used <${RelativeTime} at=${token.lastUsedAt} />` : "not used yet"}
      </span>
    </li>
  `;
}

/** The tokens that end first. */
export function Expiring({ tokens }) {
  const ending = tokens.filter(({ expiresAt }) => expiresAt);
  ending.sort((one, other) => Date.parse(one.expiresAt) - Date.parse(other.expiresAt));
  return html`
    <section class="card" aria-labelledby="expiring">
      <h2 id="expiring">Tokens that expire</h2>
      ${ending.length > 0
        ? html`
            <ul class="expiring">
              ${ending.slice(0, MOST_TOKENS).map((token) => html`<${ExpiringToken} key=${token.id} token=${token} />`)}
            </ul>`
        : html`<p class="muted">${tokens.length > 0 ? "None of the tokens expires." : "There are no tokens."}</p>`}
      ${ending.length > MOST_TOKENS && html`<p class="detail">and ${numberText(ending.length - MOST_TOKENS)} more</p>`}
    </section>
  `;
}
