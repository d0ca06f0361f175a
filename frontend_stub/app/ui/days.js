/* Calendar days as addresses and date fields write them: those of where the person is. */

/** Whether a text is a day such as 2026-03-09. */
export function isDay(text) {
  return /^\d{4}-\d\d-\d\d$/.test(text ?? "") && startOfDay(text) !== null;
}

/** The day of a moment, as 2026-03-09. */
export function isoDay(at) {
  const parts = [[at.getFullYear(), 4], [at.getMonth() + 1, 2], [at.getDate(), 2]];
  return parts.map(([part, digits]) => String(part).padStart(digits, "0")).join("-");
}

/** The moment at which a day begins, or the day so many later; null if there is no such day. */
export function startOfDay(text, daysLater = 0) {
  const at = new Date(`${text}T00:00`);
  if (Number.isNaN(at.getTime())) return null;
  at.setDate(at.getDate() + daysLater);
  return at;
}
