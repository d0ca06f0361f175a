/* The provisioning log in words: outcomes, clients, lengths of time. */
import { html } from "../../vendor/kit.js";
import { Badge } from "../ui/badge.js";

/** What came of a request: its tone and its word. */
export const OUTCOMES = {
  FAILED: ["danger", "Failed"],
  REFUSED: ["warning", "Refused"],
  SUCCEEDED: ["good", "Succeeded"],
  UNCHANGED: ["neutral", "Unchanged"],
};

/** Whose product a request came from. */
export const CLIENTS = { ENTRA: "Entra", OKTA: "Okta", OTHER: "Other clients" };

/** The methods of requests that are kept. */
export const METHODS = { DELETE: "DELETE", GET: "GET", PATCH: "PATCH", POST: "POST", PUT: "PUT" };

const CLIENT_TONES = { ENTRA: "info", OKTA: "accent" };
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi;
const TIME = { hour: "2-digit", minute: "2-digit", second: "2-digit" };
const clock = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });
const clockThisYear = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", ...TIME });

/** A moment to the second. */
export function momentText(iso) {
  return clock.format(new Date(iso));
}

/** A moment to the second, as short as it can be told. */
export function shortMomentText(iso) {
  const at = new Date(iso);
  return (at.getFullYear() === new Date().getFullYear() ? clockThisYear : clock).format(at);
}

/** How long a request took, with as many digits as say something. */
export function durationText(milliseconds) {
  if (milliseconds >= 1000) return `${(milliseconds / 1000).toFixed(1)} s`;
  return `${milliseconds < 10 ? milliseconds.toFixed(1) : Math.round(milliseconds)} ms`;
}

/** The outcome of an entry, as a badge. */
export function Outcome({ outcome }) {
  const [tone, text] = OUTCOMES[outcome] ?? ["neutral", outcome];
  return html`<${Badge} tone=${tone}>${text}<//>`;
}

/** Whose product sent a request, as a badge. */
export function Client({ client, clientName }) {
  return html`<${Badge} tone=${CLIENT_TONES[client] ?? "neutral"}>${clientName}<//>`;
}

function readable(query) {
  try {
    return decodeURIComponent(query.replaceAll("+", " "));
  } catch {
    return query; // the client escaped it wrongly; perhaps that is why somebody looks
  }
}

/** The method and the address of a request, without its escapes. */
export function requestText({ method, path, query }) {
  return `${method} ${path}${query ? `?${readable(query)}` : ""}`;
}

/** The same in a list, where the beginning of an id is enough. */
export function shortRequestText(entry) {
  return requestText(entry).replace(UUID, (id) => `${id.slice(0, 13)}…`);
}
