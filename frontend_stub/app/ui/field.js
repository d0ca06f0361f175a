/* Form fields: a visible label, a hint, an error, and the wiring between them. */
import { html, useId } from "../../vendor/kit.js";

function Field({ label, hint, error, children }) {
  const id = useId();
  const describedBy = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ") || undefined;
  return html`
    <div class="field">
      <label class="field-label" for=${id}>${label}</label>
      ${children({ id, "aria-describedby": describedBy, "aria-invalid": error ? "true" : undefined })}
      ${hint && html`<p class="field-hint" id=${`${id}-hint`}>${hint}</p>`}
      ${error && html`<p class="field-error" id=${`${id}-error`}>${error}</p>`}
    </div>
  `;
}

/** One line of text. */
export function TextField({ label, hint, error, value, onInput, ...rest }) {
  return html`
    <${Field} label=${label} hint=${hint} error=${error}>
      ${(wiring) => html`
        <input class="input" type="text" value=${value} onInput=${(event) => onInput(event.target.value)}
          ...${wiring} ...${rest} />
      `}
    <//>
  `;
}

/** One of a few values; `options` is a list of [value, text]. */
export function SelectField({ label, hint, value, options, onChange }) {
  return html`
    <${Field} label=${label} hint=${hint}>
      ${(wiring) => html`
        <select class="input select" value=${value} onChange=${(event) => onChange(event.target.value)} ...${wiring}>
          ${options.map(([option, text]) => html`<option value=${option} key=${option}>${text}</option>`)}
        </select>
      `}
    <//>
  `;
}

/** One of a few values that need a line each; `options` is a list of [value, title, explanation]. */
export function RadioField({ label, value, options, onChange }) {
  const id = useId();
  return html`
    <fieldset class="field">
      <legend class="field-label">${label}</legend>
      ${options.map(([option, title, explanation]) => html`
        <div class="radio" key=${option}>
          <input type="radio" id=${`${id}-${option}`} name=${id} checked=${value === option}
            aria-describedby=${`${id}-${option}-hint`} onChange=${() => onChange(option)} />
          <label for=${`${id}-${option}`}>${title}</label>
          <p class="field-hint" id=${`${id}-${option}-hint`}>${explanation}</p>
        </div>
      `)}
    </fieldset>
  `;
}

/** A row of exclusive filters, drawn as one segmented switch; `options` is a list of [value, text]. */
export function Segments({ label, value, options, onChange }) {
  const id = useId();
  return html`
    <fieldset class="segments">
      <legend class="visually-hidden">${label}</legend>
      ${options.map(([option, text]) => html`
        <label class="segment" key=${option}>
          <input type="radio" name=${id} checked=${value === option} onChange=${() => onChange(option)} />
          <span>${text}</span>
        </label>
      `)}
    </fieldset>
  `;
}
