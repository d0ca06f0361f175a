/* Which members a list shows, in which order and as of when: all of it stands in the address. */
import { html, useId } from "../../vendor/kit.js";
import { query, setQuery } from "../router.js";
import { Button } from "../ui/button.js";
import { isDay, isoDay, startOfDay } from "../ui/days.js";
import { listOf } from "../ui/filters.js";
import { numberText } from "../ui/numbers.js";
import { ROLES, SOURCES } from "./member-actions.js";

const STATUSES = { ACTIVE: "Active", INACTIVE: "Inactive" };
const ANY = "any"; // active members are listed unless the address asks for others
const SORTS = { name: "NAME", email: "EMAIL", joined: "CREATED_AT" };
const FULL_YEAR = /^[2-9]\d{3}-/; // a year is typed digit by digit
const CLOCKS_MS = 120_000; // by how much the clock here may be ahead of Rollbook's, which knows nothing of the future
const dayText = new Intl.DateTimeFormat(undefined, { dateStyle: "long" });
const timeText = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });

/** The filters of the list: the name in the address, what it is called, and the text of each value. */
export const FACETS = [["status", "Status", STATUSES], ["role", "Role", ROLES], ["source", "Source", SOURCES]];

function orderOf(sort) {
  const name = Object.hasOwn(SORTS, sort?.replace("-", "") ?? "") ? sort : "name";
  return { field: SORTS[name.replace("-", "")], direction: name.startsWith("-") ? "DESC" : "ASC" };
}

/** `{filter, search, orderBy}` for the API, of what the address says. */
export function listedBy({ status, role, source, search, sort }) {
  const filter = {
    status: status === undefined ? ["ACTIVE"] : listOf(status, STATUSES),
    role: listOf(role, ROLES),
    source: listOf(source, SOURCES),
  };
  return { filter, search: search || null, orderBy: orderOf(sort) };
}

/** Sort the list by {field, direction}, from now on and in the address. */
export function sortBy({ field, direction }) {
  const [name] = Object.entries(SORTS).find(([, value]) => value === field);
  const sort = `${direction === "DESC" ? "-" : ""}${name}`;
  setQuery({ sort: sort === "name" ? "" : sort });
}

/** Whether the address narrows the list to less than all active members. */
export function isNarrowed({ status, role, source, search }) {
  return Boolean(role || source || search || (status && status !== ANY && status !== "ACTIVE,INACTIVE"));
}

/** Take what narrows the list out of the address. */
export function clearFilters() {
  setQuery({ status: "", role: "", source: "", search: "" });
}

/* In the order of the known values, so that one choice has one address. */
function toggled(name, chosen, value, known) {
  const next = Object.keys(known).filter((each) => chosen.includes(each) !== (each === value)).join(",");
  return name === "status" ? { ACTIVE: "", "": ANY }[next] ?? next : next;
}

function Chip({ text, count, pressed, onToggle }) {
  return html`
    <button type="button" class="chip" aria-pressed=${pressed} onClick=${onToggle}>
      ${text} <span class="chip-count">${count !== undefined && numberText(count)}</span>
    </button>
  `;
}

/** Chips for each status, role and source. `facets` counts the members of each; null while it is not known. */
export function Facets({ filter, facets }) {
  const id = useId();
  const countOf = (name, value) => facets?.[name].find((facet) => facet.value === value)?.count;
  return html`
    <div class="facets">
      ${FACETS.map(([name, label, known]) => html`
        <div class="facet" role="group" key=${name} aria-labelledby=${`${id}-${name}`}>
          <span class="facet-label" id=${`${id}-${name}`}>${label}</span>
          ${Object.entries(known).map(([value, text]) => html`
            <${Chip} key=${value} text=${text} count=${countOf(name, value)} pressed=${filter[name].includes(value)}
              onToggle=${() => setQuery({ [name]: toggled(name, filter[name], value, known) })} />
          `)}
        </div>
      `)}
    </div>
  `;
}

/** That the numbers could not be read, which are read apart from the list; both are answers of `useQuery`. */
export function NumbersFailed({ counted: { error, reload }, list }) {
  const isTold = error && !list.error && error.code !== "UNREACHABLE"; // that is told elsewhere
  return html`
    <div class="stale" role="status">
      ${isTold && html`
        <p>
          The numbers could not be loaded. ${error.message}
          ${" "}<${Button} kind="quiet" onClick=${reload}>Try again<//>
        </p>`}
    </div>
  `;
}

/** `{at, text}` of the day in the address: the moment at which it ended, or a moment ago if it goes on, and when that
  was, for the end of a sentence. Null without a day that has begun. */
export function asOf({ asof }, now = new Date()) {
  const begin = isDay(asof) && FULL_YEAR.test(asof) ? startOfDay(asof) : null;
  if (!begin || begin > now) return null;
  const end = startOfDay(asof, 1);
  const at = new Date(Math.min(end, Math.max(begin, now - CLOCKS_MS)));
  const text = end > now
    ? `today, ${dayText.format(at)}, at ${timeText.format(at)}`
    : `at the end of ${dayText.format(begin)}`;
  return { at: at.toISOString(), text };
}

/** The field that turns the list back to a day. */
export function AsOfField() {
  const id = useId();
  const { asof } = query.value;
  function change({ target }) {
    if (target.validity.rangeOverflow) target.reportValidity();
    else if (target.value === "" || FULL_YEAR.test(target.value)) setQuery({ asof: target.value });
  }
  return html`
    <span class="as-of">
      <label class="muted" for=${id}>Members as of</label>
      <input class="input" type="date" id=${id} max=${isoDay(new Date())} value=${asOf({ asof }) ? asof : ""}
        onChange=${change} />
    </span>
  `;
}
