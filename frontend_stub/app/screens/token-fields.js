/* What a token is made of, as fields of a form: how long it works, how it is read, what it may do. */
import { html, useId } from "../../vendor/kit.js";
import { ApiError } from "../gql.js";
import { can } from "../store.js";
import { RadioField, SelectField } from "../ui/field.js";

const LIFETIMES = [[30, "30 days"], [90, "90 days"], [365, "1 year"], [730, "2 years"]];
const NEVER = "never";

/** What an API token may do, as people read it: the scope, its name, and what it opens. */
export const SCOPES = [
  ["MEMBERS_READ", "Read members", "Everything about members, with their profiles and their history."],
  ["MEMBERS_WRITE", "Change members", "Add, invite, change, deactivate and remove members, and end their sessions."],
  ["ROLES_WRITE", "Change admins", "Make admins of members, and members of admins. Only with “Change members”."],
  ["AUDIT_READ", "Read activity", "The audit trail and the provisioning log."],
  ["TOKENS_WRITE", "Manage tokens", "Generate, change and revoke tokens, none of which can do more than this one."],
  ["SETTINGS_WRITE", "Change settings", "The organization's name, its settings and its single sign-on."],
];

const DIALECTS = [
  ["AUTO", "Automatic", "Understands the known habits of Okta, Entra ID and other identity providers."],
  ["STRICT", "Strict", "Refuses what the SCIM 2.0 standard does not allow. For testing a client."],
];

/* The lifetimes to choose from, as [value, text], where the organization allows `most` days, or any if null. */
function lifetimes(most) {
  const fitting = LIFETIMES.filter(([days]) => most === null || days < most).map(([days, text]) => [`${days}`, text]);
  return most === null ? [...fitting, [NEVER, "Never"]] : [...fitting, [`${most}`, `${most} days, the most allowed`]];
}

/** The lifetime to begin with: a year, or the longest that is allowed. */
export function usualLifetime(most) {
  return most === null || most > 365 ? "365" : `${most}`;
}

/** A chosen lifetime as the API wants it. */
export function daysOf(lifetime) {
  return lifetime === NEVER ? null : Number(lifetime);
}

/** For how long the token works. */
export function LifetimeField({ most, value, onChange }) {
  return html`
    <${SelectField} label="Expires after" value=${value} options=${lifetimes(most)} onChange=${onChange}
      hint=${most === null ? undefined : "Your organization has decided how long a token may work."} />
  `;
}

/** How the requests of a SCIM token are read. */
export function DialectField({ value, onChange }) {
  return html`<${RadioField} label="Dialect" value=${value} options=${DIALECTS} onChange=${onChange} />`;
}

/** Refuses a token that may do nothing, which the API would refuse as well. */
export function requireScopes(scopes) {
  if (scopes.length === 0) throw new ApiError("INVALID", "Choose at least one thing that the token may do.");
}

/** What an API token may do; a scope that the viewer does not hold can only be taken away. */
export function ScopesField({ value, onChange }) {
  const id = useId();
  const toggle = (scope) => (value.includes(scope) ? value.filter((other) => other !== scope) : [...value, scope]);
  return html`
    <fieldset class="field">
      <legend class="field-label">What it may do</legend>
      ${SCOPES.map(([scope, title, explanation]) => html`
        <div class="radio" key=${scope}>
          <input type="checkbox" id=${`${id}-${scope}`} checked=${value.includes(scope)}
            disabled=${!can(scope) && !value.includes(scope)} aria-describedby=${`${id}-${scope}-hint`}
            onChange=${() => onChange(toggle(scope))} />
          <label for=${`${id}-${scope}`}>${title}</label>
          <p class="field-hint" id=${`${id}-${scope}-hint`}>${explanation}</p>
        </div>
      `)}
    </fieldset>
  `;
}
