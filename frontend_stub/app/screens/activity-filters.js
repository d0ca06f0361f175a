/* What the lists of activity narrow themselves by in the same way: the period, and the way back to all. */
import { html, useId, useLayoutEffect, useRef } from "../../vendor/kit.js";
import { query, setQuery } from "../router.js";
import { Button } from "../ui/button.js";
import { isDay, startOfDay } from "../ui/days.js";
import { Condition, useTyped } from "../ui/filters.js";
import { focusTitleIfLost } from "../ui/focus.js";

const HOUR_MS = 3_600_000;
const PERIODS = { "1h": ["Last hour", 1], "24h": ["Last 24 hours", 24], "7d": ["Last 7 days", 168],
  "30d": ["Last 30 days", 720] };
const CUSTOM = "days";
const FULL_YEAR = /^[12]\d{3}-/; // a year is typed digit by digit
const PERIOD_OPTIONS = [
  ["", "Any time"],
  ...Object.entries(PERIODS).map(([value, [text]]) => [value, text]),
  [CUSTOM, "Choose days…"],
];
const clock = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

/* A day means the day where the person is; a whole moment, as in a link from a chart, is taken as it is. */
function momentOf(text, daysLater) {
  if (!text) return null;
  const at = isDay(text) ? startOfDay(text, daysLater) : new Date(text);
  return Number.isNaN(at.getTime()) ? null : at.toISOString();
}

/** `{since, until}` as moments, of what the address says about the period; `until` of a day is that day's end. */
export function periodOf({ period, since, until }, now = Date.now()) {
  const hours = PERIODS[period]?.[1];
  if (hours) return { since: new Date(now - hours * HOUR_MS).toISOString() };
  return { since: momentOf(since, 0), until: momentOf(until, 1) };
}

/* A period of a link in words, which need not be one of whole days; nothing where it is one. */
function linkedText(parameters) {
  const { since, until } = periodOf(parameters);
  const isLinked = !PERIODS[parameters.period]
    && ((since && !isDay(parameters.since)) || (until && !isDay(parameters.until)));
  if (!isLinked) return null;
  const [from, to] = [since, until].map((moment) => moment && clock.format(new Date(moment)));
  return from && to ? `From ${from} to ${to}` : from ? `From ${from}` : `Until ${to}`;
}

function DayField({ label, name }) {
  const id = useId();
  const { typed, setTyped, write } = useTyped(name, (text) => (isDay(text) ? text : ""));
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

/** The choice of a period, and the days of one of one's own; or the period of a link, to the minute. */
export function Period() {
  const { period, since, until } = query.value;
  const linked = linkedText(query.value);
  if (linked) {
    return html`<${Condition} text=${linked} onClear=${() => setQuery({ period: "", since: "", until: "" })} />`;
  }
  const custom = period === CUSTOM || ((since || until) && !PERIODS[period]);
  const change = (event) => setQuery({ period: event.target.value, since: "", until: "" });
  return html`
    <select class="input select filter" aria-label="Period" value=${custom ? CUSTOM : period ?? ""} onChange=${change}>
      ${PERIOD_OPTIONS.map(([value, text]) => html`<option value=${value} key=${value}>${text}</option>`)}
    </select>
    ${custom && html`
      <span class="filter-days">
        <${DayField} label="From" name="since" />
        <${DayField} label="To" name="until" />
      </span>`}
  `;
}

function showAll() {
  setQuery(Object.fromEntries(Object.keys(query.value).filter((name) => name !== "tab").map((name) => [name, ""])));
}

/** The button that takes every filter out of the address; the tab stays. It goes with what it stands in. */
export function ShowAll({ children }) {
  const place = useRef();
  useLayoutEffect(() => {
    const element = place.current;
    return () => element.contains(document.activeElement) && focusTitleIfLost();
  }, []);
  return html`<span ref=${place}><${Button} onClick=${showAll}>${children}<//></span>`;
}
