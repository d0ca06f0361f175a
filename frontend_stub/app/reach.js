/* Whether Rollbook answers at all. Where it does not, the page says so, asks until it does, and then reads anew. */
import { signal } from "../vendor/kit.js";

const PATIENCE_MS = 1_000; // a break this short is not worth a word
const ASK_EVERY_MS = 3_000;
const AGAIN_AFTER_MS = 15_000; // what fails although Rollbook answers is not read anew in a circle

/** Whether the page should say that Rollbook does not answer. */
export const unreachable = signal(false);

/** How often Rollbook was back after a silence; what is on display is read anew when it changes. */
export const returns = signal(0);

let asking = false;
let wake = () => {};
let backAt = -Infinity;

function pause(ms) {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
    wake = resolve;
  });
}

async function answers() {
  try {
    return (await fetch("/healthz", { cache: "no-store", signal: AbortSignal.timeout(ASK_EVERY_MS) })).ok;
  } catch {
    return false;
  }
}

async function askUntilItAnswers() {
  await pause(performance.now() - backAt < AGAIN_AFTER_MS ? AGAIN_AFTER_MS : PATIENCE_MS);
  while (!(await answers())) {
    unreachable.value = true;
    await pause(ASK_EVERY_MS);
  }
  asking = false;
  backAt = performance.now();
  unreachable.value = false;
  returns.value += 1;
}

/** Note that something got no answer. */
export function noAnswer() {
  if (asking) return;
  asking = true;
  askUntilItAnswers();
}

addEventListener("online", () => wake());
