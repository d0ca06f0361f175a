/* A value to take away: shown in a read-only field, with a button that copies it. */
import { html, useEffect, useId, useRef, useState } from "../../vendor/kit.js";
import { Icon } from "./icon.js";

const CONFIRMED_MS = 2000;

/* The clipboard API exists only on https and loopback; elsewhere the old command still copies a selection, which must
   stand inside the modal dialog in front, because everything outside is inert. */
function copyBySelection(text) {
  const scratch = document.createElement("textarea");
  const before = document.activeElement;
  scratch.value = text;
  scratch.className = "visually-hidden";
  ([...document.querySelectorAll("dialog[open]")].at(-1) ?? document.body).append(scratch);
  scratch.select();
  const copied = document.execCommand("copy");
  scratch.remove();
  before?.focus();
  return copied;
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text);
  }
}

/** A button that copies `text` and says whether it worked; `onFailed` selects it, so that the keyboard can copy it. */
export function CopyButton({ text, label, children = "Copy", kind = "plain", onCopied, onFailed, focusFirst = false }) {
  const [outcome, setOutcome] = useState(null);
  const button = useRef();

  useEffect(() => {
    if (focusFirst) button.current.focus();
  }, []);
  useEffect(() => {
    const timer = outcome && setTimeout(() => setOutcome(null), CONFIRMED_MS);
    return () => clearTimeout(timer);
  }, [outcome]);

  async function onClick() {
    const copied = await copy(text);
    setOutcome(copied ? "Copied" : onFailed ? "Press Ctrl+C" : "Not copied");
    if (copied) onCopied?.();
    else onFailed?.();
  }

  return html`
    <button type="button" ref=${button} class=${`button button-${kind} copy-button`}
      aria-label=${outcome ? undefined : label} onClick=${onClick}>
      <${Icon} name=${outcome === "Copied" ? "check" : "copy"} />
      <span>${outcome ?? children}</span>
    </button>
    <span class="visually-hidden" role="status">${outcome}</span>
  `;
}

/** A labelled read-only value with a Copy button. */
export function CopyField({ label, value, hint, kind, focusFirst, onCopied }) {
  const id = useId();
  const field = useRef();
  return html`
    <div class="field">
      <label class="field-label" for=${id}>${label}</label>
      <div class="copy-field">
        <input class="input mono" id=${id} ref=${field} readonly value=${value} spellcheck=${false}
          aria-describedby=${hint && `${id}-hint`} onFocus=${(event) => event.target.select()} />
        <${CopyButton} text=${value} label=${`Copy ${label}`} kind=${kind} focusFirst=${focusFirst}
          onCopied=${onCopied} onFailed=${() => field.current.select()} />
      </div>
      ${hint && html`<p class="field-hint" id=${`${id}-hint`}>${hint}</p>`}
    </div>
  `;
}
