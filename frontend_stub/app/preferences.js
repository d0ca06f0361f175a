/* What somebody prefers in this browser: the colour scheme, and whether single keys do something. */
import { signal } from "../vendor/kit.js";

const THEME = "rollbook-theme"; // theme.js reads it before anything is painted
const SHORTCUTS = "rollbook-shortcuts";

function kept(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null; // the browser keeps nothing for this page
  }
}

function keep(key, value) {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch {
    return; // it holds until the page is left
  }
}

/** `light`, `dark`, or null for the one of the system. */
export const theme = signal(kept(THEME));

/** Whether single keys are shortcuts; who speaks to their computer may not want them (WCAG 2.1.4). */
export const shortcutsOn = signal(kept(SHORTCUTS) !== "off");

/* Chosen in another tab; without a key, all of them were cleared. */
addEventListener("storage", ({ key }) => {
  if (key === THEME || key === null) theme.value = kept(THEME);
  if (key === SHORTCUTS || key === null) shortcutsOn.value = kept(SHORTCUTS) !== "off";
});

/** Choose a colour scheme for this browser. */
export function setTheme(value) {
  theme.value = value;
  keep(THEME, value);
  dispatchEvent(new Event("rollbook-preference"));
}

/** Switch the shortcuts on or off for this browser. */
export function setShortcutsOn(on) {
  shortcutsOn.value = on;
  keep(SHORTCUTS, on ? null : "off");
}
