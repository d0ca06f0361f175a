/* Filters of lists. They live in the address, so that what is on display can be sent on. */
import { html, useEffect, useRef, useState } from "../../vendor/kit.js";
import { query, setQuery } from "../router.js";
import { focusInPlaceOf } from "./focus.js";
import { Icon } from "./icon.js";

const SEARCH_PAUSE_MS = 250;

/** The values of a parameter that may hold several, as far as they are known. */
export function listOf(text, known) {
  return (text ?? "").split(",").filter((value) => Object.hasOwn(known, value));
}

/** Leave out what sets no condition. */
export function conditions(filter) {
  const set = Object.entries(filter).filter(([, value]) => value != null && value !== "" && value.length !== 0);
  return Object.fromEntries(set);
}

/** `{typed, setTyped, write}` of a field for a parameter: what is typed, which follows the address where something
  else than the field changed that, and what takes it there. `shown` is how the field writes the parameter. */
export function useTyped(name, shown = (text) => text) {
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
  const { typed, setTyped, write } = useTyped("search");
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
export function Choice({ name, label, options }) {
  const option = ([key, text]) => (Array.isArray(text)
    ? html`<optgroup label=${key} key=${key}>${text.map(option)}</optgroup>`
    : html`<option value=${key} key=${key}>${text}</option>`);
  return html`
    <select class="input select filter" aria-label=${label} value=${query.value[name] ?? ""}
      onChange=${(event) => setQuery({ [name]: event.target.value })}>
      ${options.map(option)}
    </select>
  `;
}

/** A condition that is set, with a button that takes it away. */
export function Condition({ text, onClear }) {
  function clear(event) {
    focusInPlaceOf(event.currentTarget);
    onClear();
  }
  return html`
    <button type="button" class="condition" aria-label=${`${text}: show all again`} onClick=${clear}>
      ${text} <${Icon} name="close" />
    </button>
  `;
}
