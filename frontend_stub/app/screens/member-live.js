/* A list of members that keeps up while somebody looks: rows that change are read anew, newcomers are counted. */
import { useEffect, useRef, useState } from "../../vendor/kit.js";
import { run } from "../gql.js";
import { useLive } from "../live.js";

const SETTLE_MS = 300; // one look for a burst of hints
const COUNTS_MS = 3_000;
const SINGLE_ROWS = 5; // more are read as a page

/* Calls `work` so long after the first of a burst of calls. */
function useSettled(work, ms) {
  const newest = useRef(work);
  newest.current = work;
  const timer = useRef(null);
  useEffect(() => () => clearTimeout(timer.current), []);
  return () => {
    timer.current ??= setTimeout(() => {
      timer.current = null;
      newest.current();
    }, ms);
  };
}

/* The row as it is now, or that it has gone; a row of a later page read is younger than what was told before. */
function present(row, changed) {
  const now = changed.get(row.id);
  if (now === null) return { ...row, gone: true };
  return now && now.version > row.version ? now : row;
}

/** `{rows, joined, forget, expect}` of the members that a page answered: as they are now, and how many joined since.

  `reload` reads the page anew and `recount` the numbers. `forget` counts newcomers from nothing again; `expect` names
  one whom the page added itself. */
export function useLiveMembers({ nodes, reload, recount }) {
  const [changed, setChanged] = useState(new Map());
  const [joined, setJoined] = useState(new Set());
  const due = useRef(new Set());
  const expected = useRef(new Set());
  const rows = (nodes ?? []).map((row) => present(row, changed));

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
    const row = rows.find(({ id }) => id === memberId);
    if (memberId === null) readAll(); // the stream began, or it touched several
    else if (row && (type === "MEMBER_REMOVED" || memberVersion === null || memberVersion > row.version)) {
      due.current.add(memberId);
      readDue();
    } else if (type === "MEMBER_CREATED") setJoined((before) => new Set([...before, memberId]));
  });

  const unseen = [...joined].filter((id) => !expected.current.has(id) && !rows.some((row) => row.id === id));
  return {
    rows,
    joined: unseen.length,
    forget: () => setJoined(new Set()),
    expect: (id) => expected.current.add(id),
  };
}
