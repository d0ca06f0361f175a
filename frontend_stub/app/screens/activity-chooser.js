/* A field to find a person, or a token, by a part of the name (WAI-ARIA combobox pattern). */
import { html, useEffect, useId, useRef, useState } from "../../vendor/kit.js";
import { run } from "../gql.js";
import { returns } from "../reach.js";
import { focusInPlaceOf } from "../ui/focus.js";
import { numberText } from "../ui/numbers.js";
import { personText, tokenText } from "./activity-words.js";

const PAUSE_MS = 200;
const MOST = 8; // of the people that FindPeople answers
const STEPS = { ArrowDown: 1, ArrowUp: -1 };

/* `{wanted, found, error, again}` of what is typed: `found` is a list of [id, text], null until it is known. */
function useFound(typed, tokens) {
  const wanted = typed.trim();
  const [answer, setAnswer] = useState({ of: "" });
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    if (!wanted) return undefined;
    const controller = new AbortController();
    const { signal } = controller;
    const timer = setTimeout(() => {
      run("FindPeople", { search: wanted }, { signal }).then(
        ({ organization }) => signal.aborted || setAnswer({ of: wanted, people: organization.members.nodes }),
        (error) => signal.aborted || setAnswer({ of: wanted, error }),
      );
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [wanted, attempt, returns.value]);
  const { people, error = null } = answer.of === wanted ? answer : {}; // never what was found for another text
  const fitting = tokens.filter(({ name }) => name.toLowerCase().includes(wanted.toLowerCase()));
  const found = people && [
    ...people.map((person) => [person.id, personText(person)]),
    ...fitting.map((token) => [token.id, `Token ${tokenText(token)}`]),
  ];
  function again() {
    setAnswer({ of: "" });
    setAttempt((count) => count + 1);
  }
  return { wanted, found, error, again };
}

function stateText({ found, error }) {
  if (error) return `This could not be looked up. ${error.message} Press Enter to try again.`;
  if (!found) return "Looking…";
  if (found.length === 0) return "Nobody matches";
  if (found.length === 1) return "1 found: press Enter";
  return found.length < MOST ? `${numberText(found.length)} found: choose one` : "Many found: choose one, or type more";
}

function Options({ id, label, search, active, onChoose }) {
  const { found } = search;
  useEffect(() => document.getElementById(`${id}-${active}`)?.scrollIntoView({ block: "nearest" }), [active]);
  return html`
    <div class="chooser-panel" onPointerDown=${(event) => event.preventDefault()}>
      ${found?.length > 0 && html`
        <ul class="chooser-list" role="listbox" id=${id} aria-label=${label}>
          ${found.map(([key, text], index) => html`
            <li class="menu-item chooser-option" role="option" key=${key} id=${`${id}-${index}`}
              aria-selected=${index === active} onClick=${() => onChoose(key)}>
              ${text}
            </li>
          `)}
        </ul>`}
      <p class="chooser-state" role="status">${stateText(search)}</p>
    </div>
  `;
}

/** Calls `onChoose(id)` with whom was found and chosen. Enter takes whoever alone fits what is typed, as soon as that
  is known. */
export function Chooser({ label, tokens, onChoose }) {
  const id = useId();
  const field = useRef();
  const [typed, setTyped] = useState("");
  const [active, setActive] = useState(-1);
  const [open, setOpen] = useState(false);
  const [hasty, setHasty] = useState(false); // Enter came before the answer
  const search = useFound(typed, tokens);
  const { wanted, found, error, again } = search;
  const shown = open && wanted !== "";
  const listed = shown && found?.length > 0;

  function choose(chosen) {
    focusInPlaceOf(field.current, field.current.closest(".toolbar"));
    onChoose(chosen);
  }
  useEffect(() => {
    if (!hasty || !(found || error)) return;
    setHasty(false);
    if (found?.length === 1) choose(found[0][0]);
  }, [hasty, found, error]);

  function input(event) {
    setTyped(event.target.value);
    setActive(-1);
    setHasty(false);
    setOpen(true);
  }
  function close() {
    setOpen(false);
    setActive(-1); // what is not on display is not chosen
  }
  function enter() {
    setOpen(true);
    if (error) again();
    if (found?.[active]) choose(found[active][0]);
    else setHasty(true);
  }
  function onKeyDown(event) {
    const { key } = event;
    const count = found?.length ?? 0;
    if (event.isComposing) return;
    if (key === "Enter" && wanted) enter();
    else if (key === "Escape" && shown) close();
    else if (key in STEPS && wanted) {
      setOpen(true);
      if (count > 0) setActive(active < 0 && key === "ArrowUp" ? count - 1 : (active + STEPS[key] + count) % count);
    } else return;
    event.preventDefault();
  }
  return html`
    <span class="chooser">
      <input class="input filter" type="text" role="combobox" ref=${field} aria-label=${label}
        placeholder=${label} autocomplete="off" aria-autocomplete="list" aria-expanded=${listed ? "true" : "false"}
        aria-controls=${listed ? id : undefined}
        aria-activedescendant=${listed && found[active] ? `${id}-${active}` : undefined} value=${typed}
        onInput=${input} onKeyDown=${onKeyDown} onBlur=${close} />
      ${shown && html`
        <${Options} id=${id} label=${label} search=${search} active=${active} onChoose=${choose} />`}
    </span>
  `;
}
