/* Choosing a person, or a token, by which to narrow a list; and what to call one of whom only the id is known. */
import { html, useEffect, useId, useState } from "../../vendor/kit.js";
import { run } from "../gql.js";
import { useQuery } from "../query.js";
import { query, setQuery } from "../router.js";
import { can } from "../store.js";
import { Condition } from "./activity-filters.js";

const PAUSE_MS = 200;

function personText({ name, email }) {
  return name && email ? `${name} (${email})` : name || email || "A member without a name";
}

/** What to call a token in a list in which several may have the same name. */
export function tokenText({ name, hint }) {
  return `${name} (${hint})`;
}

/** Every token that there is or was, or nothing where the viewer may not know; `kind` is a type of the API. */
export function useTokens(kind) {
  const [tokens, setTokens] = useState([]);
  useEffect(() => {
    if (!can("TOKENS_WRITE")) return;
    run("LogTokens").then(({ organization }) => setTokens(organization.tokens), () => {}); // only a convenience
  }, []);
  return kind ? tokens.filter(({ __typename }) => __typename === kind) : tokens;
}

function useFound(typed, tokens) {
  const [people, setPeople] = useState([]);
  useEffect(() => {
    const controller = new AbortController();
    const timer = setTimeout(async () => {
      if (!typed.trim()) return setPeople([]);
      try {
        const { organization } = await run("FindPeople", { search: typed.trim() }, { signal: controller.signal });
        setPeople(organization.members.nodes);
      } catch {
        setPeople([]); // nothing to choose from; the list itself tells what is wrong
      }
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [typed]);
  const wanted = typed.trim().toLowerCase();
  const fitting = wanted ? tokens.filter(({ name }) => name.toLowerCase().includes(wanted)) : [];
  return [
    ...people.map((person) => [personText(person), person.id]),
    ...fitting.map((token) => [`Token ${tokenText(token)}`, token.id]),
  ];
}

function Chosen({ id, verb, onClear }) {
  const { data, error } = useQuery("WhoIs", { id });
  const found = data?.node;
  const unknown = error ? "somebody unknown" : data ? "somebody who has left" : "…";
  const name = found ? found.tokenName ?? personText(found) : unknown;
  return html`<${Condition} text=${`${verb} ${name}`} onClear=${onClear} />`;
}

function Chooser({ label, tokens, onChoose }) {
  const id = useId();
  const [typed, setTyped] = useState("");
  const found = useFound(typed, tokens);

  function input(event) {
    const chosen = found.find(([text]) => text === event.target.value);
    if (chosen) onChoose(chosen[1]);
    else setTyped(event.target.value);
  }
  function enter(event) {
    if (event.key === "Enter" && found.length === 1) onChoose(found[0][1]);
  }
  return html`
    <input class="input filter filter-person" type="text" aria-label=${label} placeholder=${label} list=${id}
      autocomplete="off" value=${typed} onInput=${input} onKeyDown=${enter} />
    <datalist id=${id}>${found.map(([text]) => html`<option value=${text} key=${text}></option>`)}</datalist>
  `;
}

/** A person, or with `tokens` one of these, of a parameter of the address: a field to find one, or who it is. */
export function Who({ name, label, verb, tokens = [] }) {
  const id = query.value[name];
  return id
    ? html`<${Chosen} key=${id} id=${id} verb=${verb} onClear=${() => setQuery({ [name]: "" })} />`
    : html`<${Chooser} label=${label} tokens=${tokens} onChoose=${(chosen) => setQuery({ [name]: chosen })} />`;
}
