/* A list of what happened that grows at both ends: what is new waits behind a button, what is older is fetched on. */
import { html, useEffect, useRef, useState } from "../../vendor/kit.js";
import { run } from "../gql.js";
import { liveness, useLive } from "../live.js";
import { GONE } from "../query.js";
import { returns } from "../reach.js";
import { Button } from "../ui/button.js";
import { numberText } from "../ui/numbers.js";
import { InlineError } from "../ui/states.js";
import { usePolling, useSettled } from "../ui/timing.js";

const PAGE_SIZE = 50;
const LATE_MS = 120_000; // so much later than it happened an entry may be written
const UNREAD = {
  of: null, rows: null, hasMore: false, end: null, fresh: null, error: null, stale: null, olderError: null,
};

function began(page, of) {
  return { ...UNREAD, of, rows: page.nodes, hasMore: page.pageInfo.hasNextPage, end: page.pageInfo.endCursor };
}

/* What cannot be read anew stays on display; only what may not be read any more goes. */
function failed(before, error, of) {
  if (before.of === of && before.rows && !GONE.has(error.code)) return { ...before, stale: error };
  return { ...UNREAD, of, error };
}

/* The newest page has been read: the list begins with it, or what is new in it waits.

  An entry may be written a moment after a younger one, so the pages are compared row by row. */
function looked(before, page, of) {
  if (before.of !== of || !before.rows?.length) return began(page, of);
  const known = new Set(before.rows.map(({ id }) => id));
  const count = page.nodes.filter(({ id }) => !known.has(id)).length;
  return { ...before, stale: null, fresh: count > 0 ? { page, count, gap: count === page.nodes.length } : null };
}

/* After a gap the list begins anew: what lies between is not known. */
function taken(before) {
  const { fresh, rows, of } = before;
  if (fresh.gap) return began(fresh.page, of);
  const fetched = new Set(fresh.page.nodes.map(({ id }) => id));
  return { ...before, rows: [...fresh.page.nodes, ...rows.filter(({ id }) => !fetched.has(id))], fresh: null };
}

/* The filter for what is new: not the whole past is searched every time. */
function lately(filter, rows) {
  if (!rows?.length) return filter;
  const moments = [Date.parse(rows[0].occurredAt) - LATE_MS, filter.since ? Date.parse(filter.since) : 0];
  return { ...filter, since: new Date(Math.max(...moments)).toISOString() };
}

function extended(before, page, of) {
  if (before.of !== of) return before;
  const { hasNextPage: hasMore, endCursor: end } = page.pageInfo;
  return { ...before, rows: [...before.rows, ...page.nodes], hasMore, end: end ?? before.end, olderError: null };
}

/** The newest rows of a connection and what there is to do with them.

  `operation` reads a page of it with first, after and `filter`; `pick` finds the connection in its data. Answers
  `{rows, hasMore, fresh, error, stale, olderError, loading, reload, older, take}`: `rows` is null until they have been
  read, `error` stands in their place and `stale` beside them, as of `useQuery`; `fresh` is `{count, gap}` of rows that
  came since, which `take` puts in front, and `older` fetches on. It looks for new ones soon after each hint, when
  Rollbook is back and, with `pollMs`, every so often. */
export function useFeed({ operation, pick, filter, pollMs = 0 }) {
  const key = JSON.stringify(filter);
  const [state, setState] = useState(UNREAD);
  const [loading, setLoading] = useState(true);
  const [attempt, setAttempt] = useState(0);
  const asked = useRef(new AbortController());

  async function read(place, known = null) {
    const { signal } = asked.current;
    const wanted = lately(JSON.parse(key), known);
    const page = pick(await run(operation, { first: PAGE_SIZE, filter: wanted, ...place }, { signal }));
    return (change) => signal.aborted || setState((before) => change(before, page, key));
  }

  async function readNewest(known = null) {
    const { signal } = asked.current;
    try {
      (await read({}, known))(looked);
    } catch (error) {
      if (!signal.aborted) setState((before) => failed(before, error, key));
    }
  }

  useEffect(() => {
    const controller = new AbortController();
    asked.current = controller;
    setLoading(true);
    readNewest().then(() => controller.signal.aborted || setLoading(false));
    return () => controller.abort();
  }, [operation, key, attempt, returns.value]);

  function look() {
    if (document.visibilityState === "visible" && state.of === key && state.rows) readNewest(state.rows);
  }
  useLive(useSettled(look));
  usePolling(look, pollMs);

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
  const count = fresh && `${numberText(fresh.count)}${fresh.gap ? " or more" : ""}`;
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
