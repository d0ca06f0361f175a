/* Tabs: one of several panels is shown; arrow keys move between them (WAI-ARIA tabs pattern). */
import { html, useId, useRef } from "../../vendor/kit.js";

const STEPS = { ArrowRight: 1, ArrowLeft: -1 };

/** `options` is a list of [value, text]; `children(value)` is the content of the panel that is shown. */
export function Tabs({ label, value, options, onChange, children }) {
  const id = useId();
  const list = useRef();

  function onKeyDown(event) {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return; // the browser's own, such as Back
    const at = options.findIndex(([option]) => option === value);
    const last = options.length - 1;
    const to =
      event.key in STEPS ? (at + STEPS[event.key] + options.length) % options.length
      : event.key === "Home" ? 0
      : event.key === "End" ? last
      : -1;
    if (to < 0) return;
    event.preventDefault();
    onChange(options[to][0]);
    list.current.children[to].focus();
  }

  return html`
    <div>
      <div class="tab-list" role="tablist" aria-label=${label} ref=${list} onKeyDown=${onKeyDown}>
        ${options.map(([option, text]) => html`
          <button type="button" class="tab" role="tab" key=${option} id=${`${id}-${option}`}
            aria-selected=${option === value} aria-controls=${`${id}-panel`} tabindex=${option === value ? 0 : -1}
            onClick=${() => onChange(option)}>
            ${text}
          </button>
        `)}
      </div>
      <div class="tab-panel" role="tabpanel" id=${`${id}-panel`} aria-labelledby=${`${id}-${value}`} tabindex="0">
        ${children(value)}
      </div>
    </div>
  `;
}
