/* The filters of the activity lists. They live in the address, so that what is on display can be sent on. */
import { html, useEffect, useId, useRef, useState } from "../../vendor/kit.js";
import { query, setQuery } from "../router.js";
import { Icon } from "../ui/icon.js";

const SEARCH_PAUSE_MS = 250;
const HOUR_MS = 3_600_000;
const PERIODS = { "1h": ["Last hour", 1], "24h": ["Last 24 hours", 24], "7d": ["Last 7 days", 168],
  "30d": ["Last 30 days", 720] };
const CUSTOM = "days";
const DAY = /^\d{4}-\d\d-\d\d$/;
const FULL_YEAR = /^[12]\d{3}-/; // a year is typed digit by digit
const PERIOD_OPTIONS = [
  ["", "Any time"],
  ...Object.entries(PERIODS).map(([value, [text]]) => [value, text]),
  [CUSTOM, "Choose days…"],
];

/* A day means the day where the person is; a whole moment, as in a link from a chart, is taken as it is. */
function momentOf(text, daysLater) {
  const isDay = DAY.test(text);
  const at = new Date(isDay ? `${text}T00:00` : text);
  if (Number.isNaN(at.getTime())) return null;
  if (isDay) at.setDate(at.getDate() + daysLater);
  return at.toISOString();
}

function dayOf(text) {
  const at = new Date(momentOf(text, 0) ?? "");
  if (Number.isNaN(at.getTime())) return "";
  const [year, month, day] = [[at.getFullYear(), 4], [at.getMonth() + 1, 2], [at.getDate(), 2]]
    .map(([part, digits]) => String(part).padStart(digits, "0"));
  return `${year}-${month}-${day}`;
}

/** `{since, until}` as moments, of what the address says about the period; `until` of a day is that day's end. */
export function periodOf({ period, since, until }, now = Date.now()) {
  const hours = PERIODS[period]?.[1];
  if (hours) return { since: new Date(now - hours * HOUR_MS).toISOString() };
  return { since: since && momentOf(since, 0), until: until && momentOf(until, 1) };
}

/** The values of a parameter that may hold several, as far as they are known. */
export function listOf(text, known) {
  return (text ?? "").split(",").filter((value) => Object.hasOwn(known, value));
}

/** Leave out what sets no condition. */
export function conditions(filter) {
  const set = Object.entries(filter).filter(([, value]) => value != null && value !== "" && value.length !== 0);
  return Object.fromEntries(set);
}

/* What is typed for a parameter, which follows the address where something else than the field changed that. */
function useTyped(name, shown) {
  const wanted = query.value[name] ?? "";
  const own = useRef(wanted); // what the field itself wrote there
  const [typed, setTyped] = useState(shown(wanted));
  useEffect(() => {
    if (wanted !== own.current) setTyped(shown(wanted));
    own.current = wanted;
  }, [wanted]);
  function write(text, others = {}) {
    if (text === own.current) return;
    own.current = text;
    setQuery({ ...others, [name]: text });
  }
  return { typed, setTyped, write };
}

/** The search field, whose text reaches the address when the typing pauses. */
export function Search({ label, placeholder }) {
  const { typed, setTyped, write } = useTyped("search", (text) => text);
  useEffect(() => {
    const timer = setTimeout(() => write(typed.trim()), SEARCH_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  return html`
    <input class="input search" type="search" aria-label=${label} placeholder=${placeholder} value=${typed}
      onInput=${(event) => setTyped(event.target.value)} />
  `;
}

/** One of a few values of a parameter; `options` is a list of [value, text] or [group, [[value, text], …]]. */
export function Choice({ name, label, options, onChange }) {
  const value = query.value[name] ?? "";
  const change = onChange ?? ((chosen) => setQuery({ [name]: chosen }));
  const option = ([key, text]) => (Array.isArray(text)
    ? html`<optgroup label=${key} key=${key}>${text.map(option)}</optgroup>`
    : html`<option value=${key} key=${key}>${text}</option>`);
  return html`
    <select class="input select filter" aria-label=${label} value=${value}
      onChange=${(event) => change(event.target.value)}>
      ${options.map(option)}
    </select>
  `;
}

function DayField({ label, name }) {
  const id = useId();
  const { typed, setTyped, write } = useTyped(name, dayOf);
  function change(event) {
    const { value } = event.target;
    setTyped(value);
    if (value === "" || FULL_YEAR.test(value)) write(value, { period: CUSTOM });
  }
  return html`
    <label class="filter-day" for=${id}>${label}</label>
    <input class="input filter" type="date" id=${id} value=${typed} onChange=${change} />
  `;
}

/** The choice of a period, and the days of one of one's own. */
export function Period() {
  const { period, since, until } = query.value;
  const custom = period === CUSTOM || ((since || until) && !PERIODS[period]);
  const change = (event) => setQuery({ period: event.target.value, since: "", until: "" });
  return html`
    <select class="input select filter" aria-label="Period" value=${custom ? CUSTOM : period ?? ""} onChange=${change}>
      ${PERIOD_OPTIONS.map(([value, text]) => html`<option value=${value} key=${value}>${text}</option>`)}
    </select>
    ${custom && html`
      <span class="filter-days">
        <${DayField} label="From" name="since" />
        <${DayField} label="to" name="until" />
      </span>`}
  `;
}

/** A condition that is set, with a button that takes it away. */
export function Condition({ text, onClear }) {
  return html`
    <button type="button" class="condition" aria-label=${`${text}: show all again`} onClick=${onClear}>
      ${text} <${Icon} name="close" />
    </button>
  `;
}

/** Take every filter out of the address; the tab stays. */
export function clearFilters() {
  setQuery(Object.fromEntries(Object.keys(query.value).filter((name) => name !== "tab").map((name) => [name, ""])));
}
