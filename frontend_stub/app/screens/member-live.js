/* A list of members that keeps up while somebody looks: rows that change are read anew, newcomers are counted. */
import { useRef, useState } from "../../vendor/kit.js";
import { run } from "../gql.js";
import { useLive } from "../live.js";
import { useKeyed } from "../ui/keyed.js";
import { useSettled } from "../ui/timing.js";

const SETTLE_MS = 300; // one look for a burst of hints
const COUNTS_MS = 3_000;
const SINGLE_ROWS = 5; // more are read as a page

/* The row as it is now, or that it has gone; a row of a later page read is younger than what was told before. */
function present(row, changed) {
  const now = changed.get(row.id);
  if (now === null) return { ...row, gone: true };
  return now && now.version > row.version ? now : row;
}

/* Who joined since the page that `shown` names was asked for and is not on it; `expect` names one to leave out. */
function useNewcomers(shown, rows) {
  const [joined, redraw] = useKeyed(shown, () => new Set()); // changed in place: a first sync brings thousands
  const expected = useRef(new Set());
  const soon = useSettled(() => redraw((same) => same), SETTLE_MS);
  const known = new Set(rows.map(({ id }) => id));
  function note(id, isThere) {
    if (isThere) joined.add(id);
    else joined.delete(id);
    soon();
  }
  return {
    note,
    count: [...joined].filter((id) => !expected.current.has(id) && !known.has(id)).length,
    forget: () => redraw(() => new Set()),
    expect: (id) => expected.current.add(id),
  };
}

/** `{rows, joined, forget, expect}` of the members that a page answered: as they are now, and how many joined since.

  `shown` names the list and the page, `reload` reads it anew and `recount` the numbers; `onGone` gets the id of who
  has left. `forget` counts newcomers from nothing again; `expect` names one whom the page added itself. */
export function useLiveMembers({ shown, nodes, reload, recount, onGone }) {
  const [changed, setChanged] = useState(new Map());
  const due = useRef(new Set());
  const rows = (nodes ?? []).map((row) => present(row, changed));
  const newcomers = useNewcomers(shown, rows);

  const readDue = useSettled(async () => {
    const ids = [...due.current].filter((id) => rows.some((row) => row.id === id));
    due.current = new Set();
    if (ids.length > SINGLE_ROWS) return reload();
    try {
      const read = await Promise.all(ids.map(async (id) => [id, (await run("MemberRow", { id })).member]));
      setChanged((before) => new Map([...before, ...read]));
    } catch {
      reload(); // and that tells what is wrong
    }
  }, SETTLE_MS);
  const countAnew = useSettled(recount, COUNTS_MS);
  const readAll = useSettled(reload, SETTLE_MS);

  useLive(({ type, memberId, memberVersion }) => {
    if (!/^(STARTED|MEMBER_|GROUP_)/.test(type)) return;
    countAnew();
    if (memberId === null) return readAll(); // the stream began, or it touched several
    const left = type === "MEMBER_REMOVED";
    const row = rows.find(({ id }) => id === memberId);
    if (left) onGone(memberId);
    if (left || (type === "MEMBER_CREATED" && !row)) newcomers.note(memberId, !left);
    if (row && (left || memberVersion === null || memberVersion > row.version)) {
      due.current.add(memberId);
      readDue();
    }
  });

  return { rows, joined: newcomers.count, forget: newcomers.forget, expect: newcomers.expect };
}

/** Does `work` soon after something has happened to the member with the id, or may have. */
export function useNewsOf(id, work) {
  const soon = useSettled(work, SETTLE_MS);
  useLive(({ type, memberId }) => {
    if (memberId === id || (memberId === null && /^(STARTED|GROUP_)/.test(type))) soon();
  });
}
