/* How the page talks to Rollbook: named operations over POST, every failure as one kind of error. */
import { noAnswer } from "./reach.js";

/** A failure the page can show: `code` is for the page, `message` for the person. */
export class ApiError extends Error {
  constructor(code, message, { path = null, requestId = null, problem = null } = {}) {
    super(message);
    this.name = "ApiError";
    this.code = code;
    this.path = path;
    this.requestId = requestId;
    this.problem = problem;
  }
}

let ids = null; // of the operations, by name; loaded once
let denied = () => {};
let signInAgain = async () => false;

/** Call `handler(code)` when what the page knows is out of date: on UNAUTHENTICATED and FORBIDDEN, and on
  SESSION_ENDED, which says that the session is over with which the stream was opened. */
export function onDenied(handler) {
  denied = handler;
}

/** Call `handler()` where Rollbook wants a sign-in of a moment ago; it resolves to whether there has been one. */
export function onSignInAgain(handler) {
  signInAgain = handler;
}

/** Do `action` and, if it wants a sign-in of a moment ago and there is one then, do it again. */
export async function withRecentSignIn(action) {
  try {
    return await action();
  } catch (error) {
    if (error.code !== "SIGN_IN_AGAIN" || !(await signInAgain())) throw error;
    return action();
  }
}

async function isRecent() {
  try {
    return (await run("RecentSignIn")).viewer.signedInRecently;
  } catch {
    return true; // the action itself will tell what is wrong
  }
}

/** Call `open()` once the viewer has signed in a moment ago, so that nothing typed is lost to a sign-in in between. */
export async function afterRecentSignIn(open) {
  if ((await isRecent()) || (await signInAgain())) open();
}

const GATEWAY_STATUSES = new Set([502, 503, 504]);

function silence() {
  noAnswer();
  return new ApiError("UNREACHABLE", "Rollbook did not answer. Check your connection, then try again.");
}

/* What comes over the network; where it breaks off, at the start or midway, Rollbook did not answer. */
async function arriving(something) {
  try {
    return await something;
  } catch (error) {
    throw error.name === "AbortError" ? error : silence();
  }
}

/* Whether a proxy answered in Rollbook's place, which would have said it in JSON. */
function isFromGateway({ status, headers }) {
  return GATEWAY_STATUSES.has(status) && !/json/.test(headers.get("Content-Type"));
}

async function request(url, options) {
  const response = await arriving(fetch(url, options));
  if (isFromGateway(response)) throw silence();
  return response;
}

async function bodyOf(response) {
  const text = await arriving(response.text());
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** POST JSON under the rules for cookie principals; the response with its body, which is null unless it was JSON. */
export async function post(url, body, { accept = "application/json", signal } = {}) {
  const response = await request(url, {
    method: "POST",
    headers: { Accept: accept, "Content-Type": "application/json", "X-CSRF": "1" },
    body: JSON.stringify(body),
    credentials: "same-origin",
    cache: "no-store",
    signal,
  });
  return { status: response.status, ok: response.ok, body: await bodyOf(response) };
}

async function fetchIds() {
  const response = await request("/operations/manifest.json");
  const body = response.ok ? await bodyOf(response) : null;
  if (!body) throw new ApiError("INCOMPLETE", "The list of operations is missing. Reload the page.");
  return body;
}

async function idOf(name) {
  ids ??= fetchIds().catch((error) => {
    ids = null; // the next try fetches them again
    throw error;
  });
  const id = (await ids)[name];
  if (!id) throw new ApiError("INCOMPLETE", `Operation ${name} is missing. Reload the page.`);
  return id;
}

/** Run the operation in `operations/<name>.graphql`, which the server knows by its id; its data, or an ApiError. */
export async function run(name, variables = {}, { signal } = {}) {
  const documentId = await idOf(name);
  const accept = "application/graphql-response+json, application/json";
  const { status, body } = await post("/graphql", { documentId, variables, operationName: name }, { accept, signal });
  const failure = body?.errors?.[0];
  const code = failure?.extensions?.code;
  if (status === 401 || code === "UNAUTHENTICATED") {
    denied("UNAUTHENTICATED");
    throw new ApiError("UNAUTHENTICATED", "You are signed out.");
  }
  if (code === "FORBIDDEN") denied(code);
  if (code === "DOCUMENT_NOT_FOUND") throw new ApiError(code, "Rollbook was updated. Reload the page.");
  if (failure) throw new ApiError(code ?? "FAILED", failure.message, { requestId: failure.extensions?.requestId });
  if (!body?.data) throw new ApiError("FAILED", `Rollbook gave an answer that this page cannot read (HTTP ${status}).`);
  return body.data;
}

/** Run a subscription until it completes; `onData` gets the data of each result. Breaks off with an ApiError. */
export async function stream(name, variables, { signal, onOpen, onData }) {
  const response = await request("/graphql", {
    method: "POST",
    headers: { Accept: "text/event-stream", "Content-Type": "application/json", "X-CSRF": "1" },
    body: JSON.stringify({ documentId: await idOf(name), variables, operationName: name }),
    credentials: "same-origin",
    cache: "no-store",
    signal,
  });
  if (!response.ok) {
    const code = response.status === 401 ? "UNAUTHENTICATED" : "FAILED";
    if (response.status === 401) denied(code);
    throw new ApiError(code, `Rollbook refused to stream (HTTP ${response.status}).`);
  }
  onOpen();
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  try {
    await readAll(reader, onData);
  } finally {
    reader.cancel().catch(() => {}); // of what was broken off here, Rollbook need not tell any more
  }
}

async function readAll(reader, onData) {
  let held = "";
  for (;;) {
    const { value, done } = await arriving(reader.read());
    if (done) return;
    const events = (held + value).split("\n\n");
    held = events.pop();
    for (const event of events) take(event, onData);
  }
}

function take(event, onData) {
  const data = event.split("\n").filter((line) => line.startsWith("data: ")).map((line) => line.slice(6)).join("\n");
  if (!data) return; // a heartbeat, or the end
  const body = JSON.parse(data);
  const failure = body.errors?.[0];
  if (failure) {
    const told = failure.extensions?.code ?? "FAILED";
    // That of the stream: whoever has just signed in anew has another one by now.
    const code = told === "UNAUTHENTICATED" ? "SESSION_ENDED" : told;
    if (code === "SESSION_ENDED" || code === "FORBIDDEN") denied(code);
    throw new ApiError(code, failure.message);
  }
  onData(body.data);
}

async function change(name, input) {
  const [result] = Object.values(await run(name, { input }));
  if (result.__typename.endsWith("Success")) return result;
  if (result.code === "FORBIDDEN") denied(result.code);
  throw new ApiError(result.code, result.message, { path: result.path });
}

/** Run a mutation with one input; its success member, or its typed error as an ApiError. */
export function mutate(name, input) {
  return withRecentSignIn(() => change(name, input));
}
