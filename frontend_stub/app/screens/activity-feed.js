/* A list of what happened that grows at both ends: what is new waits behind a button, what is older is fetched on. */
import { html, useEffect, useRef, useState } from "../../vendor/kit.js";
import { run } from "../gql.js";
import { liveness, useLive } from "../live.js";
import { returns } from "../reach.js";
import { Button } from "../ui/button.js";
import { InlineError } from "../ui/states.js";

const PAGE_SIZE = 50;
const SETTLE_MS = 500; // one look for a burst of hints
const UNREAD = { of: null, rows: null, hasMore: false, end: null, fresh: null, error: null, olderError: null };

function began(page, of) {
  return { ...UNREAD, of, rows: page.nodes, hasMore: page.pageInfo.hasNextPage, end: page.pageInfo.endCursor };
}

/* What cannot be read anew stays on display while Rollbook does not answer; the shell says how things are. */
function failed(before, error, of) {
  return error.code === "UNREACHABLE" && before.of === of ? before : { ...UNREAD, of, error };
}

/* An entry may be written a moment after a younger one, so the newest page is compared row by row. */
function looked(before, page, of) {
  if (before.of !== of || !before.rows) return before;
  if (before.rows.length === 0) return began(page, of);
  const known = new Set(before.rows.map(({ id }) => id));
  const count = page.nodes.filter(({ id }) => !known.has(id)).length;
  return { ...before, fresh: count > 0 ? { page, count, gap: count === page.nodes.length } : null };
}

/* After a gap the list begins anew: what lies between is not known. */
function taken(before) {
  const { fresh, rows, of } = before;
  if (fresh.gap) return began(fresh.page, of);
  const fetched = new Set(fresh.page.nodes.map(({ id }) => id));
  return { ...before, rows: [...fresh.page.nodes, ...rows.filter(({ id }) => !fetched.has(id))], fresh: null };
}

function extended(before, page, of) {
  if (before.of !== of) return before;
  const { hasNextPage: hasMore, endCursor: end } = page.pageInfo;
  return { ...before, rows: [...before.rows, ...page.nodes], hasMore, end: end ?? before.end, olderError: null };
}

/* Calls `look` soon after each hint and, with `pollMs`, every so often while somebody looks. */
function useLooks(look, pollMs) {
  const newest = useRef(look);
  newest.current = look;
  const timer = useRef(null);
  useLive(() => {
    timer.current ??= setTimeout(() => {
      timer.current = null;
      newest.current();
    }, SETTLE_MS);
  });
  useEffect(() => {
    const poll = pollMs && setInterval(() => newest.current(), pollMs);
    return () => {
      clearInterval(poll);
      clearTimeout(timer.current);
    };
  }, [pollMs]);
}

/** The newest rows of a connection and what there is to do with them.

  `operation` reads a page of it with first, after and `filter`; `pick` finds the connection in its data. Answers
  `{rows, hasMore, fresh, error, olderError, loading, reload, older, take}`: `rows` is null until they have been read,
  `fresh` is `{count, gap}` of rows that came since, which `take` puts in front, and `older` fetches on. */
export function useFeed({ operation, pick, filter, pollMs = 0 }) {
  const key = JSON.stringify(filter);
  const [state, setState] = useState(UNREAD);
  const [loading, setLoading] = useState(true);
  const [attempt, setAttempt] = useState(0);
  const asked = useRef(new AbortController());

  async function read(place) {
    const { signal } = asked.current;
    const page = pick(await run(operation, { first: PAGE_SIZE, filter: JSON.parse(key), ...place }, { signal }));
    return (change) => signal.aborted || setState((before) => change(before, page, key));
  }

  useEffect(() => {
    const controller = new AbortController();
    asked.current = controller;
    setLoading(true);
    read({}).then(
      (apply) => apply((_, page) => began(page, key)),
      (error) => controller.signal.aborted || setState((before) => failed(before, error, key)),
    ).then(() => controller.signal.aborted || setLoading(false));
    return () => controller.abort();
  }, [operation, key, attempt, returns.value]);

  useLooks(async () => {
    if (document.visibilityState !== "visible" || state.of !== key || !state.rows) return;
    try {
      (await read({}))(looked);
    } catch {
      return; // the next look tells; a page that works already is not taken away by a failure
    }
  }, pollMs);

  async function older() {
    setLoading(true);
    try {
      (await read({ after: state.end }))(extended);
    } catch (error) {
      if (error.name === "AbortError") return;
      setState((before) => ({ ...before, olderError: error }));
    }
    setLoading(false);
  }

  return {
    ...state, loading, older, take: () => setState(taken), reload: () => setAttempt((count) => count + 1),
  };
}

/* The button that was pressed may be gone: the focus goes where the reading goes on. */
function focusRow(index) {
  requestAnimationFrame(() => document.querySelectorAll(".row-link")[index]?.focus());
}

/** The button behind which new rows wait; in the document from the start, so that screen readers hear of them. */
export function FreshBar({ feed, noun }) {
  const { fresh } = feed;
  function take() {
    feed.take();
    focusRow(0);
  }
  const count = fresh && `${fresh.count}${fresh.gap ? " or more" : ""}`;
  return html`
    <div class="fresh" role="status">
      ${fresh && html`
        <button type="button" class="fresh-button" onClick=${take}>
          ${count} new ${fresh.count === 1 ? noun : `${noun.replace(/y$/, "ie")}s`}
        </button>`}
    </div>
  `;
}

/** The way to what is older, below the rows. */
export function Older({ feed, children }) {
  async function fetchOlder() {
    const count = feed.rows.length;
    await feed.older();
    focusRow(count);
  }
  return html`
    <div class="older">
      <p class="pager-count">${children}</p>
      <${InlineError} error=${feed.olderError} />
      ${feed.hasMore && html`<${Button} busy=${feed.loading} onClick=${fetchOlder}>Show older<//>`}
    </div>
  `;
}

const LIVENESS = {
  open: ["live-mark live-mark-open", "Live"],
  lost: ["live-mark", "Live updates are interrupted; trying again"],
};

/** Says whether what happens shows up by itself. */
export function LiveMark() {
  const [style, text] = LIVENESS[liveness.value] ?? ["live-mark", ""];
  return html`<p class=${style} role="status">${text}</p>`;
}
