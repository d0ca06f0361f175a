/* What happens in the organization while somebody looks: one stream for the page, open only while it is visible. */
import { effect, signal, useEffect, useRef } from "../vendor/kit.js";
import { stream } from "./gql.js";
import { session, waiting } from "./store.js";

const AGAIN_MS = [1_000, 2_000, 5_000, 15_000];

/** `open`, `lost` (the page tries again by itself) or `closed` (nobody looks, or Rollbook ended it a moment ago). */
export const liveness = signal("closed");

const listeners = new Set();
let cursor = null;
let running = null;

function tell(event) {
  cursor = event.cursor;
  for (const listener of listeners) listener(event);
}

async function watch(signal) {
  for (let failures = 0; !signal.aborted; failures += 1) {
    try {
      await stream("OrganizationEvents", { after: cursor }, {
        signal,
        onOpen() {
          failures = 0;
          liveness.value = "open";
        },
        onData: ({ organizationEvents }) => tell(organizationEvents),
      });
      liveness.value = "closed"; // no stream lasts for ever: the next one is opened in a moment
    } catch (error) {
      if (signal.aborted) return;
      if (error.code === "UNAUTHENTICATED") return stop(); // until somebody looks anew
      if (error.code !== "UNREACHABLE") cursor = null; // its place may not be there any more
      liveness.value = "lost";
    }
    await new Promise((resolve) => { setTimeout(resolve, AGAIN_MS[Math.min(failures, AGAIN_MS.length - 1)]); });
  }
}

function stop() {
  running?.abort();
  running = null;
  liveness.value = "closed";
}

function follow() {
  const wanted = document.visibilityState === "visible" && listeners.size > 0;
  if (wanted && !running) {
    running = new AbortController();
    watch(running.signal);
  } else if (!wanted && running) {
    stop();
  }
}
addEventListener("visibilitychange", follow);

// A stream that was refused is opened again once who is signed in has shown anew who they are.
effect(() => {
  if (session.value.status === "signed-in" && !waiting.value) follow();
});

/** Call `onEvent({type, occurredAt, memberId, memberVersion})` for what happens while the component is shown.

  STARTED comes first, and again when something may have been missed: read everything anew. */
export function useLive(onEvent) {
  const newest = useRef(onEvent);
  newest.current = onEvent;
  useEffect(() => {
    const listener = (event) => newest.current(event);
    listeners.add(listener);
    follow();
    return () => {
      listeners.delete(listener);
      follow();
    };
  }, []);
}
