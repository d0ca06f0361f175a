/* Modal dialogs on the native element: focus is held inside, Escape closes, focus goes back to the opener. */
import { html, useId, useLayoutEffect, useRef, useState } from "../../vendor/kit.js";
import { Button } from "./button.js";
import { focusTitleIfLost } from "./focus.js";
import { InlineError } from "./states.js";

/** A dialog that is open as long as it is rendered. `onCancel` may prevent the first Escape by returning false. */
export function Dialog({ title, wide = false, onClose, onCancel, children }) {
  const dialog = useRef();
  const unmounted = useRef(false);
  const titleId = useId();

  useLayoutEffect(() => {
    const element = dialog.current;
    element.showModal();
    return () => {
      unmounted.current = true;
      element.close(); // while still in the document, so that the opener gets the focus back
      focusTitleIfLost(); // the opener may be gone with what was done
    };
  }, []);

  function cancel(event) {
    if (onCancel?.() === false) event.preventDefault();
  }
  function closed() {
    if (!unmounted.current) onClose(); // the event of our own close() arrives after the next dialog may have opened
  }

  return html`
    <dialog class=${wide ? "dialog dialog-wide" : "dialog"} ref=${dialog} aria-labelledby=${titleId}
      onCancel=${cancel} onClose=${closed}>
      <h2 class="dialog-title" id=${titleId}>${title}</h2>
      ${children}
    </dialog>
  `;
}

/** `{busy, error, submit}` for an action that may be refused: the refusal stays beside the form. */
export function useSubmit(action) {
  const [state, setState] = useState({ busy: false, error: null });
  async function submit(event) {
    event?.preventDefault();
    if (state.busy) return;
    setState({ busy: true, error: null });
    try {
      await action();
      setState({ busy: false, error: null });
    } catch (error) {
      setState({ busy: false, error });
    }
  }
  return { ...state, submit };
}

/** Asks before `action`, which runs in the dialog; a refusal is shown there. `onReload` answers a version conflict. */
export function ConfirmDialog({ title, confirm, danger = false, ready = true, action, onClose, onReload, children }) {
  const { busy, error, submit } = useSubmit(action);
  const outdated = error?.code === "VERSION_CONFLICT" && onReload;
  return html`
    <${Dialog} title=${title} onClose=${onClose}>
      <form class="dialog-body" onSubmit=${submit}>
        ${children}
        <${InlineError} error=${error}>
          ${outdated && html`<${Button} kind="quiet" onClick=${onReload}>Reload the list<//>`}
        <//>
        <div class="dialog-actions">
          <${Button} onClick=${onClose}>Cancel<//>
          <${Button} type="submit" kind=${danger ? "danger" : "primary"} busy=${busy} disabled=${!ready}>${confirm}<//>
        </div>
      </form>
    <//>
  `;
}
