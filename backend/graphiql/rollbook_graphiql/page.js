/* Signs GraphiQL in with a pasted API token. The token, the queries and their history live in this page's memory only. */

const ENDPOINT = "../graphql";

const WHO = "query WhoAmI { viewer { name } organization { name handle } }";

const FIRST_QUERY = `# Ctrl-Space completes, Ctrl-Enter runs.
# The book at the left explains every field.

{
  viewer { name permissions }
  organization {
    name
    members(first: 10) {
      totalCount
      nodes { name email role status source }
    }
  }
}
`;

const form = document.getElementById("token-form");
const field = document.getElementById("token");
const refusal = document.getElementById("refusal");

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = form.querySelector("button");
  button.disabled = true;
  refusal.textContent = "";
  try {
    const fetcher = asking(field.value.trim());
    const { data, errors } = await fetcher({ query: WHO, operationName: "WhoAmI" });
    if (!data) {
      throw new Error(errors?.[0]?.message ?? "The server gave no answer.");
    }
    field.value = "";
    show(fetcher, data);
  } catch (error) {
    refusal.textContent = error.message;
    field.focus();
  } finally {
    button.disabled = false;
  }
});

/** What asks the server with this token: one answer, or for a subscription one after another. */
function asking(token) {
  return async (params, { documentAST } = {}) => {
    const streamed = isSubscription(documentAST, params.operationName);
    const response = await fetch(ENDPOINT, {
      method: "POST",
      credentials: "omit", // the token signs in, never a session that this browser may have
      headers: {
        Accept: streamed ? "text/event-stream" : "application/graphql-response+json, application/json",
        Authorization: `Bearer ${token}`,
        "Content-Type": "application/json",
      },
      body: JSON.stringify(params),
    });
    const type = response.headers.get("content-type") ?? "";
    if (type.startsWith("text/event-stream")) {
      return events(response.body);
    }
    if (!type.includes("json")) {
      throw new Error(`The server answered with ${response.status} ${response.statusText}.`);
    }
    return response.json();
  };
}

function isSubscription(document, name) {
  return (document?.definitions ?? []).some(
    (definition) => definition.operation === "subscription" && (!name || definition.name?.value === name),
  );
}

/** The results in a stream of server-sent events, until it is complete. */
async function* events(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) {
        return;
      }
      text += value;
      const blocks = text.split(/\r?\n\r?\n/);
      text = blocks.pop();
      for (const block of blocks) {
        const kind = /^event: ?(.*)$/m.exec(block)?.[1];
        const data = /^data: ?(.*)$/m.exec(block)?.[1];
        if (kind === "complete") {
          return;
        }
        if (kind === "next" && data) {
          yield JSON.parse(data);
        }
      }
    }
  } finally {
    reader.cancel();
  }
}

function show(fetcher, { viewer, organization }) {
  const { React, ReactDOM, GraphiQL } = globalThis;
  const h = React.createElement;
  const signedIn = h(
    "div",
    { className: "signed-in" },
    h("span", null, `${organization.name} (${organization.handle}), token ${viewer.name}`),
    h("button", { type: "button", onClick: () => location.reload() }, "Forget token"),
  );
  const page = h(
    GraphiQL,
    {
      defaultQuery: FIRST_QUERY,
      fetcher,
      isHeadersEditorEnabled: false,
      shouldPersistHeaders: false,
      storage: memory(),
    },
    h(GraphiQL.Logo, null, signedIn),
  );
  document.getElementById("sign-in").remove();
  const root = document.getElementById("graphiql");
  root.hidden = false;
  ReactDOM.createRoot(root).render(page);
}

/** What GraphiQL keeps things in instead of the browser's storage, which would outlive the page. */
function memory() {
  const kept = new Map();
  return {
    get length() {
      return kept.size;
    },
    clear: () => kept.clear(),
    getItem: (name) => kept.get(name) ?? null,
    removeItem: (name) => kept.delete(name),
    setItem: (name, value) => kept.set(name, String(value)),
  };
}
