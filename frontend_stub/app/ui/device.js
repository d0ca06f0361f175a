/* Browsers as people know them, from the User-Agent that they sent. */

// The first that fits: many browsers also say that they are the one they are made from.
const BROWSERS = [
  ["Edge", /\bEdg(e|A|iOS)?\//],
  ["Opera", /\bOPR\//],
  ["Firefox", /\b(Firefox|FxiOS)\//],
  ["Chrome", /\b(HeadlessChrome|Chrome|CriOS)\//],
  ["Safari", /\bSafari\//],
];
const SYSTEMS = [
  ["Android", /Android/],
  ["iOS", /iPhone|iPad|iPod/],
  ["Windows", /Windows/],
  ["macOS", /Macintosh|Mac OS X/],
  ["ChromeOS", /CrOS/],
  ["Linux", /Linux/],
];

function firstIn(list, text) {
  return list.find(([, pattern]) => pattern.test(text))?.[0];
}

/** "Firefox on Linux"; what a program that is no browser calls itself; "Unknown browser". */
export function deviceText(userAgent) {
  if (!userAgent) return "Unknown browser";
  const browser = firstIn(BROWSERS, userAgent);
  const system = firstIn(SYSTEMS, userAgent);
  if (!browser) return userAgent.split(/[\s(]/, 1)[0] || "Unknown browser";
  return system ? `${browser} on ${system}` : browser;
}
