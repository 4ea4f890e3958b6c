import type { Choice, Field } from '../../../activities/connect.ts';
import { html } from '../../domain/html.ts';
import type { Html } from '../../domain/html.ts';

/** What a form shows in its fields: what was typed before, and what is wrong with it. */
export interface Filled {
  readonly value?: string | boolean | undefined;
  readonly problem?: string | undefined;
}

/** One field of a form, as a system or the console declares it. Secrets are typed in, never shown. */
export function fieldOf(field: Field, { value = field.default, problem }: Filled = {}): Html {
  const id = `field-${field.name}`;
  const described = [field.help !== undefined && `${id}-help`, problem !== undefined && `${id}-problem`]
    .filter(Boolean)
    .join(' ');
  const common = html`id="${id}" name="${field.name}" ${field.required === true && html`required`}
  ${described !== '' && html`aria-describedby="${described}"`} ${problem !== undefined && html`aria-invalid="true"`}`;
  return html`<div class="field">
    ${
      field.type === 'toggle'
        ? html`<label class="choice"
            ><input type="checkbox" ${common} value="true" ${isOn(value) && html`checked`} /> ${field.label}</label
          >`
        : html`<label for="${id}">${field.label}${field.required !== true && html` <span class="quiet">optional</span>`}</label>
            ${inputOf(field, common, value)}`
    }
    ${field.help !== undefined && html`<p class="help" id="${id}-help">${field.help}</p>`}
    <p class="problem" id="${id}-problem" role="alert">${problem}</p>
  </div>`;
}

const isOn = (value: string | boolean | undefined): boolean => value === true || value === 'true' || value === 'on';

/** What was chosen before stays chosen until somebody chooses something else, also where it is not offered any more. */
function choicesOf({ choices = [] }: Field, value: string | boolean | undefined): readonly Choice[] {
  const isOffered = typeof value !== 'string' || value === '' || choices.some((choice) => choice.value === value);
  return isOffered ? choices : [...choices, { value, label: `${value} (chosen before)` }];
}

function inputOf(field: Field, common: Html, value: string | boolean | undefined): Html {
  if (field.type === 'choice') {
    return html`<select ${common}>
      ${field.required !== true && html`<option value="">–</option>`}
      ${choicesOf(field, value).map(
        (choice) => html`<option value="${choice.value}" ${choice.value === value && html`selected`}>${choice.label}</option>`,
      )}
    </select>`;
  }
  const expectation =
    field.pattern !== undefined &&
    html`data-pattern="${field.pattern.source}" data-expected="Expected ${field.pattern.expected}."`;
  if (field.type === 'secret')
    return html`<input type="password" autocomplete="off" spellcheck="false" ${common} ${expectation} />`;
  return html`<input
    type="text"
    autocomplete="off"
    spellcheck="false"
    ${common}
    ${expectation}
    value="${String(value ?? '')}"
  />`;
}
