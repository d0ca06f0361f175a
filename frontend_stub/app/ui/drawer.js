/* A panel at the side for one row of a list, on the native dialog: Escape closes it, the focus goes back to the row. */
import { html, useId, useLayoutEffect, useRef } from "../../vendor/kit.js";
import { Button } from "./button.js";
import { focusTitleIfLost } from "./focus.js";
import { Icon } from "./icon.js";

/** Open as long as it is rendered; a click beside it closes it too. `onCancel` may keep it open, by returning false. */
export function Drawer({ title, onClose, onCancel, children }) {
  const dialog = useRef();
  const unmounted = useRef(false);
  const pressedBeside = useRef(false);
  const titleId = useId();

  useLayoutEffect(() => {
    const element = dialog.current;
    element.showModal();
    return () => {
      unmounted.current = true;
      element.close(); // while still in the document, so that the opener gets the focus back
      focusTitleIfLost(); // the opener may be gone, or never have been there
    };
  }, []);

  function isBeside({ target, clientX }) {
    return target === dialog.current && clientX < dialog.current.getBoundingClientRect().left;
  }
  function leave() {
    if (onCancel?.() !== false) dialog.current.close();
  }
  function cancel(event) {
    if (event.target === dialog.current && onCancel?.() === false) event.preventDefault();
  }
  function pressed(event) {
    pressedBeside.current = isBeside(event);
  }
  function clicked(event) {
    if (pressedBeside.current && isBeside(event)) leave(); // not where a text was selected out of it
  }

  return html`
    <dialog class="drawer" ref=${dialog} aria-labelledby=${titleId} onPointerDown=${pressed} onClick=${clicked}
      onCancel=${cancel} onClose=${() => unmounted.current || onClose()}>
      <div class="drawer-content">
        <div class="drawer-head">
          <h2 class="drawer-title" id=${titleId} tabindex="-1" autofocus>${title}</h2>
          <${Button} kind="quiet" aria-label="Close" onClick=${leave}>
            <${Icon} name="close" />
          <//>
        </div>
        ${children}
      </div>
    </dialog>
  `;
}
