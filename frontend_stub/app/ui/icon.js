/* The few drawings of the page, as inline SVG in the colour of the text. */
import { html } from "../../vendor/kit.js";

const PATHS = {
  arrow: "M12 19V5M6.5 10.5L12 5l5.5 5.5",
  chart: "M4 20V4M4 20h16M8.5 16v-5M13 16V7M17.5 16v-3",
  check: "M4.5 12.5l5 5 10-11",
  close: "M6 6l12 12M18 6L6 18",
  code: "M8.5 7.5L4 12l4.5 4.5M15.5 7.5L20 12l-4.5 4.5",
  copy: "M9 9h10v10H9zM5 15V5h10",
  key: "M11 13l8-8h2v3l-1.5 1.5V12H17l-3 3M7.5 20a4.5 4.5 0 1 1 0-9 4.5 4.5 0 0 1 0 9z",
  list: "M9 6h11M9 12h11M9 18h11M4.5 6h.01M4.5 12h.01M4.5 18h.01",
  lock: "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
  mail: "M3.5 5.5h17v13h-17zM4 6.5l8 6.5 8-6.5",
  menu: "M4 7h16M4 12h16M4 17h16",
  more: "M5.5 12h.01M12 12h.01M18.5 12h.01",
  person: "M12 11.5a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20.5a7.5 7.5 0 0 1 15 0",
  people:
    "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 20a6.5 6.5 0 0 1 13 0M16 4a3.5 3.5 0 0 1 0 7M19 14a6 6 0 0 1 3 6",
  theme: "M12 20a8 8 0 1 0 0-16zM12 20a8 8 0 0 1 0-16",
  window: "M3.5 5h17v14h-17zM3.5 9.5h17M7 7.25h.01",
};

/** A decorative icon; the text beside it says what it means. */
export function Icon({ name }) {
  return html`<svg class=${`icon icon-${name}`} viewBox="0 0 24 24" aria-hidden="true"><path d=${PATHS[name]} /></svg>`;
}
