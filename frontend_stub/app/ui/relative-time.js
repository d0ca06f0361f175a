/* Points in time as people say them, with the exact moment underneath. */
import { html, signal } from "../../vendor/kit.js";

const TICK_MS = 60_000;

const UNITS = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });
const day = new Intl.DateTimeFormat(undefined, { dateStyle: "medium" });
const moment = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" });

const ticks = signal(0); // grows every minute: what is on display must not stay "just now"
const tick = () => { if (document.visibilityState === "visible") ticks.value += 1; };
setInterval(tick, TICK_MS);
addEventListener("visibilitychange", tick);

/** "2 minutes ago" or "in 3 months". */
export function relativeText(iso, now = Date.now()) {
  const seconds = (Date.parse(iso) - now) / 1000;
  const [unit, length] = UNITS.find(([, unitLength]) => Math.abs(seconds) >= unitLength) ?? [];
  return unit ? relative.format(Math.trunc(seconds / length), unit) : "just now";
}

/** A calendar day, for the middle of a sentence. */
export function dayText(iso) {
  return day.format(new Date(iso));
}

/** A time relative to now, as time goes on. */
export function RelativeTime({ at }) {
  void ticks.value; // shown anew with each tick
  return html`<time datetime=${at} title=${moment.format(new Date(at))}>${relativeText(at)}</time>`;
}

/** A calendar day. */
export function Day({ at }) {
  return html`<time datetime=${at} title=${moment.format(new Date(at))}>${dayText(at)}</time>`;
}
