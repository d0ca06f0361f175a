/* Where the focus goes when what had it is gone: never to the start of the page. */

const FOCUSABLE = ":is(a[href], button, input, select, textarea, summary):not(:disabled, [tabindex='-1'])";

function focusableIn(group) {
  return [...group.querySelectorAll(FOCUSABLE)].filter((element) => element.checkVisibility());
}

/* Once what is going is gone; an effect or a person may have moved the focus by then, and that holds. */
function ifLost(focus) {
  requestAnimationFrame(() => {
    if (document.activeElement === null || document.activeElement === document.body) focus();
  });
}

/** If nothing has the focus in a moment, the title of the screen gets it, or of the dialog that is in front. */
export function focusTitleIfLost() {
  ifLost(() => {
    const front = [...document.querySelectorAll("dialog[open]")].at(-1) ?? document.getElementById("main");
    front?.querySelector("h1, h2[tabindex]")?.focus();
  });
}

/** Call it just before `element` goes: the focus goes to what takes its place in `group`, else to the one before.

  Without anything left there, it goes to the title. */
export function focusInPlaceOf(element, group = element.parentElement) {
  const at = focusableIn(group).indexOf(element);
  ifLost(() => {
    const left = group.isConnected ? focusableIn(group) : [];
    (left[at] ?? left.at(-1))?.focus();
    focusTitleIfLost();
  });
}
