/* What needs attention, with where to see to it; and the first steps of an organization that has just begun. */
import { html } from "../../vendor/kit.js";
import { Badge } from "../ui/badge.js";
import { Icon } from "../ui/icon.js";
import { RelativeTime } from "../ui/relative-time.js";

const TITLES = {
  NO_ACTIVE_ADMIN: "No admin",
  ONLY_ONE_ADMIN: "One admin",
  PUSHES_FAILING: "Provisioning fails",
  TOKEN_EXPIRED: "Token expired",
  TOKEN_EXPIRES: "Token expires",
  TOKEN_MAKER_LEFT: "Maker has left",
  TOKEN_UNUSED: "Token unused",
};

const BEGAN = new Set(["PUSHES_FAILING", "TOKEN_MAKER_LEFT"]); // of the others, the message tells it

function tokens({ token }) {
  return token?.__typename === "ApiToken"
    ? ["/settings/api-tokens", "API tokens"]
    : ["/settings/authentication?tab=provisioning", "Provisioning tokens"];
}

/* Where to see to an item, and what that place is called. */
function placeOf(item) {
  if (item.kind === "NO_ACTIVE_ADMIN" || item.kind === "ONLY_ONE_ADMIN") return ["/members", "Members"];
  if (item.kind !== "PUSHES_FAILING") return tokens(item);
  const filter = new URLSearchParams({ tab: "log", outcome: "REFUSED,FAILED", since: item.since });
  if (item.token) filter.set("token", item.token.id);
  return [`/activity?${filter}`, "Provisioning log"];
}

function Item({ item }) {
  const [href, place] = placeOf(item);
  return html`
    <li class="attention-item">
      <div>
        <${Badge} tone=${item.isUrgent ? "danger" : "warning"}>${TITLES[item.kind] ?? "Look at this"}<//>
      </div>
      <div>
        <p class="attention-message">${item.message}</p>
        <p class="detail">${item.remedy}</p>
        ${BEGAN.has(item.kind) && item.since && html`
          <p class="detail">Began <${RelativeTime} at=${item.since} /></p>`}
      </div>
      <a href=${href}>${place}</a>
    </li>
  `;
}

/** The list of what needs attention, the worst first; or a word that there is nothing. */
export function AttentionList({ items }) {
  return html`
    <section class="card" aria-labelledby="attention">
      <h2 id="attention">Needs attention</h2>
      ${items.length > 0
        ? html`<ul class="attention">${items.map((item, index) => html`<${Item} key=${index} item=${item} />`)}</ul>`
        : html`<p class="all-well"><${Icon} name="check" /> Nothing needs attention.</p>`}
    </section>
  `;
}

function countOf(facet, wanted) {
  return facet.find(({ value }) => value === wanted)?.count ?? 0;
}

/** Whether nobody but the first admin is here yet. */
export function isBeginning({ members }) {
  return members.totalCount <= 1;
}

function stepsOf({ members, tokens: all, sso }) {
  return [
    {
      done: Boolean(sso.connection), href: "/settings/authentication?tab=sso", title: "Set up single sign-on",
      text: "People then sign in with your identity provider.",
    },
    {
      done: all.some(({ __typename }) => __typename === "ScimToken"), title: "Generate a SCIM token",
      href: "/settings/authentication?tab=provisioning", text: "Your identity provider signs its requests with it.",
    },
    {
      done: countOf(members.facets.source, "SCIM") > 0, title: "Assign people in your identity provider",
      href: "/settings/authentication?tab=provisioning", text: "They appear here by themselves.",
    },
    {
      done: false, href: "/invitations", title: "Or invite people by link",
      text: "For people who are not in your identity provider. Invite a second admin, too.",
    },
  ];
}

/** What to do first, with what is done already. */
export function FirstSteps({ organization }) {
  return html`
    <section class="card" aria-labelledby="first-steps">
      <h2 id="first-steps">First steps</h2>
      <ol class="first-steps">
        ${stepsOf(organization).map(({ done, href, title, text }) => html`
          <li key=${title} class=${done ? "first-step first-step-done" : "first-step"}>
            <span class="first-step-mark">${done && html`<${Icon} name="check" />`}</span>
            <span>
              <a href=${href}>${title}</a>${done && html`<span class="visually-hidden"> (done)</span>`}
              <span class="detail">${text}</span>
            </span>
          </li>
        `)}
      </ol>
    </section>
  `;
}
