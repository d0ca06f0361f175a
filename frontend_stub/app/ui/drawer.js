/* A panel at the side for one row of a list, on the native dialog: Escape closes it, the focus goes back to the row. */
import { html, useId, useLayoutEffect, useRef } from "../../vendor/kit.js";
import { Button } from "./button.js";
import { Icon } from "./icon.js";

/** Open as long as it is rendered; a click beside it closes it too. */
export function Drawer({ title, onClose, children }) {
  const dialog = useRef();
  const unmounted = useRef(false);
  const titleId = useId();

  useLayoutEffect(() => {
    const element = dialog.current;
    element.showModal();
    return () => {
      unmounted.current = true;
      element.close(); // while still in the document, so that the opener gets the focus back
    };
  }, []);

  function clicked(event) {
    if (event.target === dialog.current) dialog.current.close();
  }

  return html`
    <dialog class="drawer" ref=${dialog} aria-labelledby=${titleId} onClick=${clicked}
      onClose=${() => unmounted.current || onClose()}>
      <div class="drawer-content">
        <div class="drawer-head">
          <h2 class="drawer-title" id=${titleId} tabindex="-1" autofocus>${title}</h2>
          <${Button} kind="quiet" aria-label="Close" onClick=${() => dialog.current.close()}>
            <${Icon} name="close" />
          <//>
        </div>
        ${children}
      </div>
    </dialog>
  `;
}
