/* A person, or a token, by which a list is narrowed: the field to find one, and what to call one known by the id. */
import { html, useEffect, useState } from "../../vendor/kit.js";
import { run } from "../gql.js";
import { useQuery } from "../query.js";
import { query, setQuery } from "../router.js";
import { can } from "../store.js";
import { Condition } from "../ui/filters.js";
import { Chooser } from "./activity-chooser.js";
import { personText } from "./activity-words.js";

const PERSON = { unread: "somebody whose name could not be read", gone: "somebody who has left" };
const TOKEN = { unread: "whose name could not be read", gone: "that is not there" };

/** Every token that there is or was, or nothing where the viewer may not know; `kind` is a type of the API. */
export function useTokens(kind) {
  const [tokens, setTokens] = useState([]);
  useEffect(() => {
    if (!can("TOKENS_WRITE")) return;
    run("LogTokens").then(({ organization }) => setTokens(organization.tokens), () => {}); // only a convenience
  }, []);
  return kind ? tokens.filter(({ __typename }) => __typename === kind) : tokens;
}

function nameOf(node) {
  return node?.tokenName ?? (node && "email" in node ? personText(node) : null); // the id may be of something else
}

function Chosen({ id, verb, words, onClear }) {
  const { data, error } = useQuery("WhoIs", { id });
  const name = nameOf(data?.node) ?? (error ? words.unread : data ? words.gone : "…");
  return html`<${Condition} text=${`${verb} ${name}`} onClear=${onClear} />`;
}

/** A person, or with `tokens` one of these, of a parameter of the address: a field to find one, or who it is. */
export function Who({ name, label, verb, tokens = [] }) {
  const id = query.value[name];
  return id
    ? html`<${Chosen} key=${id} id=${id} verb=${verb} words=${PERSON} onClear=${() => setQuery({ [name]: "" })} />`
    : html`<${Chooser} label=${label} tokens=${tokens} onChoose=${(chosen) => setQuery({ [name]: chosen })} />`;
}

/** The token of the address, where it is none of which the viewer has a list to choose from. */
export function TokenCondition({ id }) {
  return html`<${Chosen} id=${id} verb="Token" words=${TOKEN} onClear=${() => setQuery({ token: "" })} />`;
}
